// SPDX-License-Identifier: Apache-2.0
// Random bytes from the approved generator (SP 800-90A).
#include "ossl/random.h"

#include "module/impl.h"

namespace vallum::module {

Result<Indicator> Module::Random(MutableByteSpan out) {
  ServiceCall call(*impl_, {.operation = Operation::kRandom}, kTested);
  TRY(call.Begin());
  TRY(call.Examine(ossl::Random(*impl_->context, out)));
  Result<Indicator> indicator = call.End();
  if (!indicator) Wipe(out.data(), out.size());
  return indicator;
}

Result<SecretBytes> Module::GenerateRootKey() {
  constexpr std::size_t kRootKeySize = 32;
  ServiceCall call(
      *impl_, {.operation = Operation::kRandom, .service = Management::kGenerateRootKey}, kTested);
  TRY(call.Begin());
  TRY(call.BeginKey());
  SecretBytes key = TRY(call.Examine(ossl::RandomSecret(*impl_->context, kRootKeySize)));
  TRY(call.CommitKey());
  TRY(call.End());
  return key;
}

}  // namespace vallum::module
