// SPDX-License-Identifier: Apache-2.0
#include "vectors/tally.h"

#include <fmt/format.h>

#include <iterator>

namespace vallum::vectors {
namespace {

constexpr std::size_t kFailuresKept = 20;

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
    case Verdict::Kind::kBeneath:
      ++beneath_;
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

std::size_t Tally::NotRun() const {
  std::size_t sum = 0;
  for (const auto& [reason, count] : not_run_because_) sum += count;
  return sum;
}

std::string Tally::Row() const {
  return fmt::format("{:<42}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>9}\n", file_, ran(), approved_,
                     flagged_, refused_, beneath_, failed_, NotRun());
}

std::string Tally::Lines() const {
  std::string lines = Row();
  for (const auto& [reason, count] : flagged_because_) {
    fmt::format_to(std::back_inserter(lines), "    {} flagged: {}\n", count, reason);
  }
  for (const auto& [reason, count] : not_run_because_) {
    fmt::format_to(std::back_inserter(lines), "    {} not run: {}\n", count, reason);
  }
  return lines;
}

std::string Table(const std::vector<Tally>& tallies) {
  std::string table = fmt::format("{:<42}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>9}\n", "file", "ran",
                                  "approved", "flagged", "refused", "beneath", "failed", "not run");
  Tally all("all files");
  for (const Tally& tally : tallies) {
    table += tally.Lines();
    all.approved_ += tally.approved_;
    all.flagged_ += tally.flagged_;
    all.refused_ += tally.refused_;
    all.beneath_ += tally.beneath_;
    all.failed_ += tally.failed_;
    all.not_run_because_[""] += tally.NotRun();
  }
  return table + all.Row();
}

}  // namespace vallum::vectors
