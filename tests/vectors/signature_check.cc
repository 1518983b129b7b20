// SPDX-License-Identifier: Apache-2.0
#include "vectors/signature_check.h"

namespace vallum::vectors {

Result<Verdict> Check(const SignatureCheck& check) {
  const auto entered = Door().EnterPublicKey(check.algorithm, check.spki);
  if (!entered) {
    if (check.valid) return entered.error();
    TRY(MustFail("a wrong public key", entered, Code::kInvalidArgument));
    return Refused();
  }
  const auto verified =
      Door().Verify(*entered->value, check.scheme, check.message, check.signature);
  if (!check.valid) {
    TRY(MustFail("a wrong signature", verified, Code::kVerifyFailed));
    return Refused();
  }
  // Requirement: ind-allow
  return Ran(Both(entered->indicator, TRY(verified)));
}

}  // namespace vallum::vectors
