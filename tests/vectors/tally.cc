// SPDX-License-Identifier: Apache-2.0
#include "vectors/tally.h"

#include <fmt/format.h>

#include <iterator>

namespace vallum::vectors {
namespace {

constexpr std::size_t kFailuresKept = 20;

std::size_t Sum(const std::map<std::string, std::size_t>& counts) {
  std::size_t sum = 0;
  for (const auto& [reason, count] : counts) sum += count;
  return sum;
}

std::string Row(std::string_view name, std::size_t approved, std::size_t flagged,
                std::size_t refused, std::size_t failed, std::size_t not_run) {
  return fmt::format("{:<42}{:>8}{:>9}{:>9}{:>9}{:>8}{:>9}\n", name, approved + flagged + refused,
                     approved, flagged, refused, failed, not_run);
}

}  // namespace

void Tally::Count(const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::kApproved:
      ++approved_;
      return;
    case Verdict::Kind::kFlagged:
      ++flagged_;
      ++flagged_because_[verdict.reason];
      return;
    case Verdict::Kind::kRefused:
      ++refused_;
      return;
    case Verdict::Kind::kNotRun:
      ++not_run_because_[verdict.reason];
      return;
  }
}

void Tally::Fail(std::string message) {
  ++failed_;
  if (failures_.size() < kFailuresKept) failures_.push_back(std::move(message));
}

std::string Tally::Lines() const {
  std::string lines = Row(file_, approved_, flagged_, refused_, failed_, Sum(not_run_because_));
  for (const auto& [reason, count] : flagged_because_) {
    fmt::format_to(std::back_inserter(lines), "    {} flagged: {}\n", count, reason);
  }
  for (const auto& [reason, count] : not_run_because_) {
    fmt::format_to(std::back_inserter(lines), "    {} not run: {}\n", count, reason);
  }
  return lines;
}

std::string Table(const std::vector<Tally>& tallies) {
  std::string table = fmt::format("{:<42}{:>8}{:>9}{:>9}{:>9}{:>8}{:>9}\n", "file", "ran",
                                  "approved", "flagged", "refused", "failed", "not run");
  std::size_t approved = 0;
  std::size_t flagged = 0;
  std::size_t refused = 0;
  std::size_t failed = 0;
  std::size_t not_run = 0;
  for (const Tally& tally : tallies) {
    table += tally.Lines();
    approved += tally.approved_;
    flagged += tally.flagged_;
    refused += tally.refused_;
    failed += tally.failed_;
    not_run += Sum(tally.not_run_because_);
  }
  return table + Row("all files", approved, flagged, refused, failed, not_run);
}

}  // namespace vallum::vectors
