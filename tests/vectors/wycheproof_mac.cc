// SPDX-License-Identifier: Apache-2.0
// HMAC. Wycheproof's shorter tags are the beginning of the door's whole ones.
#include <algorithm>
#include <array>
#include <string_view>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

struct Row {
  std::string_view file;
  std::string_view algorithm;
};
constexpr std::array kFiles = {
    Row{"hmac_sha256", "HMAC-SHA2-256"}, Row{"hmac_sha384", "HMAC-SHA2-384"},
    Row{"hmac_sha512", "HMAC-SHA2-512"}, Row{"hmac_sha3_256", "HMAC-SHA3-256"}};

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofHmac(const WycheproofCase& one) {
  const auto* row = std::ranges::find(kFiles, one.name, &Row::file);
  const auto algorithm =
      row == kFiles.end() ? std::optional<module::Algorithm>() : HmacOf(row->algorithm);
  if (!algorithm) return NotRun("the algorithm is not offered");
  const Bytes key = one.test.Hex("key");
  const Bytes message = one.test.Hex("msg");
  const Bytes tag = one.test.Hex("tag");
  if (key.size() != one.group.Bits("keySize") || tag.size() != one.group.Bits("tagSize")) {
    return Wrong("the case is not what its group says");
  }
  const Entered entered = TRY(EnterSecret(*algorithm, key));
  const auto mac = TRY(Door().Mac(*entered.value, message));
  const bool same = tag.size() <= mac.value.size() &&
                    std::ranges::equal(tag, ByteSpan(mac.value).first(tag.size()));
  if (same != one.valid()) return Wrong("the MAC is not as the case says");
  const auto verified = Door().VerifyMac(*entered.value, message, tag);
  if (!same || tag.size() != mac.value.size()) {
    TRY(MustFail("a wrong or shorter MAC", verified, Code::kVerifyFailed));
    return same ? Ran(Both(entered.indicator, mac.indicator)) : Refused();
  }
  return Ran(Both(Both(entered.indicator, mac.indicator), TRY(verified)));
}

}  // namespace vallum::vectors
