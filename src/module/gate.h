// SPDX-License-Identifier: Apache-2.0
// Gate: the one place that knows the module's state. Every service enters before it works and commits
// before its result leaves, so that nothing comes out during a self-test or in the error state
// (ISO/IEC 19790:2012, 7.3.3: data output is inhibited in those states).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include "base/result.h"
#include "module/state.h"

namespace vallum::module {

/// StateSet is the set of states in which a service may run.
class StateSet {
 public:
  constexpr StateSet(std::initializer_list<State> states) {
    for (const State state : states) bits_ |= 1u << static_cast<unsigned>(state);
  }
  constexpr bool Has(State state) const {
    return (bits_ & 1u << static_cast<unsigned>(state)) != 0;
  }

 private:
  std::uint32_t bits_ = 0;
};

inline constexpr StateSet kServing = {State::kOperational};
inline constexpr StateSet kTested = {State::kUninitialised, State::kOperational};

/// How long a closer waits for services that are inside: longer than the slowest of them.
inline constexpr std::chrono::milliseconds kDrainLimit{30'000};

/// What a finished service counts as in the statistics.
enum class Tally : std::uint8_t { kNone, kApproved, kNotApproved };

/// Gate is thread-safe. It counts what is inside in shards, one cache line each. Most threads have one
/// of their own and pay for no locked instruction on the way through: the closer, who is rare, makes all
/// of them see the new state (membarrier(2)).
class Gate {
  struct Shard;

 public:
  Gate();

  /// Pass is one service inside the gate; it leaves when destroyed. It has a state of its own: that
  /// of the module when it entered, or one of Scope::kService. One thread uses it. A new one is not
  /// inside yet.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&& other) noexcept { Swap(other); }
    Pass& operator=(Pass&& other) noexcept {
      Swap(other);
      return *this;
    }
    ~Pass() { Leave(); }

    State state() const { return state_; }
    /// MoveTo changes the service's own state along kTransitions; kInternal when that is not legal.
    Status MoveTo(State to);
    /// MoveHome goes back, step by step, to the state that the service began in.
    Status MoveHome();

   private:
    friend class Gate;
    void Swap(Pass& other);
    void Leave() {
      if (shard_ != nullptr) LeaveShard();
    }
    void LeaveShard();
    void Count(int change);
    Shard* shard_ = nullptr;  // null: not inside
    bool own_ = false;        // no other thread counts in that shard
    StateSet allowed_ = {};
    State home_ = State::kPowerOff;
    State state_ = State::kPowerOff;
    std::uint64_t era_ = 0;
    Tally tally_ = Tally::kNone;
  };

  State state() const { return StateOf(word_.load(std::memory_order_acquire)); }

  /// Enter waits while a self-test on demand, zeroisation or a soft error lasts; otherwise
  /// kModuleState unless the state is one of `allowed`.
  Result<Pass> Enter(StateSet allowed);
  /// The same into `pass`, which is not inside.
  Status Enter(StateSet allowed, Pass& pass);
  /// Commit ends a pass; only after it succeeded may a result leave. It waits for a self-test that
  /// began meanwhile, is kModuleState when the module is no longer in an allowed state or was
  /// zeroised since, and kInternal while the service is in a state of Scope::kService.
  Status Commit(Pass&& pass, Tally tally = Tally::kNone);

  /// Move changes the state along kTransitions; kModuleState when the module is not in `from` or the
  /// way is not legal. Once in State::kErrorHard, only zeroisation, that state again and shutdown are.
  Status Move(State from, State to);
  /// MoveTo is Move from whatever state the module is in.
  Status MoveTo(State to);
  /// Fail moves to State::kErrorHard from wherever that is legal; otherwise it does nothing.
  void Fail();
  /// CloseAndDrain moves to a state that lets nothing in and out, and waits until nothing is inside.
  /// kModuleState: no way there from here, nothing changed. kTimeout: the state has changed, so no
  /// result will leave, but services are still inside and may be reading keys.
  /// Do not hold a Pass on this thread.
  Status CloseAndDrain(State to, std::chrono::milliseconds limit = kDrainLimit);
  /// Drain waits until nothing is inside, or for at most `limit`: kTimeout. Call it after a state
  /// change that lets nothing in.
  Status Drain(std::chrono::milliseconds limit) const;
  /// Services that are inside now, and those of them in a given state of Scope::kService.
  std::uint64_t inside() const;
  std::uint64_t inside(State service_state) const;
  /// CloseInForkedChild shuts this process's copy of the gate: a child must not share the parent's
  /// keys or random bit generator. Async-signal-safe.
  void CloseInForkedChild();

  /// Services committed with that tally.
  std::uint64_t approved() const;
  std::uint64_t not_approved() const;

 private:
  // Who entered is inside until one of the three ways to leave has counted him.
  struct alignas(64) Shard {
    using Counter = std::atomic<std::uint64_t>;
    static void Add(Counter& counter, std::uint64_t change, bool own);
    std::uint64_t inside() const;
    Counter entered{0};
    Counter left{0};
    Counter approved{0};
    Counter not_approved{0};
    Counter in_ssp_entry{0};
    Counter in_conditional_test{0};
  };
  // Threads with the numbers 1 to kOwned have the shards after the first kShared to themselves.
  static constexpr std::size_t kShared = 16;
  static constexpr std::size_t kOwned = 64;

  // From the low end: the state (8 bits), whether the module ever failed (1), how often it was
  // zeroised (16), and a count of changes, so that two visits to a state differ.
  static constexpr std::uint64_t kFailed = 0x100;
  static constexpr std::uint64_t kEra = 0x200;
  static constexpr std::uint64_t kEraMask = kEra * 0xffff;
  static constexpr std::uint64_t kChange = kEra * 0x10000;
  static constexpr State StateOf(std::uint64_t word) { return static_cast<State>(word & 0xff); }
  static constexpr std::uint64_t EraOf(std::uint64_t word) { return word & kEraMask; }
  static std::uint64_t Next(std::uint64_t word, State state);
  static bool MayMove(std::uint64_t word, State to);
  static std::atomic<std::uint64_t> Shard::*CounterOf(State service_state);

  std::atomic<std::uint64_t> word_{static_cast<std::uint64_t>(State::kPowerOff)};
  bool may_own_;  // the kernel has membarrier(2)
  std::array<Shard, kShared + kOwned> shards_;
};

}  // namespace vallum::module
