// SPDX-License-Identifier: Apache-2.0
#include "scan/sbom/sbom_detector.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Found(std::string_view text) {
  const auto facts = DetectSbom(*ContentOf(text));
  EXPECT_THAT(facts, IsOk());
  std::vector<std::string> found;
  for (const Fact& fact : facts ? *facts : Facts()) {
    EXPECT_EQ(fact.confidence, Confidence::kWeak);
    found.push_back(fact.product + " " + fact.version);
  }
  return found;
}

TEST(SbomDetectorTest, ComponentsWithinComponentsAreRead) {
  EXPECT_THAT(
      Found(R"({"bomFormat":"CycloneDX","components":[{"purl":"pkg:npm/%40noble/hashes@1.4.0",
        "components":[{"purl":"pkg:cargo/ring@0.17.8?x=y"}]},{"name":"none"},7,
        {"purl":"pkg:maven/org.bouncycastle/bcprov-jdk18on@1.78"},{"purl":"pkg:pypi/rsa@4.9"}]})"),
      ElementsAre("@noble/hashes 1.4.0", "ring 0.17.8", "Bouncy Castle 1.78", "rsa 4.9"));
}

TEST(SbomDetectorTest, PackagesOfSpdxAreReadByTheirReferences) {
  EXPECT_THAT(Found(R"({"spdxVersion":"SPDX-2.3","packages":[{"externalRefs":[
        {"referenceLocator":"pkg:npm/crypto-js"},{"referenceLocator":"pkg:npm/crypto-js"},
        {"referenceLocator":"cpe:2.3:a:x"}]}]})"),
              ElementsAre("crypto-js "));
}

TEST(SbomDetectorTest, OtherPackagesAndOtherFormsSayNothing) {
  EXPECT_THAT(Found(R"({"components":[{"purl":"pkg:npm/left-pad@1"},{"purl":"pkg:deb/debian/ring"},
        {"purl":"pkg:npm"},{"purl":"x"},{"purl":1}],"packages":{}})"),
              IsEmpty());
  EXPECT_THAT(Found("[1]"), IsEmpty());
}

TEST(SbomDetectorTest, WhatIsNoJsonIsAnError) {
  EXPECT_THAT(DetectSbom(*ContentOf("{\"bomFormat\": \"CycloneDX\"")),
              IsError(Code::kInvalidArgument));
}

TEST(SbomDetectorTest, TheFirstBytesSayWhatItIs) {
  EXPECT_TRUE(IsSbom(AsBytes("{\n \"bomFormat\": \"CycloneDX\"")));
  EXPECT_TRUE(IsSbom(AsBytes("{\"spdxVersion\":")));
  EXPECT_FALSE(IsSbom(AsBytes("[\"CycloneDX\"]")));
  EXPECT_FALSE(IsSbom(AsBytes("{\"name\": \"x\"}")));
}

}  // namespace
}  // namespace vallum::scan
