// SPDX-License-Identifier: Apache-2.0
// HMAC, AES-CMAC and KMAC.
#include <algorithm>
#include <array>
#include <string_view>

#include "vectors/adapters.h"
#include "vectors/aes.h"
#include "vectors/door.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

using module::MacParameters;
using module::Scheme;

struct Row {
  std::string_view file;
  std::string_view algorithm;
};
constexpr std::array kHmacs = {
    Row{"hmac_sha256", "HMAC-SHA2-256"}, Row{"hmac_sha384", "HMAC-SHA2-384"},
    Row{"hmac_sha512", "HMAC-SHA2-512"}, Row{"hmac_sha3_256", "HMAC-SHA3-256"}};

/// Makes and verifies the MAC of one case with a key that is entered.
Result<Verdict> CheckMac(const WycheproofCase& one, module::Key& key, Scheme scheme) {
  const Bytes message = one.test.Hex("msg");
  const Bytes tag = one.test.Hex("tag");
  if (tag.size() != one.group.Bits("tagSize")) return Wrong("the tag has another size");
  const MacParameters how{.scheme = scheme, .size = tag.size()};
  const auto mac = TRY(Door().MacWith(key, how, message));
  const auto verified = Door().VerifyMacWith(key, how, message, tag);
  if (one.valid()) {
    TRY(Same("the MAC", mac.value, tag));
    return Ran(Both(mac.indicator, TRY(verified)));
  }
  if (mac.value == tag) return Wrong("the MAC is the wrong one");
  TRY(MustFail("a wrong MAC", verified, Code::kVerifyFailed));
  return Refused();
}

Result<Entered> EnterKeyOf(const WycheproofCase& one, module::Algorithm algorithm) {
  const Bytes key = one.test.Hex("key");
  if (key.size() != one.group.Bits("keySize")) return Wrong("the key has another size");
  return EnterSecret(algorithm, key);
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofHmac(const WycheproofCase& one) {
  const auto* row = std::ranges::find(kHmacs, one.name, &Row::file);
  const auto algorithm =
      row == kHmacs.end() ? std::optional<module::Algorithm>() : HmacOf(row->algorithm);
  if (!algorithm) return NotRun("the algorithm is not offered");
  const Entered key = TRY(EnterKeyOf(one, *algorithm));
  TRY(Ran(key.indicator));
  return CheckMac(one, *key.value, Scheme::kDefault);
}

Result<Verdict> RunWycheproofKmac(const WycheproofCase& one) {
  const Entered key = TRY(EnterKeyOf(one, module::Algorithm::kKmac256));
  TRY(Ran(key.indicator));
  return CheckMac(one, *key.value, Scheme::kDefault);
}

Result<Verdict> RunWycheproofCmac(const WycheproofCase& one) {
  const Bytes key = one.test.Hex("key");
  if (key.size() != one.group.Bits("keySize")) return Wrong("the key has another size");
  if (one.HasFlag("InvalidKeySize")) {
    TRY(MustFail("a key of a wrong size", EnterAes(key), Code::kInvalidArgument));
    one.test.Ignore({"msg", "tag"});
    one.group.Ignore({"tagSize"});
    return Refused();
  }
  return CheckMac(one, *TRY(EnterAes(key)), Scheme::kAesCmac);
}

}  // namespace vallum::vectors
