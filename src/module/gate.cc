// SPDX-License-Identifier: Apache-2.0
// Entering is "count me in, then look at the state"; closing is "change the state, then look at the
// counts". Both sides are sequentially consistent, so either the service sees the closed gate or the
// closer sees the service.
#include "module/gate.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace vallum::module {
namespace {

std::size_t ThreadShard(std::size_t shards) {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t shard = next.fetch_add(1, std::memory_order_relaxed);
  return shard % shards;
}

Error WrongState(State state) {
  return {Code::kModuleState,
          fmt::format("the cryptographic module is in state {}; {}", Name(state),
                      state == State::kUninitialised
                          ? "unseal it with its root key first"
                          : "see its status for the cause; a restart is needed")};
}

}  // namespace

void Gate::Pass::Leave() {
  if (gate_ == nullptr) return;
  gate_->shards_[shard_].inside.fetch_sub(1, std::memory_order_seq_cst);
  gate_ = nullptr;
}

Result<Gate::Pass> Gate::Enter(StateSet allowed) {
  const std::size_t shard = ThreadShard(kShards);
  for (;;) {
    shards_[shard].inside.fetch_add(1, std::memory_order_seq_cst);
    Pass pass(this, shard, allowed);
    const std::uint64_t word = word_.load(std::memory_order_seq_cst);
    const State current = StateOf(word);
    if (allowed.Has(current)) return pass;
    pass.Leave();
    if (current != State::kOnDemandTest) return WrongState(current);
    word_.wait(word);
  }
}

Status Gate::Commit(Pass pass) {
  std::uint64_t word = word_.load(std::memory_order_seq_cst);
  if (pass.allowed_.Has(StateOf(word))) return {};
  const StateSet allowed = pass.allowed_;
  pass.Leave();
  while (StateOf(word) == State::kOnDemandTest) {
    word_.wait(word);
    word = word_.load(std::memory_order_seq_cst);
  }
  if (allowed.Has(StateOf(word))) return {};
  return WrongState(StateOf(word));
}

Status Gate::MoveTo(State to) {
  std::uint64_t word = word_.load(std::memory_order_acquire);
  do {
    if (!IsLegal(StateOf(word), to)) {
      return Error(Code::kModuleState, fmt::format("the module cannot go from state {} to {}",
                                                   Name(StateOf(word)), Name(to)));
    }
  } while (!word_.compare_exchange_weak(word, Next(word, to), std::memory_order_seq_cst));
  word_.notify_all();
  return {};
}

void Gate::Fail() { (void)MoveTo(State::kError); }

void Gate::Drain() const {
  for (const Shard& shard : shards_) {
    while (shard.inside.load(std::memory_order_seq_cst) != 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }
}

void Gate::CloseInForkedChild() {
  word_.store(Next(word_.load(), State::kShutdown));
  for (Shard& shard : shards_) shard.inside.store(0);
}

void Gate::Count(bool approved) {
  Shard& shard = shards_[ThreadShard(kShards)];
  (approved ? shard.approved : shard.not_approved).fetch_add(1, std::memory_order_relaxed);
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
