// SPDX-License-Identifier: Apache-2.0
// What every derivation of the vector files shares.
#pragma once

#include "vectors/door.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// Derivation is one derivation: of `size` bytes from `base`, which are entered as a generic secret.
struct Derivation {
  ByteSpan base;
  const module::KdfParameters& how;
  std::size_t size;
};

/// Derived are the bytes, and the indicators of the entry and the derivation in one.
struct Derived {
  Bytes bytes;
  module::Indicator indicator;
};

Result<Derived> Derive(const Derivation& derivation);

/// RunDerivation derives and compares; `valid` false: the bytes must not be those, and the verdict is
/// Refused. `reasons` are those that the indicator must show.
struct DerivationCheck {
  Derivation derivation;
  ByteSpan expected;
  bool valid = true;
  std::uint32_t reasons = 0;
};
Result<Verdict> RunDerivation(const DerivationCheck& check);

}  // namespace vallum::vectors
