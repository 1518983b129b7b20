// SPDX-License-Identifier: Apache-2.0
// Gate: the one place that knows the module's state. Every service enters before it works and commits
// before its result leaves, so that nothing comes out during a self-test or in the error state
// (ISO/IEC 19790:2012, 7.3.3: data output is inhibited in those states).
#pragma once

#include <array>
#include <atomic>
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

/// Gate is thread-safe. It counts what is inside in shards, one cache line each, so that threads do
/// not meet on the way through.
class Gate {
 public:
  /// Pass is one service inside the gate; it leaves when destroyed.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)),
          shard_(other.shard_),
          allowed_(other.allowed_) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      std::swap(shard_, other.shard_);
      std::swap(allowed_, other.allowed_);
      return *this;
    }
    ~Pass() { Leave(); }

   private:
    friend class Gate;
    Pass(Gate* gate, std::size_t shard, StateSet allowed)
        : gate_(gate), shard_(shard), allowed_(allowed) {}
    void Leave();
    Gate* gate_ = nullptr;
    std::size_t shard_ = 0;
    StateSet allowed_ = {};
  };

  State state() const { return StateOf(word_.load(std::memory_order_acquire)); }

  /// Enter waits while a self-test on demand runs; otherwise kModuleState unless the state is one of
  /// `allowed`.
  Result<Pass> Enter(StateSet allowed);
  /// Commit ends a pass; only after it succeeded may a result leave. It waits for a self-test that
  /// began meanwhile, and is kModuleState when the module is no longer in an allowed state.
  Status Commit(Pass pass);

  /// MoveTo changes the state along kTransitions; kModuleState when that is not legal.
  Status MoveTo(State to);
  /// Fail moves to State::kError from wherever that is legal; otherwise it does nothing.
  void Fail();
  /// Drain waits until nothing is inside. Call it after a state change that lets nothing in.
  void Drain() const;
  /// CloseInForkedChild shuts this process's copy of the gate: a child must not share the parent's
  /// keys or random bit generator. Async-signal-safe.
  void CloseInForkedChild();

  /// Count adds a finished service to the statistics.
  void Count(bool approved);
  std::uint64_t approved() const;
  std::uint64_t not_approved() const;

 private:
  struct alignas(64) Shard {
    std::atomic<std::uint64_t> inside{0};
    std::atomic<std::uint64_t> approved{0};
    std::atomic<std::uint64_t> not_approved{0};
  };
  static constexpr std::size_t kShards = 16;

  // The low byte is the state; the rest counts changes, so that two visits to a state differ.
  static constexpr State StateOf(std::uint64_t word) { return static_cast<State>(word & 0xff); }
  static constexpr std::uint64_t Next(std::uint64_t word, State state) {
    return (word & ~std::uint64_t{0xff}) + 0x100 + static_cast<std::uint64_t>(state);
  }

  std::atomic<std::uint64_t> word_{static_cast<std::uint64_t>(State::kPowerOff)};
  std::array<Shard, kShards> shards_;
};

}  // namespace vallum::module
