// SPDX-License-Identifier: Apache-2.0
// NIST's ACVP vectors: a file of prompts, NAME.vectors.bz2, and mostly one of answers,
// NAME.expected.bz2, walked in step; each case goes to the adapter that the table names for its set.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vectors/fields.h"
#include "vectors/tally.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// AcvpCase is one test case; `answer` is null where the file has no answers.
struct AcvpCase {
  std::string_view algorithm;
  Fields& group;
  Fields& test;
  Fields* answer;

  /// Answer is for adapters whose files always have answers.
  Fields& Answer() const { return *answer; }
};

/// AcvpAdapter runs one case through the door. It reads every member that has a say in the result and
/// ignores by name those that repeat another.
using AcvpAdapter = Result<Verdict> (*)(const AcvpCase& one);

/// AcvpSet is a row of the table: what runs the sets of `algorithm` and `mode` (empty: none) in the
/// file `name`. Without an adapter `reason` says why none of it can run.
struct AcvpSet {
  std::string_view name;
  std::string_view algorithm;
  std::string_view mode;
  std::string_view revision;
  AcvpAdapter adapter;
  std::string_view reason;
};

/// AcvpTable is the whole table.
std::span<const AcvpSet> AcvpTable();
/// AcvpNames lists a table's names, each once.
std::vector<std::string> AcvpNames(std::span<const AcvpSet> table);
/// AcvpFilesOf lists the files that belong to `name` in a folder of `files`.
std::vector<std::string> AcvpFilesOf(std::string_view name, std::span<const std::string> files);

/// RunAcvp runs everything of `name` in `folder` into `tally`; an error is about the files themselves.
Status RunAcvp(const std::filesystem::path& folder, std::string_view name,
               std::span<const AcvpSet> table, Tally& tally);

}  // namespace vallum::vectors
