// SPDX-License-Identifier: Apache-2.0
// Message authentication with HMAC (FIPS 198-1).
#include "module/impl.h"

namespace vallum::module {

Result<Approved<Bytes>> Module::Mac(Key& key, ByteSpan message) {
  ServiceCall call(*impl_, {.operation = Operation::kMac, .key = &key});
  TRY(call.Begin());
  const auto mac = TRY(call.Examine(key.hmac()->Compute(message)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{ToBytes(mac.span()), indicator};
}

Result<Indicator> Module::VerifyMac(Key& key, ByteSpan message, ByteSpan mac) {
  ServiceCall call(*impl_, {.operation = Operation::kVerifyMac, .key = &key});
  TRY(call.Begin());
  const auto right = TRY(call.Examine(key.hmac()->Compute(message)));
  if (!ConstantTimeEqual(right.span(), mac)) {
    return Error(Code::kVerifyFailed, "the MAC does not match the message or the key");
  }
  return call.End();
}

}  // namespace vallum::module
