// SPDX-License-Identifier: Apache-2.0
// For tests: a library context on the fips.so of the build tree, or on a copy that may break.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/test_matchers.h"
#include "ossl/context.h"

#ifndef VALLUM_FIPS_MODULE  // vallum_test() defines it
#define VALLUM_FIPS_MODULE "."
#endif

namespace vallum::ossl {

inline LoadOptions TestOptions() {
  std::string mac;
  std::ifstream(std::filesystem::path(VALLUM_FIPS_MODULE).replace_extension(".mac")) >> mac;
  return {.provider = VALLUM_FIPS_MODULE, .mac = mac};
}

/// TestContext is shared by all tests of a program.
inline const ContextRef& TestContext() {
  static const ContextRef context = LibraryContext::Load(TestOptions()).value();
  return context;
}

/// OwnProvider is a copy of fips.so with state of its own: its error state harms no other test.
class OwnProvider {
 public:
  OwnProvider() { std::filesystem::copy_file(VALLUM_FIPS_MODULE, folder_ / "fips.so"); }
  LoadOptions options() const {
    LoadOptions options = TestOptions();
    options.provider = folder_ / "fips.so";
    return options;
  }

 private:
  ScratchFolder folder_;
};

}  // namespace vallum::ossl
