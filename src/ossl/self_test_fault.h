// SPDX-License-Identifier: Apache-2.0
// For tests, and in a library of its own that no product links: makes one of the provider's self-tests
// fail, through the provider's own fault injection.
#pragma once

#include <cstddef>
#include <string>

struct ossl_lib_ctx_st;

namespace vallum::ossl {

/// SelfTestFault corrupts the named test ("KAT_Digest/SHA2") in every run of this library context
/// while it lives. The provider's error state that follows is for good, so use a copy of fips.so of
/// its own. At most one at a time.
class SelfTestFault {
 public:
  SelfTestFault(ossl_lib_ctx_st* context, std::string test);
  ~SelfTestFault();
  SelfTestFault(const SelfTestFault&) = delete;
  SelfTestFault& operator=(const SelfTestFault&) = delete;

 private:
  ossl_lib_ctx_st* context_;
};

/// LoadFault corrupts the `ordinal`th test (from 0) that a provider reports in the library contexts
/// made while it lives, so also those that run on load. At most one at a time.
class LoadFault {
 public:
  explicit LoadFault(std::size_t ordinal);
  ~LoadFault();
  LoadFault(const LoadFault&) = delete;
  LoadFault& operator=(const LoadFault&) = delete;
};

}  // namespace vallum::ossl
