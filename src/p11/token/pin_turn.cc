// SPDX-License-Identifier: Apache-2.0
// A lock of fcntl, not of flock: a forked child does not inherit it, so nobody waits for a child that has
// the file open and never heard of PINs.
#include "p11/token/pin_turn.h"

#include <fcntl.h>

#include <chrono>
#include <thread>

namespace vallum::p11 {
namespace {

constexpr int kPolls = 2500;
constexpr auto kPause = std::chrono::milliseconds(2);

bool Locked(int fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return fcntl(fd, F_SETLK, &whole) == 0;
}

}  // namespace

PinTurn::PinTurn(const std::filesystem::path& token, std::mutex& threads)
    : lock_(threads),
      file_(open((token.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                 0600)) {
  if (!file_.valid()) return;
  for (int poll = 0; poll < kPolls && !Locked(file_.get()); ++poll) {
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace vallum::p11
