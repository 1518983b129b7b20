// SPDX-License-Identifier: Apache-2.0
// More cases, with real jars, are in tests/scan/items/java.toml.
#include "scan/java/java_detector.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/java/build_file.h"
#include "scan/java/java_library.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

TEST(JavaBuildFileTest, TextThatEndsInTheMiddleIsRead) {
  for (const char* text : {"", "<!--", "<artifactId>", "<!-- <artifactId>zip4j</artifactId>"}) {
    EXPECT_TRUE(ReadJavaBuildFile("pom.xml", text).empty()) << text;
  }
  EXPECT_EQ(ReadJavaBuildFile("pom.xml", "<artifactId>zip4j").size(), 1U);
  EXPECT_TRUE(ReadJavaBuildFile("gradle.lockfile", "a:zip4j").empty());
}

using testing::IsEmpty;
using testing::SizeIs;

Facts OfClass(std::string_view path, std::string_view text) {
  return *DetectJava(path, FileKind::kJavaClass, *ContentOf(text));
}
Facts OfSettings(std::string_view text) {
  return *DetectJava("conf/security/java.security", FileKind::kOther, *ContentOf(text));
}

TEST(JavaFileTest, OnlyClassesThatStandForALibraryAreLookedAt) {
  EXPECT_TRUE(IsJavaFile("a.jar!x/BouncyCastleProvider.class", FileKind::kJavaClass));
  EXPECT_FALSE(IsJavaFile("a.jar!x/BouncyCastleProvider.class", FileKind::kOther));
  EXPECT_FALSE(IsJavaFile("a.jar!x/Other.class", FileKind::kJavaClass));
  EXPECT_TRUE(IsJavaFile("lib/security/java.security", FileKind::kOther));
  EXPECT_FALSE(IsJavaFile("my.java.security.txt", FileKind::kOther));
}

TEST(JavaLibraryTest, EveryRowIsFoundWithItsVersion) {
  for (const JavaLibrary& row : kJavaLibraries) {
    const std::string text = std::string(row.constant) + "1.72\x01";
    const Facts facts = OfClass("any/package" + std::string(row.class_file), text);
    ASSERT_THAT(facts, SizeIs(1)) << row.class_file;
    EXPECT_EQ(facts[0].product, row.product);
    EXPECT_EQ(facts[0].version, row.constant.empty() ? "" : "1.72");
  }
}

TEST(JavaLibraryTest, AClassOfTheSameNameWithoutTheTextIsAnother) {
  EXPECT_THAT(OfClass("x/BouncyCastleProvider.class", "My provider v1"), IsEmpty());
}

TEST(JavaLibraryTest, TheFipsEditionIsAModule) {
  const Facts facts = OfClass("x/BouncyCastleFipsProvider.class",
                              "BouncyCastle Security Provider (FIPS edition) v2.0.0");
  ASSERT_THAT(facts, SizeIs(1));
  EXPECT_EQ(facts[0].kind, FactKind::kFipsModule);
  EXPECT_EQ(facts[0].version, "2.0.0");
}

TEST(JavaSettingsTest, TheFirstProviderDecides) {
  EXPECT_THAT(OfSettings("security.provider.1=SUN\nsecurity.provider.2=BCFIPS BouncyCastleFips\n"),
              SizeIs(1));
  EXPECT_THAT(OfSettings(" security.provider.1 = x.BouncyCastleFipsProvider\n"), IsEmpty());
  EXPECT_THAT(OfSettings("security.provider.1=SunPKCS11 ${java.home}/conf/security/nss.fips.cfg\n"),
              IsEmpty());
}

TEST(JavaSettingsTest, SettingsWithoutProvidersAreNothing) {
  for (const char* text : {"", "=", "#security.provider.1=SUN", "security.provider.10=SUN"}) {
    EXPECT_THAT(OfSettings(text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace vallum::scan
