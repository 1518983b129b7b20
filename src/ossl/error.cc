// SPDX-License-Identifier: Apache-2.0
#include "ossl/error.h"

#include <fmt/format.h>
#include <openssl/err.h>

namespace vallum::ossl {
namespace {

thread_local std::string last_provider_error;

}  // namespace

std::string DrainErrors() {
  const char* data = nullptr;
  int flags = 0;
  const unsigned long first = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags);
  if (first == 0) return {};
  const char* library = ERR_lib_error_string(first);
  const char* reason = ERR_reason_error_string(first);
  std::string text = fmt::format("{}: {}", library != nullptr ? library : "unknown library",
                                 reason != nullptr ? reason : fmt::format("code {:#x}", first));
  if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0') {
    text += fmt::format(" ({})", data);
  }
  ERR_clear_error();
  return text;
}

std::string LastProviderError() { return last_provider_error; }

Error ProviderError(std::string_view what, Code code, std::source_location where) {
  const std::string& cause = last_provider_error = DrainErrors();
  if (cause.empty()) return {code, std::string(what), where};
  return {code, fmt::format("{}: {}", what, cause), where};
}

}  // namespace vallum::ossl
