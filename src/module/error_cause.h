// SPDX-License-Identifier: Apache-2.0
// Why the module left service. Part of the door; include module/module.h.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/code.h"

namespace vallum::module {

/// ErrorCause is the first failure, never one of its consequences. It holds no secret.
struct ErrorCause {
  Code code = Code::kInternal;
  std::string test;            ///< "KAT_KEM/KEM_Encap"; empty when no self-test failed
  std::string message;         ///< what failed, in a line
  std::string provider_error;  ///< the provider's own first error text, or empty
  TimePoint time;
};

}  // namespace vallum::module
