// SPDX-License-Identifier: Apache-2.0
// Rounds: group commit without a thread of its own. Whoever comes while a round is at work waits for
// the next one, in which one of those who wait does the work of all.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace vallum::service {

/// Rounds is thread-safe.
template <typename Job>
class Rounds {
 public:
  /// `most` jobs go into one round.
  explicit Rounds(std::size_t most) : most_(most) {}

  /// Run returns when `work` was called, in this or another thread, with a round that holds `job`.
  /// Rounds never overlap; a job is in exactly one. `work` must not throw.
  template <typename Work>
  void Run(Job& job, const Work& work) {
    const auto seat = std::make_shared<Seat>(job);
    if (!TakeSeat(seat) && seat->Wait() == State::kDone) return;
    Seats round = NextRound();
    std::vector<Job*> jobs;
    jobs.reserve(round.size());
    for (const auto& one : round) jobs.push_back(&one->job);
    work(std::span<Job* const>(jobs));
    HandOver();
    for (const auto& one : round) {
      if (one != seat) one->Become(State::kDone);
    }
  }

 private:
  enum class State { kWaiting, kLeading, kDone };

  // Shared by the two threads that meet at it: either may be the last to touch it.
  struct Seat {
    explicit Seat(Job& its) : job(its) {}
    void Become(State next) {
      const std::lock_guard lock(mutex);
      state = next;
      changed.notify_one();
    }
    State Wait() {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return state != State::kWaiting; });
      return state;
    }
    Job& job;
    std::mutex mutex;
    std::condition_variable changed;
    State state = State::kWaiting;
  };
  using Seats = std::deque<std::shared_ptr<Seat>>;

  // True when nobody leads: the caller does.
  bool TakeSeat(const std::shared_ptr<Seat>& seat) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(seat);
    return !std::exchange(led_, true);
  }

  // The leader's own seat is the first of those that wait.
  Seats NextRound() {
    const std::lock_guard lock(mutex_);
    const auto end =
        waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most_, waiting_.size()));
    Seats round(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    return round;
  }

  void HandOver() {
    std::shared_ptr<Seat> next;
    {
      const std::lock_guard lock(mutex_);
      led_ = !waiting_.empty();
      if (led_) next = waiting_.front();
    }
    if (next != nullptr) next->Become(State::kLeading);
  }

  const std::size_t most_;
  std::mutex mutex_;
  Seats waiting_;     ///< guarded by mutex_
  bool led_ = false;  ///< guarded by mutex_: somebody leads, or has been told to
};

}  // namespace vallum::service
