// SPDX-License-Identifier: Apache-2.0
// Ck<T>: a value or the CK_RV that the caller of a C function gets. Results of the other layers become one
// by RvOf, the one table from Code to CK_RV; TRY works on both.
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/result.h"
#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

/// RvOf is what Cryptoki calls an error that has no better name where it happened.
CK_RV RvOf(Code code);

/// Rv is an error on its way out.
struct Rv {
  CK_RV value;
  // NOLINTNEXTLINE(google-explicit-constructor): the constants are plain numbers
  constexpr Rv(CK_RV rv) : value(rv) {}
};

template <typename T>
class [[nodiscard]] Ck : public tl::expected<T, Rv> {
 public:
  using Base = tl::expected<T, Rv>;
  using Base::Base;
  Ck(Rv rv) : Base(tl::unexpect, rv) {}                               // NOLINT: errors convert
  Ck(const Error& error) : Base(tl::unexpect, RvOf(error.code())) {}  // NOLINT: errors convert
};

/// Done is the result of what returns nothing.
using Done = Ck<void>;

/// Fail makes the error of any Ck.
constexpr Rv Fail(CK_RV rv) { return {rv}; }

/// As replaces the error of a Result by one that says more to Cryptoki.
template <typename T>
Ck<T> As(Result<T> result, Code code, CK_RV rv) {
  if (result) {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return *std::move(result);
    }
  }
  return result.error().code() == code ? Rv(rv) : Rv(RvOf(result.error().code()));
}

/// ToRv is the end of a call.
inline CK_RV ToRv(const Done& done) { return done ? CKR_OK : done.error().value; }

}  // namespace vallum::p11

namespace vallum::detail {
template <typename T>
T Unwrap(p11::Ck<T>&& result) {
  return *std::move(result);
}
inline void Unwrap(p11::Ck<void>&&) {}
}  // namespace vallum::detail
