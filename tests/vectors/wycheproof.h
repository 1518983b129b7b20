// SPDX-License-Identifier: Apache-2.0
// Wycheproof's vectors: one gzip file an algorithm; each case says valid, invalid or acceptable, with
// flags that say why.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "vectors/fields.h"
#include "vectors/tally.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

enum class Expectation : std::uint8_t { kValid, kInvalid, kAcceptable };

/// WycheproofCase is one test case. `name` is that of the row, without "_test.json.gz".
struct WycheproofCase {
  std::string_view name;
  Fields& group;
  Fields& test;
  Expectation expectation;
  std::vector<std::string_view> flags;

  bool valid() const { return expectation == Expectation::kValid; }
  bool acceptable() const { return expectation == Expectation::kAcceptable; }
  bool HasFlag(std::string_view flag) const;
};

using WycheproofAdapter = Result<Verdict> (*)(const WycheproofCase& one);

/// WycheproofSet is a row of the table; without an adapter `reason` says why none of it can run.
struct WycheproofSet {
  std::string_view name;
  std::string_view algorithm;
  std::string_view type;  ///< of every group
  WycheproofAdapter adapter;
  std::string_view reason;
};

std::span<const WycheproofSet> WycheproofTable();
std::string WycheproofFile(std::string_view name);

/// RunWycheproof runs one file into `tally`; an error is about the file itself.
Status RunWycheproof(const std::filesystem::path& folder, const WycheproofSet& row, Tally& tally);

}  // namespace vallum::vectors
