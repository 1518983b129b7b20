// SPDX-License-Identifier: Apache-2.0
// More cases, with real packages, are in tests/scan/items/python.toml.
#include "scan/python/python_detector.h"

#include <gmock/gmock.h>

#include <cctype>

#include "base/test_matchers.h"
#include "scan/content/text.h"
#include "scan/python/python_package.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char *kSource = "app/main.py", *kMetadata = "x/y-1.dist-info/METADATA";

std::vector<std::string> Products(std::string_view path, std::string_view text) {
  const auto facts = DetectPython(path, *ContentOf(text));
  EXPECT_THAT(facts, IsOk());
  std::vector<std::string> products;
  for (const Fact& fact : facts ? *facts : Facts()) products.push_back(fact.product);
  return products;
}

TEST(PythonFileTest, MetadataAndSourcesOfTheProgramAreLookedAt) {
  for (const char* path : {"a.py", "srv/app/a.py", "x/n-1.dist-info/METADATA", "n.egg-info",
                           "a.whl!n-1.dist-info/METADATA", "x/n.egg-info/PKG-INFO"}) {
    EXPECT_TRUE(IsPythonFile(path)) << path;
  }
  for (const char* path :
       {"METADATA", "x/site-packages/n/a.py", "usr/lib/python3/dist-packages/a.py",
        "usr/lib/python3.11/hashlib.py", "lib/python3.11/a.py", "a.pyc"}) {
    EXPECT_FALSE(IsPythonFile(path)) << path;
  }
}

TEST(PythonPackageTest, RowsAreInTheFormThatNamesAreComparedIn) {
  for (const PythonPackage& row : kPythonPackages) {
    for (const char one : row.distribution) {
      EXPECT_TRUE(std::islower(one) || std::isdigit(one) || one == '-') << row.distribution;
    }
  }
}

TEST(PythonPackageTest, EveryRowIsFound) {
  for (const PythonPackage& row : kPythonPackages) {
    EXPECT_THAT(Products(kMetadata, "Name: " + std::string(row.distribution) + "\nVersion: 1\n"),
                ElementsAre(row.distribution));
  }
}

TEST(PythonPackageTest, SpellingsOfANameAreOne) {
  EXPECT_THAT(Products(kMetadata, "Name: Argon2_CFFI\n"), ElementsAre("argon2-cffi"));
  EXPECT_THAT(Products(kMetadata, "Name: argon2.-cffi\r\n"), ElementsAre("argon2-cffi"));
}

TEST(PythonPackageTest, TheDescriptionBelowTheHeadersIsNotRead) {
  EXPECT_THAT(Products(kMetadata, "Name: tool\n\nName: rsa\n"), IsEmpty());
}

TEST(PythonSourceTest, EveryFormOfImportCounts) {
  EXPECT_THAT(Products(kSource, "import os, nacl.secret as s ,bcrypt\n"),
              ElementsAre("pynacl", "bcrypt"));
  EXPECT_THAT(Products(kSource, "  from  Crypto.Cipher import AES\n"), ElementsAre("pycryptodome"));
}

TEST(PythonSourceTest, CommentsAndDocumentationAreNoStatements) {
  EXPECT_THAT(Products(kSource, "# import nacl\n'''\nimport nacl\n'''\nx = 1 # '''\n"), IsEmpty());
  EXPECT_THAT(Products(kSource, "'''a''' # import nacl\nimport nacl\n"), ElementsAre("pynacl"));
}

TEST(PythonSourceTest, AHashIsNamedOnceAndOnlyWhenItProtects) {
  EXPECT_THAT(Products(kSource, "hashlib.md5(a)\nhashlib.new('md5')\n"), ElementsAre("md5"));
  EXPECT_THAT(Products(kSource, "hashlib.md5(a, usedforsecurity=False)\nhashlib.md5x()\n"),
              IsEmpty());
}

TEST(PythonSourceTest, UnfinishedLinesAreRead) {
  for (const char* text :
       {"import", "import ,,", "from ", "hashlib.", "hashlib.new(", "'''", "\"\"", ""}) {
    EXPECT_THAT(Products(kSource, text), IsEmpty()) << text;
  }
}

TEST(PythonSourceTest, ATextThatIsTooLargeIsNotDetermined) {
  const ContentPtr large = BytesContent(Bytes(kMaxText + 1));
  EXPECT_THAT(DetectPython(kSource, *large), IsError(Code::kResourceExhausted));
}

}  // namespace
}  // namespace vallum::scan
