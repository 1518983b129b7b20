// SPDX-License-Identifier: Apache-2.0
// Guard: nothing but a CK_RV leaves a C function, whatever happens inside.
#pragma once

#include <new>

#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

/// Guard runs `call`; an exception (only the standard library throws here) becomes CKR_HOST_MEMORY or
/// CKR_GENERAL_ERROR.
template <typename Call>
CK_RV Guard(Call&& call) noexcept {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return CKR_HOST_MEMORY;
  } catch (...) {
    return CKR_GENERAL_ERROR;
  }
}

}  // namespace vallum::p11
