// SPDX-License-Identifier: Apache-2.0
// A progress bar on standard error, for long work on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace vallum::cli {

/// FormatBytes gives three digits and a decimal unit: "64.2 MB".
std::string FormatBytes(std::uint64_t bytes);

/// Unit is what the amounts count.
enum class Unit : std::uint8_t { kBytes, kItems };

/// FormatProgress is one line of exactly what fits in `columns`: label, bar, percentage, amount and
/// speed. Without a total there is no bar.
std::string FormatProgress(std::string_view label, std::uint64_t done,
                           std::optional<std::uint64_t> total, Unit unit, double seconds,
                           std::size_t columns);

/// Progress redraws at most ten times a second. Thread-safe. The line is removed at the end.
class Progress {
 public:
  enum class Show : bool { kNo, kYes };
  Progress(Show show, std::string label, std::optional<std::uint64_t> total,
           Unit unit = Unit::kBytes);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(std::uint64_t done) { Update(done, total_); }
  /// For work that learns its total on the way.
  void Update(std::uint64_t done, std::optional<std::uint64_t> total);

 private:
  using TickClock = std::chrono::steady_clock;
  const Show show_;
  const std::string label_;
  const std::optional<std::uint64_t> total_;
  const Unit unit_;
  const TickClock::time_point start_;
  std::mutex mutex_;
  TickClock::time_point drawn_;
  bool visible_ = false;
};

}  // namespace vallum::cli
