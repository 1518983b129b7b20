// SPDX-License-Identifier: Apache-2.0
// LoginThrottle: how often one name may be tried with a passphrase.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace vallum::module {

/// The strength of authentication (SP 800-140E: a guess succeeds with at most 1 in 10^6, all guesses of
/// a minute with at most 1 in 10^5). A passphrase has at least 14 bytes; counted as decimal digits
/// only, the weakest text that people choose, that is 10^14 possibilities.
inline constexpr std::size_t kLeastPassphrase = 14;
inline constexpr double kPassphraseSpace = 1e14;
inline constexpr std::size_t kAttemptsPerMinute = 10;
/// Names share this many throttles, so that a table of names that nobody has cannot grow; whoever tries
/// all names at once gets this many times kAttemptsPerMinute.
inline constexpr std::size_t kThrottles = 64;
inline constexpr double kGuess = 1 / kPassphraseSpace;
inline constexpr double kGuessInAMinute = kGuess * kAttemptsPerMinute * kThrottles;
static_assert(kGuess <= 1e-6 && kGuessInAMinute <= 1e-5);

/// LoginThrottle lets at most kAttemptsPerMinute through in any minute, and after each failure in a row
/// only after a pause that doubles. Not thread-safe; the time is given, so that tests can move it.
class LoginThrottle {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// Admit returns zero and counts an attempt, as a failure until Succeed says otherwise; or how long
  /// to wait before the next.
  Duration Admit(Time now);
  void Succeed() { failures_ = 0; }

  /// PauseAfter is the pause after so many failures in a row: none after the first two, then a
  /// second, doubling up to 64.
  static Duration PauseAfter(std::uint32_t failures);

 private:
  std::array<Time, kAttemptsPerMinute> admitted_{};  // a ring: the oldest is at next_
  std::size_t next_ = 0;
  std::uint64_t count_ = 0;
  std::uint32_t failures_ = 0;
  Time last_{};
};

}  // namespace vallum::module
