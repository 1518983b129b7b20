// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace vallum::cli {
namespace {

constexpr std::size_t kBarWidth = 28;
constexpr std::size_t kDefaultColumns = 80;

std::size_t TerminalColumns() {
  struct winsize size {};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kDefaultColumns;
}

std::string FormatAmount(std::uint64_t amount, Unit unit) {
  return unit == Unit::kBytes ? FormatBytes(amount) : std::to_string(amount);
}

}  // namespace

std::string FormatBytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, digits, kUnits[unit]);
}

std::string FormatProgress(std::string_view label, std::uint64_t done,
                           std::optional<std::uint64_t> total, Unit unit, double seconds,
                           std::size_t columns) {
  std::string line = std::string(label) + "  ";
  if (total) {
    const std::uint64_t shown = std::min(done, *total);
    const double part =
        *total == 0 ? 1.0 : static_cast<double>(shown) / static_cast<double>(*total);
    const auto filled = static_cast<std::size_t>(part * kBarWidth);
    line += fmt::format("[{}{}] {:3.0f} %  ", std::string(filled, '#'),
                        std::string(kBarWidth - filled, '.'), part * 100);
  }
  line += FormatAmount(done, unit);
  if (seconds > 0.2) {
    const double speed = static_cast<double>(done) / seconds;
    line += fmt::format("  {}/s", FormatAmount(static_cast<std::uint64_t>(speed), unit));
  }
  return line.substr(0, columns);
}

Progress::Progress(Show show, std::string label, std::optional<std::uint64_t> total, Unit unit)
    : show_(show), label_(std::move(label)), total_(total), unit_(unit), start_(TickClock::now()) {}

Progress::~Progress() {
  if (visible_) std::fputs("\r\033[K", stderr);
}

void Progress::Update(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (show_ == Show::kNo) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  const auto now = TickClock::now();
  if (now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  visible_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const std::string line =
      FormatProgress(label_, done, total, unit_, seconds, TerminalColumns() - 1);
  fmt::print(stderr, "\r{}\033[K", line);
}

}  // namespace vallum::cli
