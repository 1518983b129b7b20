// SPDX-License-Identifier: Apache-2.0
// OpenSSL's error queue, drained into one Error that keeps the first cause.
#pragma once

#include <source_location>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vallum::ossl {

/// DrainErrors empties this thread's error queue and returns the oldest entry as text ("provider
/// routines: self test kat failure"), or "" when it was empty. The oldest entry is the cause; what
/// follows it are consequences.
std::string DrainErrors();

/// LastProviderError is the text that this thread's last ProviderError drained; it may be empty.
std::string LastProviderError();

/// ProviderError drains the queue into an Error: "`what`: first cause". `what` says what was being
/// done and names no secret.
Error ProviderError(std::string_view what, Code code = Code::kProvider,
                    std::source_location where = std::source_location::current());

/// Check accepts exactly rc == 1, OpenSSL's only success.
inline Status Check(int rc, std::string_view what,
                    std::source_location where = std::source_location::current()) {
  if (rc == 1) return {};
  return ProviderError(what, Code::kProvider, where);
}

/// CheckPointer accepts anything but null.
template <typename T>
Status CheckPointer(const T& object, std::string_view what,
                    std::source_location where = std::source_location::current()) {
  if (object != nullptr) return {};
  return ProviderError(what, Code::kProvider, where);
}

}  // namespace vallum::ossl
