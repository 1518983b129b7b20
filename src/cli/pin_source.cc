// SPDX-License-Identifier: Apache-2.0
#include "cli/pin_source.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "cli/local_file.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kLongestLine = 1024;

Result<SecretBytes> FirstLine(ByteSpan bytes) {
  const auto end =
      std::ranges::find_if(bytes, [](std::uint8_t c) { return c == '\n' || c == '\r'; });
  return SecretBytes::CopyOf(bytes.first(static_cast<std::size_t>(end - bytes.begin())));
}

/// HiddenInput turns the terminal's echo off as long as it lives.
class HiddenInput {
 public:
  HiddenInput() : changed_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  termios before_{};
  bool changed_;
};

Result<SecretBytes> Typed(std::string_view whose) {
  fmt::print(stderr, "{}: ", whose);
  SecretBytes line = TRY(SecretBytes::Create(kLongestLine));
  const HiddenInput hidden;
  const ssize_t got = read(STDIN_FILENO, line.mutable_span().data(), line.size());
  fmt::print(stderr, "\n");
  if (got <= 0) return InvalidArgument("no PIN was typed");
  return FirstLine(line.span().first(static_cast<std::size_t>(got)));
}

}  // namespace

Result<SecretBytes> ReadPin(const std::string& file, std::string_view whose,
                            std::string_view option) {
  if (!file.empty()) {
    auto content = ReadSecretFile(file, kLongestLine);
    if (content) return FirstLine(content->span());
    if (content.error().code() == Code::kPermissionDenied) return std::move(content).error();
    return LocalFileError(std::move(content).error());
  }
  if (isatty(STDIN_FILENO) != 0) return Typed(whose);
  return InvalidArgument(
      fmt::format("{} is needed; put it into a file of mode 0600 and add {} FILE", whose, option));
}

}  // namespace vallum::cli
