// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. Our code throws nothing; this is how failure travels.
//
//   Result<Key> Open(std::string_view name) {
//     if (name.empty()) return InvalidArgument("a key name is empty; give one");
//     auto bytes = TRY(store.Read(name));
//     return Parse(bytes);
//   }
//
// One alias over tl::expected: <expected> is hidden by clang 16 with libstdc++ 12.
#pragma once

#include <source_location>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "base/code.h"

namespace vallum {

/// Error is a Code, a message that says what to do next, where it was made, and optionally the size
/// that a too small buffer should have had. Messages never contain secrets.
class Error {
 public:
  Error(Code code, std::string message,
        std::source_location where = std::source_location::current())
      : code_(code), message_(std::move(message)), where_(where) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::source_location& where() const { return where_; }

  /// WithContext prefixes the message ("opening the store: ..."), keeping code and first location.
  Error WithContext(std::string_view context) && {
    message_.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }

  /// ToString returns "code: message", fit for a terminal or a log line.
  std::string ToString() const { return std::string(CodeName(code_)) + ": " + message_; }

 private:
  Code code_;
  std::string message_;
  std::source_location where_;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result(Error error) : Base(tl::unexpect, std::move(error)) {}  // NOLINT: errors convert
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
 public:
  using Base = tl::expected<void, Error>;
  using Base::Base;
  Result(Error error) : Base(tl::unexpect, std::move(error)) {}  // NOLINT: errors convert
};

/// Status is the result of an operation that returns nothing.
using Status = Result<void>;

#define VALLUM_NAMED_ERROR(Name)                                                    \
  inline Error Name(std::string message,                                            \
                    std::source_location where = std::source_location::current()) { \
    return Error(Code::k##Name, std::move(message), where);                         \
  }
VALLUM_NAMED_ERROR(InvalidArgument)
VALLUM_NAMED_ERROR(Unsupported)
VALLUM_NAMED_ERROR(NotFound)
VALLUM_NAMED_ERROR(AlreadyExists)
VALLUM_NAMED_ERROR(PermissionDenied)
VALLUM_NAMED_ERROR(Integrity)
VALLUM_NAMED_ERROR(ResourceExhausted)
VALLUM_NAMED_ERROR(Storage)
VALLUM_NAMED_ERROR(Internal)
#undef VALLUM_NAMED_ERROR

}  // namespace vallum

/// TRY evaluates to the value of a Result, or returns its Error from the enclosing function.
/// Statement expressions are a GNU extension that both of our compilers have; the counter keeps one
/// TRY inside another from shadowing it.
#define TRY(expression) VALLUM_TRY_NUMBERED(__COUNTER__, expression)
#define VALLUM_TRY_NUMBERED(number, expression) VALLUM_TRY_NAMED(number, expression)
#define VALLUM_TRY_NAMED(number, expression) VALLUM_TRY_BODY(vallum_try_##number, expression)
#define VALLUM_TRY_BODY(result, expression)        \
  __extension__({                                  \
    auto result = (expression);                    \
    if (!result) return std::move(result).error(); \
    ::vallum::detail::Unwrap(std::move(result));   \
  })

namespace vallum::detail {
template <typename T>
T Unwrap(Result<T>&& result) {
  return *std::move(result);
}
inline void Unwrap(Result<void>&&) {}
}  // namespace vallum::detail
