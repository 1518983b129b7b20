// SPDX-License-Identifier: Apache-2.0
#include "vectors/keywrap.h"

#include "vectors/aes.h"

namespace vallum::vectors {
namespace {

constexpr auto kCarrier = module::Algorithm::kHmacSha256;
constexpr std::size_t kLeastKey = 14;

Result<module::Approved<module::NewKey>> Unwrap(const WrapCase& one, module::Key& key) {
  return Door().UnwrapKey(key, one.wrapped,
                          {.algorithm = kCarrier, .usages = {}, .extractable = true}, TRY(NewId()),
                          1, one.scheme);
}

}  // namespace

Result<Verdict> CheckWrap(const WrapCase& one) {
  const module::KeyRef key = TRY(EnterAes(one.key));
  const Entered carrier = TRY(EnterSecret(kCarrier, one.payload));
  const auto wrapped = TRY(Door().WrapKey(*key, *carrier.value, one.scheme));
  TRY(Same("the wrapped key", wrapped.value, one.wrapped));
  // Requirement: ind-allow
  return Ran(wrapped.indicator);
}

Result<Verdict> CheckUnwrap(const WrapCase& one) {
  const module::KeyRef key = TRY(EnterAes(one.key));
  const auto unwrapped = TRY(Unwrap(one, *key));
  const Entered carrier = TRY(EnterSecret(kCarrier, one.payload));
  const Bytes message(64, 0x36);
  TRY(Same("a MAC of the unwrapped key", TRY(Door().Mac(*unwrapped.value.key, message)).value,
           TRY(Door().Mac(*carrier.value, message)).value));
  const auto again = TRY(Door().WrapKey(*key, *unwrapped.value.key, one.scheme));
  TRY(Same("the key wrapped again", again.value, one.wrapped));
  return Ran(unwrapped.indicator,
             one.payload.size() < kLeastKey ? kMakesShortKey | kProviderObjects : 0);
}

Result<Verdict> CheckNoUnwrap(const WrapCase& one) {
  const module::KeyRef key = TRY(EnterAes(one.key));
  const auto unwrapped = Unwrap(one, *key);
  const std::size_t least = one.scheme == module::Scheme::kAesKw ? 24 : 16;
  const bool sized = one.wrapped.size() >= least && one.wrapped.size() % 8 == 0;
  TRY(MustFail("a wrong wrapped key", unwrapped,
               sized ? Code::kVerifyFailed : Code::kInvalidArgument));
  return Refused();
}

}  // namespace vallum::vectors
