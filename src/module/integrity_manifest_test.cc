// SPDX-License-Identifier: Apache-2.0
#include "module/integrity_manifest.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/test_matchers.h"

namespace vallum::module {
namespace {

using testing::HasSubstr;

Manifest Example() {
  Manifest manifest;
  manifest.objects.push_back({.name = "libvallum.so", .crc32 = 7, .mac = {1, 2}});
  manifest.objects.push_back(
      {.name = std::string(kLongestObjectName, 'x'), .crc32 = ~0u, .mac = {3}});
  manifest.self_mac[31] = 9;
  return manifest;
}

TEST(ManifestTest, ParsesWhatItEncodes) {
  const Bytes encoded = EncodeManifest(Example()).value();
  EXPECT_EQ(encoded.size(), kManifestSize);
  EXPECT_THAT(ParseManifest(encoded), IsOkAnd(Example()));
}

TEST(ManifestTest, WhateverParsesEncodesToTheSameBytes) {
  const Bytes good = EncodeManifest(Example()).value();
  EXPECT_TRUE(rc::check([&] {
    Bytes altered = good;
    const auto at = *rc::gen::inRange<std::size_t>(0, altered.size());
    altered[at] = *rc::gen::arbitrary<std::uint8_t>();
    const auto parsed = ParseManifest(altered);
    if (parsed) RC_ASSERT(EncodeManifest(*parsed).value() == altered);
  }));
}

TEST(ManifestTest, EverythingOutsideNamesChecksumsAndMacsIsFixed) {
  const Bytes good = EncodeManifest(Example()).value();
  const std::size_t entries = kManifestMagicSize + 16;
  for (std::size_t i = 0; i < good.size() - 32; ++i) {
    if (i >= entries && i < entries + 2 * 64) continue;
    Bytes altered = good;
    altered[i] ^= 0x40;
    EXPECT_THAT(ParseManifest(altered), IsError(Code::kIntegrity, HasSubstr("integrity:mismatch")))
        << i;
  }
}

TEST(ManifestTest, AnEmptySlotIsCalledUnsealed) {
  Bytes slot = ToBytes(AsBytes(kManifestMagic));
  slot.resize(kManifestSize);
  EXPECT_THAT(ParseManifest(slot), IsError(Code::kIntegrity, HasSubstr("integrity:unsealed")));
}

TEST(ManifestTest, WrongSizesAreRefused) {
  Bytes encoded = EncodeManifest(Example()).value();
  encoded.push_back(0);
  EXPECT_THAT(ParseManifest(encoded), IsError(Code::kIntegrity));
  EXPECT_THAT(ParseManifest({}), IsError(Code::kIntegrity));
}

TEST(ManifestTest, NamesAndCountsThatDoNotFitAreRefused) {
  Manifest manifest = Example();
  for (const std::string& name : {std::string(), std::string(kLongestObjectName + 1, 'x'),
                                  std::string("a b"), std::string("a\x01"), std::string("\xff")}) {
    manifest.objects[0].name = name;
    EXPECT_THAT(EncodeManifest(manifest), IsError(Code::kInvalidArgument)) << name;
  }
  EXPECT_THAT(EncodeManifest({}), IsError(Code::kInvalidArgument));
  manifest = Example();
  manifest.objects.resize(kMostManifestObjects + 1, manifest.objects[0]);
  EXPECT_THAT(EncodeManifest(manifest), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::module
