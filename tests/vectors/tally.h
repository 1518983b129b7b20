// SPDX-License-Identifier: Apache-2.0
// Tally: how many cases of a file ran, and why the others did not.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vectors/verdict.h"

namespace vallum::vectors {

/// Tally counts the cases of one file. Not thread-safe.
class Tally {
 public:
  explicit Tally(std::string file) : file_(std::move(file)) {}
  void Count(const Verdict& verdict);
  /// Fail adds a failure; of many only the first few are kept.
  void Fail(std::string message);

  std::size_t ran() const { return approved_ + flagged_ + refused_ + beneath_; }
  std::size_t failed() const { return failed_; }
  const std::vector<std::string>& failures() const { return failures_; }
  /// Lines is the file's part of the table: counts, then one line a reason.
  std::string Lines() const;

 private:
  std::string file_;
  std::size_t approved_ = 0;
  std::size_t flagged_ = 0;
  std::size_t refused_ = 0;
  std::size_t beneath_ = 0;
  std::size_t failed_ = 0;
  std::map<std::string, std::size_t> flagged_because_;
  std::map<std::string, std::size_t> not_run_because_;
  std::vector<std::string> failures_;

  std::size_t NotRun() const;
  std::string Row() const;

  friend std::string Table(const std::vector<Tally>& tallies);
};

/// Table is what a run prints at its end: every file and the sums.
std::string Table(const std::vector<Tally>& tallies);

}  // namespace vallum::vectors
