// SPDX-License-Identifier: Apache-2.0
// Requirement: ssp-table
#include "module/ssp_table.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#ifndef VALLUM_SOURCE_DIR  // vallum_test() defines it
#define VALLUM_SOURCE_DIR "."
#endif

namespace vallum::module {
namespace {

bool AllocatesSecrets(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  const std::string source = text.str();
  return std::ranges::any_of(
      std::array{"SecretBytes::Create(", "SecretBytes::CopyOf(", "RandomSecret(", "SecretBuffer "},
      [&](const char* call) { return source.find(call) != std::string::npos; });
}

// The product's files of the boundary that allocate secret memory.
std::set<std::string> FilesWithSecrets() {
  std::set<std::string> files;
  const std::filesystem::path root = VALLUM_SOURCE_DIR;
  for (const char* folder : {"src/module", "src/ossl"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
      const std::string name = entry.path().filename();
      const bool product = name.ends_with(".cc") && !name.ends_with("_test.cc");
      if (product && AllocatesSecrets(entry.path())) {
        files.insert(std::filesystem::relative(entry.path(), root));
      }
    }
  }
  return files;
}

TEST(SspTableTest, EveryFileThatAllocatesSecretsSaysForWhat) {
  std::set<std::string> listed;
  for (const SspSite& site : kSspSites) listed.insert(std::string(site.file));
  EXPECT_EQ(listed, FilesWithSecrets()) << "kSspSites and the code differ";
}

TEST(SspTableTest, EverySspThatIsKeptInTheArenaHasItsFile) {
  for (const SspRow& row : kSsps) {
    const bool in_arena =
        row.storage.starts_with("arena") || row.storage.find("; arena") != std::string_view::npos;
    const bool callers = row.storage == "arena of the caller";
    const bool listed =
        std::ranges::any_of(kSspSites, [&](const SspSite& site) { return site.ssp == row.ssp; });
    if (callers) continue;
    EXPECT_TRUE(!in_arena || listed) << row.name;
  }
}

TEST(SspTableTest, EveryRowIsCompleteAndInItsPlace) {
  for (std::size_t i = 0; i < kSsps.size(); ++i) {
    const SspRow& row = kSsps[i];
    EXPECT_EQ(row.ssp, static_cast<Ssp>(i));
    for (const std::string_view text :
         {row.name, row.generation, row.entry, row.output, row.storage, row.use, row.zeroisation}) {
      EXPECT_FALSE(text.empty()) << row.name;
    }
    EXPECT_NE(row.zeroisation, "none") << row.name;
  }
}

}  // namespace
}  // namespace vallum::module
