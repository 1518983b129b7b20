// SPDX-License-Identifier: Apache-2.0
#include "module/state.h"

#include <set>

#include "module/gate.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

constexpr State StateAt(std::size_t index) { return static_cast<State>(index); }

// A shortest way to each state along legal transitions.
std::vector<State> WayTo(State state) {
  switch (state) {
    case State::kPowerOff:
      return {};
    case State::kPreOperational:
      return {State::kPreOperational};
    case State::kUninitialised:
      return {State::kPreOperational, State::kUninitialised};
    case State::kOperational:
      return {State::kPreOperational, State::kUninitialised, State::kOperational};
    case State::kOnDemandTest:
      return {State::kPreOperational, State::kUninitialised, State::kOperational,
              State::kOnDemandTest};
    case State::kError:
      return {State::kPreOperational, State::kError};
    case State::kShutdown:
      return {State::kPreOperational, State::kUninitialised, State::kShutdown};
  }
  return {};
}

TEST(StateTest, EveryPairIsEitherReachedOrRefused) {
  for (std::size_t from = 0; from < kStateCount; ++from) {
    for (std::size_t to = 0; to < kStateCount; ++to) {
      Gate gate;
      for (const State step : WayTo(StateAt(from))) ASSERT_THAT(gate.MoveTo(step), IsOk());
      ASSERT_EQ(gate.state(), StateAt(from));
      const Status moved = gate.MoveTo(StateAt(to));
      SCOPED_TRACE(std::string(Name(StateAt(from))) + " -> " + std::string(Name(StateAt(to))));
      EXPECT_EQ(moved.has_value(), IsLegal(StateAt(from), StateAt(to)));
      EXPECT_EQ(gate.state(), moved ? StateAt(to) : StateAt(from));
      EXPECT_TRUE(moved || moved.error().code() == Code::kModuleState);
    }
  }
}

TEST(StateTest, ErrorIsLeftOnlyForShutdown) {
  for (std::size_t to = 0; to < kStateCount; ++to) {
    EXPECT_EQ(IsLegal(State::kError, StateAt(to)), StateAt(to) == State::kShutdown);
    EXPECT_FALSE(IsLegal(State::kShutdown, StateAt(to)));
  }
}

TEST(StateTest, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kStateCount; ++i) names.insert(Name(StateAt(i)));
  EXPECT_EQ(names.size(), kStateCount);
}

}  // namespace
}  // namespace vallum::module
