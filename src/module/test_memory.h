// SPDX-License-Identifier: Apache-2.0
// For tests: changing this process's read-only memory, and doing things that may end the process in a
// child of its own.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>

#include "base/file.h"

namespace vallum::module {

/// PokedBit flips one bit of memory, whatever its protection, while it lives.
class PokedBit {
 public:
  PokedBit(const std::uint8_t* byte, unsigned bit) : byte_(byte), before_(*byte) {
    Write(static_cast<std::uint8_t>(before_ ^ 1u << bit));
  }
  ~PokedBit() { Write(before_); }
  PokedBit(const PokedBit&) = delete;
  PokedBit& operator=(const PokedBit&) = delete;

 private:
  void Write(std::uint8_t value) const {
    const FileDescriptor memory(open("/proc/self/mem", O_WRONLY | O_CLOEXEC));
    const auto address = static_cast<off_t>(reinterpret_cast<std::uintptr_t>(byte_));
    EXPECT_EQ(pwrite(memory.get(), &value, 1, address), 1);
  }
  const std::uint8_t* byte_;
  std::uint8_t before_;
};

/// InChild runs `body` in a forked child and returns its wait status.
inline int InChild(const std::function<int()>& body) {
  const pid_t child = fork();
  EXPECT_GE(child, 0);
  if (child == 0) _exit(body());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

}  // namespace vallum::module
