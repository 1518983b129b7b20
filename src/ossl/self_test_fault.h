// SPDX-License-Identifier: Apache-2.0
// For tests, and in a library of its own that no product links: makes one of the provider's self-tests
// fail, through the provider's own fault injection.
#pragma once

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

}  // namespace vallum::ossl
