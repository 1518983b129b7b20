// SPDX-License-Identifier: Apache-2.0
#include "module/gate.h"

#include <thread>
#include <vector>

#include "module/test_module.h"

namespace vallum::module {
namespace {

void Open(Gate& gate) {
  for (const State state : {State::kPreOperational, State::kUninitialised, State::kOperational}) {
    ASSERT_THAT(gate.MoveTo(state), IsOk());
  }
}

TEST(GateTest, LetsServicesThroughWhenOperational) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  ASSERT_THAT(pass, IsOk());
  EXPECT_THAT(gate.Commit(*std::move(pass)), IsOk());
  gate.Drain();
}

TEST(GateTest, RefusesWhereTheServiceMayNotRun) {
  Gate gate;
  EXPECT_THAT(gate.Enter(kServing), IsError(Code::kModuleState));
  ASSERT_THAT(gate.MoveTo(State::kPreOperational), IsOk());
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
  gate.Drain();
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
    gate.Drain();
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
TEST(GateTest, NothingIsCommittedBetweenDrainAndReopening) {
  Gate gate;
  Open(gate);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> inside{0};
  std::vector<std::thread> workers;
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
    ASSERT_THAT(gate.MoveTo(State::kOnDemandTest), IsOk());
    gate.Drain();
    for (int look = 0; look < 50; ++look) EXPECT_EQ(inside.load(), 0u);
    ASSERT_THAT(gate.MoveTo(State::kOperational), IsOk());
  }
  stop = true;
  for (std::thread& worker : workers) worker.join();
}

TEST(GateTest, CountsApprovedAndOthersApart) {
  Gate gate;
  gate.Count(true);
  gate.Count(true);
  gate.Count(false);
  EXPECT_EQ(gate.approved(), 2u);
  EXPECT_EQ(gate.not_approved(), 1u);
}

TEST(GateTest, AForkedChildFindsItClosed) {
  Gate gate;
  Open(gate);
  auto pass = gate.Enter(kServing);
  gate.CloseInForkedChild();
  EXPECT_EQ(gate.state(), State::kShutdown);
  gate.Drain();
  EXPECT_THAT(gate.Enter(kServing), IsError(Code::kModuleState));
}

}  // namespace
}  // namespace vallum::module
