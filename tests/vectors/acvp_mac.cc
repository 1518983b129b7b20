// SPDX-License-Identifier: Apache-2.0
// HMAC (FIPS 198-1) and AES-CMAC (SP 800-38B).
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/aes.h"
#include "vectors/door.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

using module::MacParameters;
using module::Reason;
using module::Scheme;

constexpr std::size_t kLeastHmacKey = 14;  // 112 bits, SP 800-131A
constexpr std::size_t kLargestHmacKey = 1024;
constexpr std::size_t kLeastCmac = 8;  // SP 800-38B, appendix A

std::uint32_t WeakCmac(std::size_t size) {
  return size < kLeastCmac ? static_cast<std::uint32_t>(Reason::kWeakParameters) : 0;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpHmac(const AcvpCase& one) {
  const auto algorithm = HmacOf(one.algorithm);
  if (!algorithm) return NotRun(fmt::format("{} is not offered", one.algorithm));
  const Bytes key = one.test.Hex("key");
  const Bytes message = one.test.Hex("msg");
  const std::size_t size = one.group.Bits("macLen");
  if (one.group.Text("testType") != "AFT" || key.size() != one.group.Bits("keyLen") ||
      message.size() != one.group.Bits("msgLen")) {
    return Wrong("the case is not what its group says");
  }
  const auto entry = EnterSecret(*algorithm, key);
  if (key.size() > kLargestHmacKey) {
    TRY(MustFail("a long HMAC key", entry, Code::kInvalidArgument));
    return NotRun("HMAC keys of more than 1024 bytes are not offered (the key was refused)");
  }
  const Entered& entered = TRY(entry);
  const MacParameters how{.size = size};
  const auto mac = TRY(Door().MacWith(*entered.value, how, message));
  TRY(Same("the MAC", mac.value, one.Answer().Hex("mac")));
  const auto verified = TRY(Door().VerifyMacWith(*entered.value, how, message, mac.value));
  // Requirement: ind-allow
  return Ran(Both(Both(entered.indicator, mac.indicator), verified),
             key.size() < kLeastHmacKey ? kUsesShortKey | kProviderObjects : 0);
}

Result<Verdict> RunAcvpCmac(const AcvpCase& one) {
  const Bytes key = one.test.Hex("key");
  const Bytes message = one.test.Hex("message");
  const bool generate = one.group.Text("direction") == "gen";
  const Bytes mac = generate ? one.Answer().Hex("mac") : one.test.Hex("mac");
  if (one.group.Text("testType") != "AFT" || key.size() != one.group.Bits("keyLen") ||
      message.size() != one.group.Bits("msgLen") || mac.size() != one.group.Bits("macLen")) {
    return Wrong("the case is not what its group says");
  }
  const module::KeyRef entered = TRY(EnterAes(key));
  const MacParameters how{.scheme = Scheme::kAesCmac, .size = mac.size()};
  const auto verified = Door().VerifyMacWith(*entered, how, message, mac);
  if (!generate && !one.Answer().Flag("testPassed")) {
    TRY(MustFail("a wrong MAC", verified, Code::kVerifyFailed));
    return Refused();
  }
  const auto made = TRY(Door().MacWith(*entered, how, message));
  TRY(Same("the MAC", made.value, mac));
  return Ran(Both(made.indicator, TRY(verified)), WeakCmac(mac.size()));
}

}  // namespace vallum::vectors
