// SPDX-License-Identifier: Apache-2.0
#include "rest/router.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"
#include "rest/handlers.h"

namespace vallum::rest {
namespace {

using testing::Eq;

TEST(RouterTest, FindsALiteralPath) {
  const Match match = FindRoute("GET", "/v1/module");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->handler, GetModule);
}

TEST(RouterTest, FindsAKeysName) {
  const Match match = FindRoute("POST", "/v1/keys/pay%2Eroll/encrypt");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->handler, Encrypt);
  EXPECT_EQ(match.parameters[0], "pay%2Eroll");
}

TEST(RouterTest, MethodsOfOnePathDiffer) {
  EXPECT_EQ(FindRoute("GET", "/v1/keys").route->handler, ListKeys);
  EXPECT_EQ(FindRoute("POST", "/v1/keys").route->handler, CreateKey);
}

TEST(RouterTest, TheRestOfATilePathIsOneParameter) {
  const Match match = FindRoute("GET", "/v1/audit/tile/0/x001/234.p/5");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->handler, GetTile);
  EXPECT_EQ(match.parameters[0], "0");
  EXPECT_EQ(match.parameters[1], "x001/234.p/5");
}

TEST(RouterTest, EntriesAreNoLevel) {
  const Match match = FindRoute("GET", "/v1/audit/tile/entries/x001/234");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->handler, GetEntries);
  EXPECT_EQ(match.parameters[0], "x001/234");
}

TEST(RouterTest, HeadIsAnsweredAsGet) {
  EXPECT_EQ(FindRoute("HEAD", "/livez").route->handler, GetLiveness);
}

TEST(RouterTest, AKnownPathWithAnotherMethodSaysWhichItHas) {
  const Match match = FindRoute("DELETE", "/v1/keys");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, "POST, GET, HEAD");
}

TEST(RouterTest, UnknownPathsAreUnknown) {
  for (const std::string_view path :
       {"", "/", "livez", "/livez/", "/v1", "/v1/keys/", "/v1/keys//encrypt", "/v1/keys/a/b",
        "/v1/keys/a/encrypt/x", "/v1/audit/tile/0/", "/v1/audit/tile/0", "//livez", "/LIVEZ"}) {
    const Match match = FindRoute("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allowed, "") << path;
  }
}

TEST(RouterTest, OnlyHealthAndTheDescriptionAreOpen) {
  for (const Route& route : Routes()) {
    const std::string_view path = route.pattern.text();
    const bool open = path == "/livez" || path == "/readyz" || path == "/v1/openapi.json";
    EXPECT_EQ(route.access == Access::kAnyone, open) << path;
  }
}

TEST(RouterTest, CutsTheQueryOff) {
  EXPECT_EQ(SplitTarget("/v1/keys?prefix=a?b").path, "/v1/keys");
  EXPECT_EQ(SplitTarget("/v1/keys?prefix=a?b").query, "prefix=a?b");
  EXPECT_EQ(SplitTarget("/v1/keys").query, "");
}

TEST(PercentDecodeTest, DecodesEscapesOfEitherCase) {
  EXPECT_THAT(PercentDecode("a%2Fb%2fc+"), IsOkAnd(Eq("a/b/c+")));
}

TEST(PercentDecodeTest, RefusesBadEscapesAndWhatIsNotPrintableAscii) {
  for (const std::string_view text :
       {"%", "%2", "a%", "%zz", "%2g", "a%00b", "a\xf2", "%f2", "%7F", "%0a", "\t"}) {
    EXPECT_THAT(PercentDecode(text), IsError(Code::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace vallum::rest
