// SPDX-License-Identifier: Apache-2.0
#include "scan/rule/rule_of_fact.h"

#include <gtest/gtest.h>

namespace vallum::scan {
namespace {

FileFacts With(std::initializer_list<FactKind> kinds) {
  FileFacts file;
  for (const FactKind kind : kinds) file.facts.push_back({kind, "p", "", Confidence::kExact, "e"});
  return file;
}
const Fact kOpenSsl{FactKind::kContains, "OpenSSL", "", Confidence::kExact, "e"};
const Fact kSodium{FactKind::kContains, "libsodium", "", Confidence::kExact, "e"};

TEST(RuleOfFactTest, WhatAFileIsForDecidesWhatToDo) {
  EXPECT_EQ(RuleOfBuiltIn(With({}), kOpenSsl), RuleId::kBundledOpenSsl);
  EXPECT_EQ(RuleOfBuiltIn(With({FactKind::kPythonExtension}), kOpenSsl), RuleId::kPythonStatic);
  EXPECT_EQ(RuleOfBuiltIn(With({FactKind::kNodeAddon}), kSodium), RuleId::kNodeAddon);
  EXPECT_EQ(RuleOfBuiltIn(With({FactKind::kNodeRuntime}), kOpenSsl), RuleId::kNodeRuntime);
  EXPECT_EQ(RuleOfBuiltIn(With({FactKind::kNodeRuntime}), kSodium), RuleId::kNodeBoring);
  EXPECT_EQ(RuleOfBuiltIn(With({FactKind::kInJar, FactKind::kPythonExtension}), kOpenSsl),
            RuleId::kJavaNative);
  EXPECT_EQ(RuleOfBroughtAlong(With({FactKind::kInWheel})), RuleId::kPythonBundled);
  EXPECT_EQ(RuleOfBroughtAlong(With({FactKind::kPythonExtension})), std::nullopt);
}

TEST(RuleOfFactTest, ALibraryThatACrateStandsForIsOneFinding) {
  FileFacts file = With({FactKind::kRustCrate});
  const Fact aws{FactKind::kContains, "AWS-LC", "", Confidence::kExact, "e"};
  EXPECT_EQ(RuleOfBuiltIn(file, aws), RuleId::kBundledOpenSsl);
  file.facts[0].product = "aws-lc-sys";
  EXPECT_EQ(RuleOfBuiltIn(file, aws), std::nullopt);
}

TEST(RuleOfFactTest, CratesFallUnderTheirRules) {
  EXPECT_EQ(RuleOfCrate("ring"), RuleId::kRustRing);
  EXPECT_EQ(RuleOfCrate("aws-lc-sys"), RuleId::kRustAwsLc);
  EXPECT_EQ(RuleOfCrate("aws-lc-fips-sys"), RuleId::kRustAwsLcFips);
  EXPECT_EQ(RuleOfCrate("sha2"), RuleId::kRustCrypto);
}

TEST(RuleOfFactTest, AnApplicationIsAnArchiveOrAFolderOfJars) {
  EXPECT_EQ(ApplicationOf("opt/lib/a.jar!x/A.class"), ApplicationOf("opt/lib/b.jar!y/B.class"));
  EXPECT_EQ(ApplicationOf("a.war!lib/a.jar!A.class"), ApplicationOf("a.war!other/b.jar!B.class"));
  EXPECT_NE(ApplicationOf("one/a.jar!A.class"), ApplicationOf("two/b.jar!B.class"));
  EXPECT_NE(ApplicationOf("a.war!lib/a.jar!A.class"), ApplicationOf("b.war!lib/a.jar!A.class"));
}

}  // namespace
}  // namespace vallum::scan
