// SPDX-License-Identifier: Apache-2.0
// More cases, with real packages, are in tests/scan/items/node.toml.
#include "scan/node/node_detector.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/node/node_package.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Found(std::string_view path, std::string_view text) {
  const auto facts = DetectNode(path, *ContentOf(text));
  EXPECT_THAT(facts, IsOk());
  std::vector<std::string> found;
  for (const Fact& fact : facts ? *facts : Facts()) {
    found.push_back(fact.version.empty() ? fact.product : fact.product + " " + fact.version);
  }
  return found;
}

TEST(NodeFileTest, PackagesLockfilesAndSourcesAreLookedAt) {
  for (const char* path :
       {"node_modules/a/package.json", "x/node_modules/@s/a/package.json", "src/a.ts", "yarn.lock",
        "a.tgz!node_modules/a/package.json", "usr/share/nodejs/a/package.json",
        "x/node_modules/a/node_modules/b/package.json", "a/pnpm-lock.yaml"}) {
    EXPECT_TRUE(IsNodeFile(path)) << path;
  }
  for (const char* path : {"package.json", "node_modules/a/lib/package.json", "node_modules/a/a.js",
                           "node_modules/a/yarn.lock", "my_node_modules/a/package.json",
                           "node_modules/package.json", "a.json"}) {
    EXPECT_FALSE(IsNodeFile(path)) << path;
  }
}

TEST(NodePackageTest, EveryRowIsFound) {
  for (const std::string_view name : kNodePackages) {
    EXPECT_THAT(Found("node_modules/x/package.json",
                      fmt::format(R"({{"name":"{}","version":"1.2.3"}})", name)),
                ElementsAre(fmt::format("{} 1.2.3", name)));
  }
}

TEST(NodePackageTest, ADamagedFileOfAKnownPackageIsNotDetermined) {
  EXPECT_THAT(DetectNode("node_modules/elliptic/package.json", *ContentOf("{")),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(Found("node_modules/other/package.json", "{"), IsEmpty());
  EXPECT_THAT(Found("node_modules/other/package.json", R"({"name": 1, "version": []})"), IsEmpty());
}

TEST(LockfileTest, EveryFormIsRead) {
  EXPECT_THAT(Found("npm-shrinkwrap.json", R"({"dependencies":{"md5":{"version":"2.3.0"}}})"),
              ElementsAre("md5 2.3.0"));
  EXPECT_THAT(
      Found(
          "package-lock.json",
          R"({"packages":{"node_modules/a/node_modules/@noble/hashes":{"version":"1.4.0"},"":{}}})"),
      ElementsAre("@noble/hashes 1.4.0"));
  EXPECT_THAT(Found("yarn.lock", "\"@noble/hashes@^1\":\n  version \"1.4.0\"\n"),
              ElementsAre("@noble/hashes 1.4.0"));
  EXPECT_THAT(Found("pnpm-lock.yaml", "packages:\n  '@noble/hashes@1.4.0(x@1)':\n  /md5/2.3.0:\n"),
              ElementsAre("@noble/hashes 1.4.0", "md5 2.3.0"));
}

TEST(LockfileTest, APackageIsNamedOnceAVersion) {
  EXPECT_THAT(Found("pnpm-lock.yaml", "  md5@2.3.0:\n  md5@2.3.0:\n  md5@2.2.0:\n"),
              ElementsAre("md5 2.3.0", "md5 2.2.0"));
}

TEST(LockfileTest, WhatIsNoJsonIsNotDetermined) {
  EXPECT_THAT(DetectNode("package-lock.json", *ContentOf("{")), IsError(Code::kInvalidArgument));
  EXPECT_THAT(DetectNode("package-lock.json", *ContentOf(R"({"packages":[]})")),
              IsError(Code::kInvalidArgument));
}

TEST(LockfileTest, OddLinesAreRead) {
  for (const char* text :
       {"\"", "\"\":\n  version", "md5@1:\n  version \"", "@", "@:\n  version x"}) {
    EXPECT_THAT(Found("yarn.lock", text).size(), testing::Le(1U)) << text;
  }
  for (const char* text : {"  :", "  /:", "  ':", "  @:", "  @/:"}) {
    EXPECT_THAT(Found("pnpm-lock.yaml", text), IsEmpty()) << text;
  }
}

TEST(NodeSourceTest, ImportsAndWeakHashesAreNamedOnce) {
  EXPECT_THAT(Found("a.js", "import x from 'crypto-js/aes'\nrequire(\"crypto-js\")\n"),
              ElementsAre("crypto-js"));
  EXPECT_THAT(Found("a.js", "await import( '@noble/hashes/sha2')"), ElementsAre("@noble/hashes"));
  EXPECT_THAT(Found("a.ts", "createHash('MD5'); createHmac(\"md5\", k)"), ElementsAre("md5"));
}

TEST(NodeSourceTest, CommentsOtherNamesAndUnfinishedLinesAreNothing) {
  for (const char* text :
       {"// require('md5')", " * createHash('md5')", "require('md5-file')", "require(", "require('",
        "from ", "createHash('sha256')", "require(md5)"}) {
    EXPECT_THAT(Found("a.js", text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace vallum::scan
