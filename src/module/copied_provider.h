// SPDX-License-Identifier: Apache-2.0
// For tests: a fips.so that a test may damage. Never part of a product.
#pragma once

#include <cstdio>

#include "base/file.h"
#include "module/crc32.h"
#include "module/test_module.h"

namespace vallum::module {

/// CopiedProvider is a folder of its own with a copy of fips.so: its content may be damaged, and its
/// error state, which belongs to the mapped file, harms no other test.
class CopiedProvider {
 public:
  CopiedProvider() {
    config_ = TestConfig();
    content_ = ReadFile(config_.provider_path).value();
    config_.provider_path = folder_ / "fips.so";
    Write();
  }

  void Write() { EXPECT_THAT(WriteFileDurably(config_.provider_path, content_, 0644), IsOk()); }
  /// The profile's checksum follows, so that the next check is the one that speaks.
  void AcceptChecksum() {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", Crc32(content_));
    config_.profile.crc32 = text;
  }
  Bytes& content() { return content_; }
  ModuleConfig& config() { return config_; }

 private:
  ScratchFolder folder_;
  ModuleConfig config_;
  Bytes content_;
};

}  // namespace vallum::module
