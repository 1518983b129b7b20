// SPDX-License-Identifier: Apache-2.0
#include "vectors/kdf.h"

#include <algorithm>

namespace vallum::vectors {

Result<Derived> Derive(const Derivation& derivation) {
  const Entered base = TRY(EnterSecret(module::Algorithm::kGenericSecret, derivation.base));
  const auto made = TRY(DeriveBytes(Door(), *base.value, derivation.how, derivation.size));
  return Derived{.bytes = ToBytes(made.value.span()),
                 .indicator = Both(base.indicator, made.indicator)};
}

Result<Verdict> RunDerivation(const DerivationCheck& check) {
  const Derived derived = TRY(Derive(check.derivation));
  if (check.valid) {
    TRY(Same("the derived key", derived.bytes, check.expected));
    // Requirement: ind-allow
    return Ran(derived.indicator, check.reasons);
  }
  if (std::ranges::equal(derived.bytes, check.expected)) return Wrong("a wrong key was derived");
  TRY(Ran(derived.indicator, check.reasons));
  return Refused();
}

}  // namespace vallum::vectors
