// SPDX-License-Identifier: Apache-2.0
// PinTurn: one PIN of a token is checked at a time, whichever process checks it.
#pragma once

#include <filesystem>
#include <mutex>

#include "base/file.h"

namespace vallum::p11 {

/// PinTurn waits for its turn and holds it as long as it lives. It is a courtesy, not the guard: attempts
/// are counted before they are checked, and without turns a dozen processes that log in together, each with
/// the right PIN, would look like a dozen guesses. So whoever does not get a turn within five seconds, or
/// cannot open the file, goes on without. A child forked meanwhile holds nothing.
class PinTurn {
 public:
  /// `threads` is for those of this process; the file is `token` with ".lock" behind its name.
  PinTurn(const std::filesystem::path& token, std::mutex& threads);
  ~PinTurn() = default;
  PinTurn(const PinTurn&) = delete;
  PinTurn& operator=(const PinTurn&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
  FileDescriptor file_;  ///< closing it gives the turn away
};

}  // namespace vallum::p11
