// SPDX-License-Identifier: Apache-2.0
// KeyMaker: who makes the keys that a token keeps, when that is not this process's module.
#pragma once

#include "p11/core/object.h"
#include "p11/core/rv.h"

namespace vallum::p11 {

/// KeyMaker is thread-safe.
class KeyMaker {
 public:
  struct Made {
    MaterialRef material;
    Bytes spki;  ///< of a key pair
  };
  virtual ~KeyMaker() = default;
  /// Make makes a key of `spec` for an object with these complete attributes, and may change them to what the
  /// key can do. CKR_TEMPLATE_INCONSISTENT for what no key there has. It is kept, durably, when this returns.
  virtual Ck<Made> Make(const module::KeySpec& spec, Attributes& attributes, const KeyId& id) = 0;
};

}  // namespace vallum::p11
