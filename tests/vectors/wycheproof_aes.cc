// SPDX-License-Identifier: Apache-2.0
// AES-CBC with padding, GCM, GMAC, CCM, XTS; AES-KW and AES-KWP.
#include <algorithm>

#include "vectors/adapters.h"
#include "vectors/aes.h"
#include "vectors/door.h"
#include "vectors/keywrap.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::Scheme;

constexpr std::size_t kLargestGcmIv = 128;

Result<Verdict> CheckAead(const WycheproofCase& one, Scheme scheme, bool gmac) {
  const Bytes key = one.test.Hex("key");
  const Bytes iv = one.test.Hex("iv");
  const Bytes message = one.test.Hex("msg");
  const Bytes aad = gmac ? message : one.test.Hex("aad");
  const Bytes plaintext = gmac ? Bytes() : message;
  const Bytes ciphertext = gmac ? Bytes() : one.test.Hex("ct");
  const Bytes tag = one.test.Hex("tag");
  if (key.size() != one.group.Bits("keySize") || iv.size() != one.group.Bits("ivSize") ||
      tag.size() != one.group.Bits("tagSize")) {
    return Wrong("the case is not what its group says");
  }
  const AesCase aes{.scheme = scheme,
                    .key = key,
                    .iv = iv,
                    .aad = aad,
                    .plaintext = plaintext,
                    .ciphertext = ciphertext,
                    .tag = tag};
  if (scheme == Scheme::kAesGcm && iv.size() > kLargestGcmIv) {
    TRY(CheckRefused(aes, Code::kInvalidArgument));
    return NotRun("IVs of more than 128 bytes are not offered (it was refused)");
  }
  if (one.valid()) return CheckBothWays(aes);
  const bool malformed = one.HasFlag("ZeroLengthIv") || one.HasFlag("InvalidNonceSize") ||
                         one.HasFlag("InvalidTagSize") || one.HasFlag("InsecureTagSize");
  return CheckRefused(aes, malformed ? Code::kInvalidArgument : Code::kVerifyFailed);
}

Result<Verdict> CheckKeyWrap(const WycheproofCase& one, Scheme scheme) {
  const Bytes key = one.test.Hex("key");
  const Bytes payload = one.test.Hex("msg");
  const Bytes wrapped = one.test.Hex("ct");
  if (key.size() != one.group.Bits("keySize")) return Wrong("the key has another size");
  const WrapCase wrapping{.scheme = scheme, .key = key, .payload = payload, .wrapped = wrapped};
  if (!one.valid()) return CheckNoUnwrap(wrapping);
  TRY(CheckWrap(wrapping));
  return CheckUnwrap(wrapping);
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofGcm(const WycheproofCase& one) {
  return CheckAead(one, Scheme::kAesGcm, false);
}

Result<Verdict> RunWycheproofGmac(const WycheproofCase& one) {
  return CheckAead(one, Scheme::kAesGcm, true);
}

Result<Verdict> RunWycheproofCcm(const WycheproofCase& one) {
  return CheckAead(one, Scheme::kAesCcm, false);
}

Result<Verdict> RunWycheproofCbc(const WycheproofCase& one) {
  const Bytes key = one.test.Hex("key");
  const Bytes iv = one.test.Hex("iv");
  const Bytes message = one.test.Hex("msg");
  const Bytes ciphertext = one.test.Hex("ct");
  if (key.size() != one.group.Bits("keySize") || iv.size() != one.group.Bits("ivSize")) {
    return Wrong("the case is not what its group says");
  }
  const AesCase aes{.scheme = Scheme::kAesCbcPad,
                    .key = key,
                    .iv = iv,
                    .aad = {},
                    .plaintext = message,
                    .ciphertext = ciphertext,
                    .tag = {}};
  if (one.valid()) return CheckBothWays(aes);
  return CheckRefused(aes, ciphertext.empty() ? Code::kInvalidArgument : Code::kVerifyFailed);
}

/// The tweak is the number of the data unit, without the zeros at its end.
Result<Verdict> RunWycheproofXts(const WycheproofCase& one) {
  const Bytes key = one.test.Hex("key");
  Bytes tweak = one.test.Hex("iv");
  if (key.size() != one.group.Bits("keySize") || tweak.size() != one.group.Bits("ivSize")) {
    return Wrong("the case is not what its group says");
  }
  tweak.resize(16);
  const Algorithm algorithm = key.size() == 64 ? Algorithm::kAes256Xts : Algorithm::kAes128Xts;
  const auto entered = EnterSecret(algorithm, key);
  if (key.size() == 48) {
    TRY(MustFail("a key of 48 bytes", entered, Code::kInvalidArgument));
    return NotRun("XTS with AES-192 does not exist in SP 800-38E (the key was refused)");
  }
  const Entered& xts = TRY(entered);
  const module::CipherParameters how{.scheme = Scheme::kAesXts, .iv = tweak};
  const Bytes message = one.test.Hex("msg");
  const Bytes ciphertext = one.test.Hex("ct");
  if (!one.valid()) return Wrong("nobody decided about an invalid case");
  const auto encrypted = TRY(Door().EncryptWith(*xts.value, how, message));
  TRY(Same("the ciphertext", encrypted.value.data, ciphertext));
  const auto decrypted = TRY(Door().DecryptWith(*xts.value, how, ciphertext, {}));
  TRY(Same("the plaintext", decrypted.value.span(), message));
  return Ran(Both(Both(xts.indicator, encrypted.indicator), decrypted.indicator));
}

/// `acceptable`: ShortKey is a payload of 8 bytes, less than the two semiblocks of SP 800-38F (5.3.1):
/// refused.
Result<Verdict> RunWycheproofKw(const WycheproofCase& one) {
  if (one.acceptable() && !one.HasFlag("ShortKey")) return Wrong("nobody decided about this flag");
  return CheckKeyWrap(one, Scheme::kAesKw);
}

Result<Verdict> RunWycheproofKwp(const WycheproofCase& one) {
  return CheckKeyWrap(one, Scheme::kAesKwp);
}

}  // namespace vallum::vectors
