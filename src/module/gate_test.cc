// SPDX-License-Identifier: Apache-2.0
#include "module/gate.h"

#include <atomic>
#include <thread>
#include <vector>

#include "module/test_module.h"

namespace vallum::module {
namespace {

void Open(Gate& gate) {
  for (const State state :
       {State::kInit, State::kPreOperational, State::kUninitialised, State::kOperational}) {
    ASSERT_THAT(gate.MoveTo(state), IsOk());
  }
}

TEST(GateTest, LetsServicesThroughWhenOperational) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  ASSERT_THAT(pass, IsOk());
  EXPECT_THAT(gate.Commit(*std::move(pass)), IsOk());
  EXPECT_THAT(gate.Drain(kDrainLimit), IsOk());
}

TEST(GateTest, RefusesWhereTheServiceMayNotRun) {
  Gate gate;
  EXPECT_THAT(gate.Enter(kServing), IsError(Code::kModuleState));
  ASSERT_THAT(gate.MoveTo(State::kInit), IsOk());
  EXPECT_THAT(gate.Enter(kTested), IsError(Code::kModuleState));
  ASSERT_THAT(gate.MoveTo(State::kPreOperational), IsOk());
  EXPECT_THAT(gate.Enter(kTested), IsError(Code::kModuleState));
  ASSERT_THAT(gate.MoveTo(State::kUninitialised), IsOk());
  EXPECT_THAT(gate.Enter(kServing), IsError(Code::kModuleState));
  EXPECT_THAT(gate.Enter(kTested), IsOk());
}

TEST(GateTest, HoldsBackAResultWhenAnErrorCameMeanwhile) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  ASSERT_THAT(pass, IsOk());
  gate.Fail();
  EXPECT_THAT(gate.Commit(*std::move(pass)), IsError(Code::kModuleState));
  EXPECT_THAT(gate.Drain(kDrainLimit), IsOk());
}

TEST(GateTest, DrainWaitsForWhatIsInside) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  ASSERT_THAT(pass, IsOk());
  ASSERT_THAT(gate.MoveTo(State::kOnDemandTest), IsOk());
  std::atomic<bool> drained{false};
  std::atomic<bool> committed{false};
  std::thread closer([&] {
    EXPECT_THAT(gate.Drain(kDrainLimit), IsOk());
    drained = true;
    EXPECT_FALSE(committed);
    EXPECT_THAT(gate.MoveTo(State::kOperational), IsOk());
  });
  EXPECT_FALSE(drained);
  EXPECT_THAT(gate.Commit(*std::move(pass)), IsOk());
  committed = true;
  closer.join();
  EXPECT_TRUE(drained);
}

// Whatever the threads do: while the closer believes the gate drained and closed, nobody is between a
// successful Commit and the moment before it.
// Requirement: gate-race
TEST(GateTest, NothingIsCommittedBetweenDrainAndReopening) {
  Gate gate;
  Open(gate);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> inside{0};
  std::vector<std::thread> workers;
  workers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      while (!stop) {
        auto pass = gate.Enter(kServing);
        ASSERT_THAT(pass, IsOk());
        inside.fetch_add(1);
        inside.fetch_sub(1);
        ASSERT_THAT(gate.Commit(*std::move(pass)), IsOk());
      }
    });
  }
  for (int round = 0; round < 300; ++round) {
    ASSERT_THAT(gate.CloseAndDrain(State::kOnDemandTest), IsOk());
    for (int look = 0; look < 50; ++look) EXPECT_EQ(inside.load(), 0u);
    ASSERT_THAT(gate.MoveTo(State::kOperational), IsOk());
  }
  stop = true;
  for (std::thread& worker : workers) worker.join();
}

// `threads` services come and go while the gate closes again and again; none may be inside while it is
// drained. Each first stores to memory that is not in the caches, which holds up the store that counts it in.
void CloseOverAndOver(std::size_t threads, int rounds) {
  constexpr std::size_t kCold = std::size_t{1} << 25, kStride = 4160;
  Gate gate;
  Open(gate);
  std::atomic<bool> closed = false, stop = false;
  std::atomic<std::uint64_t> seen_closed = 0, through = 0;
  const auto serve = [&, at = std::size_t{0}](Bytes cold) mutable {
    while (!stop) {
      for (int store = 0; store < 40; ++store) cold[at = (at + kStride) % cold.size()] = 1;
      auto pass = gate.Enter(kServing);
      if (!pass) continue;
      for (int look = 0; look < 50; ++look) {
        if (closed.load(std::memory_order_relaxed)) ++seen_closed;
      }
      if (gate.Commit(*std::move(pass))) ++through;
    }
  };
  std::vector<std::jthread> services;
  for (std::size_t i = 0; i < threads; ++i) services.emplace_back(serve, Bytes(kCold / threads));
  while (through < 1000) std::this_thread::yield();
  for (int i = 0; i < rounds; ++i) {
    EXPECT_THAT(gate.CloseAndDrain(State::kOnDemandTest), IsOk());
    closed = true;
    for (int wait = 0; wait < 200; ++wait) (void)closed.load(std::memory_order_relaxed);
    closed = false;
    EXPECT_THAT(gate.MoveTo(State::kOperational), IsOk());
  }
  stop = true;
  services.clear();
  EXPECT_EQ(seen_closed, 0u) << "services were inside a drained gate";
}

// Requirement: gate-race
TEST(GateTest, TheCloserSeesEveryThreadThatCountsAlone) { CloseOverAndOver(1, 50'000); }

TEST(GateTest, TheCloserSeesThreadsThatShareACount) { CloseOverAndOver(80, 50); }

TEST(GateTest, DrainGivesUpOnAServiceThatHangsAndStillLetsNothingOut) {
  Gate gate;
  Open(gate);
  auto hanging = gate.Enter(kServing);
  ASSERT_THAT(hanging, IsOk());
  const auto limit = std::chrono::milliseconds(5);
  EXPECT_THAT(gate.CloseAndDrain(State::kZeroising, limit), IsError(Code::kTimeout));
  EXPECT_EQ(gate.state(), State::kZeroising);
  EXPECT_EQ(gate.inside(), 1u);
  gate.Fail();
  EXPECT_THAT(gate.Commit(*std::move(hanging)), IsError(Code::kModuleState));
  EXPECT_THAT(gate.Drain(limit), IsOk());
}

TEST(GateTest, CloseAndDrainChangesNothingWhereThereIsNoWay) {
  Gate gate;
  Open(gate);
  EXPECT_THAT(gate.CloseAndDrain(State::kInit), IsError(Code::kModuleState));
  EXPECT_THAT(gate.CloseAndDrain(State::kUninitialised), IsError(Code::kInternal));
  EXPECT_EQ(gate.state(), State::kOperational);
}

// A service that began before a zeroisation may hold what was wiped, or a copy of it.
TEST(GateTest, HoldsBackAResultFromBeforeAZeroisation) {
  Gate gate;
  Open(gate);
  auto before = gate.Enter(kServing);
  ASSERT_THAT(before, IsOk());
  for (const State state : {State::kZeroising, State::kUninitialised, State::kOperational}) {
    ASSERT_THAT(gate.MoveTo(state), IsOk());
  }
  auto after = gate.Enter(kServing);
  ASSERT_THAT(after, IsOk());
  EXPECT_THAT(gate.Commit(*std::move(before)), IsError(Code::kModuleState));
  EXPECT_THAT(gate.Commit(*std::move(after)), IsOk());
}

TEST(GateTest, ResultsWaitWhileOneKeyIsZeroisedAndThenLeave) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  ASSERT_THAT(pass, IsOk());
  ASSERT_THAT(gate.MoveTo(State::kZeroising), IsOk());
  std::atomic<bool> wiped{false};
  std::thread zeroising([&] {
    EXPECT_THAT(gate.Drain(std::chrono::seconds(60)), IsOk());
    wiped = true;
    EXPECT_THAT(gate.MoveTo(State::kOperational), IsOk());
  });
  EXPECT_THAT(gate.Commit(*std::move(pass)), IsOk());
  EXPECT_TRUE(wiped) << "nothing leaves while something is wiped";
  zeroising.join();
}

TEST(GateTest, ZeroisingAfterAHardErrorDoesNotForgiveIt) {
  Gate gate;
  Open(gate);
  gate.Fail();
  ASSERT_THAT(gate.MoveTo(State::kZeroising), IsOk());
  EXPECT_THAT(gate.MoveTo(State::kUninitialised), IsError(Code::kModuleState));
  EXPECT_THAT(gate.MoveTo(State::kErrorHard), IsOk());
}

TEST(GateTest, HoldsTheResultOfAServiceThatIsStillEnteringAKey) {
  Gate gate;
  Open(gate);
  auto entering = gate.Enter(kServing);
  auto other = gate.Enter(kServing);
  ASSERT_THAT(entering, IsOk());
  ASSERT_THAT(entering->MoveTo(State::kSspEntry), IsOk());
  EXPECT_EQ(gate.inside(State::kSspEntry), 1u);
  EXPECT_THAT(gate.Commit(*std::move(other)), IsOk());
  EXPECT_THAT(gate.Commit(*std::move(entering)), IsError(Code::kInternal));
  EXPECT_EQ(gate.inside(State::kSspEntry), 0u);
  EXPECT_EQ(gate.inside(), 0u);
}

TEST(GateTest, LetsTheResultOutOnceTheKeyIsCommitted) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  ASSERT_THAT(pass, IsOk());
  ASSERT_THAT(pass->MoveTo(State::kSspEntry), IsOk());
  ASSERT_THAT(pass->MoveTo(State::kConditionalTest), IsOk());
  EXPECT_EQ(gate.inside(State::kConditionalTest), 1u);
  EXPECT_EQ(gate.inside(State::kSspEntry), 0u);
  ASSERT_THAT(pass->MoveTo(State::kSspEntry), IsOk());
  ASSERT_THAT(pass->MoveHome(), IsOk());
  EXPECT_THAT(gate.Commit(*std::move(pass)), IsOk());
}

TEST(GateTest, ServicesWaitOutASoftErrorAndFailAfterAHardOne) {
  for (const State end : {State::kOperational, State::kErrorHard}) {
    Gate gate;
    Open(gate);
    auto inside = gate.Enter(kServing);
    ASSERT_THAT(inside, IsOk());
    ASSERT_THAT(gate.MoveTo(State::kErrorSoft), IsOk());
    std::atomic<int> ended{0};
    std::thread waiting([&] {
      EXPECT_EQ(gate.Enter(kServing).has_value(), end == State::kOperational);
      ended++;
    });
    std::thread committing([&] {
      EXPECT_EQ(gate.Commit(*std::move(inside)).has_value(), end == State::kOperational);
      ended++;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    EXPECT_EQ(ended, 0);
    EXPECT_THAT(gate.Move(State::kErrorSoft, end), IsOk());
    waiting.join();
    committing.join();
  }
}

TEST(GateTest, CountsApprovedAndOthersApart) {
  Gate gate;
  Open(gate);
  for (const Tally tally :
       {Tally::kApproved, Tally::kApproved, Tally::kNotApproved, Tally::kNone}) {
    ASSERT_THAT(gate.Commit(*gate.Enter(kServing), tally), IsOk());
  }
  (void)gate.Enter(kServing);
  EXPECT_EQ(gate.inside(), 0u);
  EXPECT_EQ(gate.approved(), 2u);
  EXPECT_EQ(gate.not_approved(), 1u);
}

TEST(GateTest, AForkedChildFindsItClosed) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  gate.CloseInForkedChild();
  EXPECT_EQ(gate.state(), State::kShutdown);
  EXPECT_THAT(gate.Drain(kDrainLimit), IsOk());
  EXPECT_THAT(gate.Enter(kServing), IsError(Code::kModuleState));
}

}  // namespace
}  // namespace vallum::module
