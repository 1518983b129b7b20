// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace vallum::cli {
namespace {

TEST(ExitCodeTest, NoErrorExitsWithZero) {
  for (std::size_t code = 0; code < kCodeNames.size(); ++code) {
    EXPECT_NE(ExitCodeOf(static_cast<Code>(code)), ExitCode::kOk) << kCodeNames[code];
  }
}

TEST(ExitCodeTest, TheDocumentedCodesHold) {
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kVerifyFailed)), 1);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kIntegrity)), 1);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kInvalidArgument)), 2);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kNotFound)), 3);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kPermissionDenied)), 4);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kNetwork)), 5);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kStorageFull)), 6);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(Code::kProvider)), 7);
  EXPECT_EQ(static_cast<int>(ExitCode::kIncomplete), 8);
}

}  // namespace
}  // namespace vallum::cli
