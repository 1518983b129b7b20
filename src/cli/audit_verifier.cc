// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_verifier.h"

#include <array>

namespace vallum::cli {
namespace {

//= RFC 8410, 4
//# SubjectPublicKeyInfo of id-Ed25519; the 32 bytes of the key follow.
constexpr std::array<std::uint8_t, 12> kEd25519Spki = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

}  // namespace

audit::VerifyCrypto MakeVerifyCrypto(module::Module& module) {
  audit::VerifyCrypto crypto;
  crypto.sha256 = [&module](std::initializer_list<ByteSpan> parts) { return module.Sha256(parts); };
  crypto.verify = [&module](ByteSpan public_key, ByteSpan message, ByteSpan signature) -> Status {
    Bytes spki(kEd25519Spki.begin(), kEd25519Spki.end());
    Append(spki, public_key);
    const auto key = TRY(module.EnterPublicKey(module::Algorithm::kEd25519, spki)).value;
    TRY(module.Verify(*key, module::Scheme::kDefault, message, signature));
    return {};
  };
  return crypto;
}

}  // namespace vallum::cli
