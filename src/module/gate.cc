// SPDX-License-Identifier: Apache-2.0
// Entering is "count me in, then look at the state"; closing is "change the state, then look at the
// counts". Either the service sees the closed gate or the closer sees the service: in a shared shard because
// both sides are sequentially consistent, in a thread's own because the closer has the kernel run a
// memory barrier on every thread of the process in between.
#include "module/gate.h"

#include <fmt/format.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "base/thread_index.h"
#include "module/state_table.h"

namespace vallum::module {
namespace {

bool Membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }

bool IsPassing(State state) {
  return state == State::kOnDemandTest || state == State::kErrorSoft || state == State::kZeroising;
}

std::string_view Advice(State state) {
  switch (state) {
    case State::kPowerOff:
    case State::kInit:
    case State::kPreOperational:
      return "wait until it has started";
    case State::kUninitialised:
      return "unseal it with its root key first";
    default:
      return "see its status for the cause; a restart is needed";
  }
}

Error WrongState(State state) {
  return {Code::kModuleState,
          fmt::format("the cryptographic module is in state {}; {}", Name(state), Advice(state))};
}

}  // namespace

Gate::Gate() : may_own_(Membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)) {}

void Gate::Shard::Add(Counter& counter, std::uint64_t change, bool own) {
  if (own) {
    counter.store(counter.load(std::memory_order_relaxed) + change, std::memory_order_release);
  } else {
    counter.fetch_add(change, std::memory_order_seq_cst);
  }
}

void Gate::Pass::Swap(Pass& other) {
  std::swap(shard_, other.shard_);
  std::swap(own_, other.own_);
  std::swap(allowed_, other.allowed_);
  std::swap(home_, other.home_);
  std::swap(state_, other.state_);
  std::swap(era_, other.era_);
  std::swap(tally_, other.tally_);
}

void Gate::Pass::Count(int change) {
  const auto counter = CounterOf(state_);
  if (counter == nullptr) return;
  Shard::Add(shard_->*counter, static_cast<std::uint64_t>(change), own_);
}

Status Gate::Pass::MoveTo(State to) {
  const bool elsewhere = RowOf(to).scope == Scope::kModule && to != home_;
  if (shard_ == nullptr || elsewhere || !IsLegal(state_, to, Scope::kService)) {
    return Internal(fmt::format("a service cannot go from {} to {}", Name(state_), Name(to)));
  }
  Count(-1);
  state_ = to;
  Count(+1);
  return {};
}

Status Gate::Pass::MoveHome() {
  if (state_ == home_) return {};
  return MoveTo(home_);
}

void Gate::Pass::LeaveShard() {
  if (state_ != home_) Count(-1);
  Shard& shard = *std::exchange(shard_, nullptr);
  std::atomic<std::uint64_t>& counter = tally_ == Tally::kApproved      ? shard.approved
                                        : tally_ == Tally::kNotApproved ? shard.not_approved
                                                                        : shard.left;
  Shard::Add(counter, 1, own_);
}

// What left is read first: whoever enters in between is then counted as inside, and nobody twice.
std::uint64_t Gate::Shard::inside() const {
  const std::uint64_t gone = left.load(std::memory_order_acquire) +
                             approved.load(std::memory_order_acquire) +
                             not_approved.load(std::memory_order_acquire);
  return entered.load(std::memory_order_seq_cst) - gone;
}

std::atomic<std::uint64_t> Gate::Shard::*Gate::CounterOf(State service_state) {
  if (service_state == State::kSspEntry) return &Shard::in_ssp_entry;
  if (service_state == State::kConditionalTest) return &Shard::in_conditional_test;
  return nullptr;
}

std::uint64_t Gate::Next(std::uint64_t word, State state) {
  const std::uint64_t failed = state == State::kErrorHard ? kFailed : word & kFailed;
  const bool all_zeroised = StateOf(word) == State::kZeroising && state == State::kUninitialised;
  const std::uint64_t era = all_zeroised ? EraOf(word + kEra) : EraOf(word);
  const std::uint64_t changes = (word & ~(kChange - 1)) + kChange;
  return changes | era | failed | static_cast<std::uint64_t>(state);
}

// Requirement: early-call
Status Gate::Enter(StateSet allowed, Pass& pass) {
  const std::size_t thread = ThreadIndex();
  pass.own_ = may_own_ && thread <= kOwned;
  Shard& shard = shards_[pass.own_ ? kShared + thread - 1 : thread % kShared];
  for (;;) {
    Shard::Add(shard.entered, 1, pass.own_);
    std::atomic_signal_fence(
        std::memory_order_seq_cst);  // the processor's is the closer's business
    pass.shard_ = &shard;
    pass.tally_ = Tally::kNone;
    const std::uint64_t word = word_.load(std::memory_order_seq_cst);
    const State current = StateOf(word);
    pass.home_ = pass.state_ = current;
    if (allowed.Has(current)) {
      pass.allowed_ = allowed;
      pass.era_ = EraOf(word);
      return {};
    }
    pass.Leave();
    if (!IsPassing(current)) return WrongState(current);
    word_.wait(word);
  }
}

Result<Gate::Pass> Gate::Enter(StateSet allowed) {
  Pass pass;
  TRY(Enter(allowed, pass));
  return pass;
}

// Requirement: gate-race
Status Gate::Commit(Pass&& pass, Tally tally) {
  if (pass.state_ != pass.home_) {
    const State state = pass.state_;
    pass.Leave();
    return Internal(fmt::format("the result of a service in state {} is held", Name(state)));
  }
  std::uint64_t word = word_.load(std::memory_order_seq_cst);
  const auto may_leave = [allowed = pass.allowed_, era = pass.era_](std::uint64_t now) {
    return allowed.Has(StateOf(now)) && EraOf(now) == era;
  };
  if (may_leave(word)) {
    pass.tally_ = tally;
    pass.Leave();
    return {};
  }
  pass.Leave();
  while (IsPassing(StateOf(word))) {
    word_.wait(word);
    word = word_.load(std::memory_order_seq_cst);
  }
  if (may_leave(word)) return {};
  return WrongState(StateOf(word));
}

// Requirement: error-sticky
bool Gate::MayMove(std::uint64_t word, State to) {
  const bool for_good = (word & kFailed) != 0 && to != State::kZeroising &&
                        to != State::kErrorHard && to != State::kShutdown;
  return !for_good && IsLegal(StateOf(word), to, Scope::kModule);
}

Status Gate::Move(State from, State to) {
  std::uint64_t word = word_.load(std::memory_order_acquire);
  do {
    if (StateOf(word) != from || !MayMove(word, to)) {
      return Error(Code::kModuleState, fmt::format("the module cannot go from state {} to {}",
                                                   Name(StateOf(word)), Name(to)));
    }
  } while (!word_.compare_exchange_weak(word, Next(word, to), std::memory_order_seq_cst));
  word_.notify_all();
  return {};
}

Status Gate::MoveTo(State to) {
  for (;;) {
    const State from = state();
    Status moved = Move(from, to);
    if (moved || state() == from) return moved;
  }
}

void Gate::Fail() { (void)MoveTo(State::kErrorHard); }

Status Gate::CloseAndDrain(State to, std::chrono::milliseconds limit) {
  if (RowOf(to).output != Output::kInhibited) {
    return Internal(fmt::format("the gate is not closed in state {}", Name(to)));
  }
  TRY(MoveTo(to));
  return Drain(limit);
}

Status Gate::Drain(std::chrono::milliseconds limit) const {
  if (may_own_ && !Membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
    return Internal("the kernel no longer runs memory barriers for the module");
  }
  const auto until = std::chrono::steady_clock::now() + limit;
  for (const Shard& shard : shards_) {
    while (shard.inside() != 0) {
      if (std::chrono::steady_clock::now() >= until) {
        return Error(Code::kTimeout,
                     fmt::format("{} services inside the module did not end within {} ms", inside(),
                                 limit.count()));
      }
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }
  return {};
}

std::uint64_t Gate::inside() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.inside();
  return sum;
}

std::uint64_t Gate::inside(State service_state) const {
  const auto counter = CounterOf(service_state);
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) {
    if (counter != nullptr) sum += (shard.*counter).load(std::memory_order_relaxed);
  }
  return sum;
}

void Gate::CloseInForkedChild() {
  word_.store(Next(word_.load(), State::kShutdown));
  for (Shard& shard : shards_) {
    shard.left.fetch_add(shard.inside());
    shard.in_ssp_entry.store(0);
    shard.in_conditional_test.store(0);
  }
}

std::uint64_t Gate::approved() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.approved.load(std::memory_order_relaxed);
  return sum;
}

std::uint64_t Gate::not_approved() const {
  std::uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.not_approved.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace vallum::module
