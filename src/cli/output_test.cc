// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <gtest/gtest.h>

namespace vallum::cli {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

TEST(OutputTest, TablesAreAlignedAndTheLastColumnIsNotPadded) {
  EXPECT_EQ(FormatTable({{"NAME", "STATE"}, {"a", "active"}, {"longer", "x"}}),
            "NAME    STATE\na       active\nlonger  x\n");
}

TEST(OutputTest, AlignmentCountsCharactersNotBytes) {
  EXPECT_EQ(FormatTable({{"é", "x"}, {"ab", "y"}}), "é   x\nab  y\n");
}

TEST(OutputTest, ControlCharactersCannotSteerTheTerminal) {
  EXPECT_EQ(Printable("a\033[2Jb\x7f\n"), "a?[2Jb??");
}

TEST(OutputTest, PeopleGetTextAndNoJson) {
  CaptureStdout();
  Output out({});
  out.Good("done");
  out.Json("{}");
  out.Fields({{"state", "operational"}, {"seal", "x"}});
  (void)out.Flush();
  EXPECT_EQ(GetCapturedStdout(), "✓ done\nstate  operational\nseal   x\n");
}

TEST(OutputTest, MachinesGetOneDocument) {
  CaptureStdout();
  Output out({.json = true});
  out.Good("done");
  out.Table({"A"}, {{"b"}});
  out.Json("{\"a\":1}");
  (void)out.Flush();
  EXPECT_EQ(GetCapturedStdout(), "{\"a\":1}\n");
}

TEST(OutputTest, ColourOnlyWhenAsked) {
  CaptureStdout();
  Output({.colour = true}).Bad("no");
  std::fflush(stdout);
  EXPECT_EQ(GetCapturedStdout(), "\033[31m✗\033[0m no\n");
}

TEST(OutputTest, FailuresAreOneLineOnStandardError) {
  CaptureStderr();
  CaptureStdout();
  Output out({.json = true});
  out.Failure(NotFound("no key \"x\"; see `vallum key list`"));
  (void)out.Flush();
  EXPECT_EQ(GetCapturedStderr(), "vallum: no key \"x\"; see `vallum key list`\n");
  EXPECT_EQ(GetCapturedStdout(),
            "{\"error\":{\"code\":\"not_found\",\"message\":\"no key \\\"x\\\"; see `vallum key "
            "list`\"}}\n");
}

TEST(OutputTest, ProgressIsForTerminalsAndPeople) {
  EXPECT_TRUE(Output({.progress = true}).progress());
  EXPECT_FALSE(Output({.json = true, .progress = true}).progress());
  EXPECT_FALSE(Output({}).progress());
}

}  // namespace
}  // namespace vallum::cli
