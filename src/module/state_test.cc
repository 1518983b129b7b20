// SPDX-License-Identifier: Apache-2.0
#include "module/state.h"

#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <set>

#include "module/gate.h"
#include "module/state_table.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using Way = std::vector<State>;

constexpr State StateAt(std::size_t index) { return static_cast<State>(index); }

std::string Arrow(State from, State to) {
  return std::string(Name(from)) + " -> " + std::string(Name(to));
}

// A shortest way from power-off to a state of the module, found in the table itself. It does not lead
// through the hard error, which forbids what the table allows to others.
std::optional<Way> WayTo(State goal) {
  std::vector<Way> ways = {{State::kPowerOff}};
  for (std::size_t next = 0; next < ways.size(); ++next) {
    const Way way = ways[next];
    if (way.back() == goal) return way;
    if (way.back() == State::kErrorHard) continue;
    for (const Transition& t : kTransitions) {
      const bool seen = std::ranges::any_of(ways, [&](const Way& w) { return w.back() == t.to; });
      if (t.scope != Scope::kModule || t.from != way.back() || seen) continue;
      ways.push_back(way);
      ways.back().push_back(t.to);
    }
  }
  return std::nullopt;
}

void Walk(Gate& gate, const Way& way) {
  for (std::size_t i = 1; i < way.size(); ++i) ASSERT_THAT(gate.Move(way[i - 1], way[i]), IsOk());
}

// Requirement: fsm-complete
TEST(StateTest, EveryPairOfTheModuleIsEitherReachedOrRefused) {
  for (std::size_t from = 0; from < kStateCount; ++from) {
    const std::optional<Way> way = WayTo(StateAt(from));
    ASSERT_EQ(way.has_value(), RowOf(StateAt(from)).scope == Scope::kModule);
    if (!way) continue;
    for (std::size_t to = 0; to < kStateCount; ++to) {
      SCOPED_TRACE(Arrow(StateAt(from), StateAt(to)));
      Gate gate;
      Walk(gate, *way);
      const Status moved = gate.MoveTo(StateAt(to));
      EXPECT_EQ(moved.has_value(), IsLegal(StateAt(from), StateAt(to), Scope::kModule));
      EXPECT_EQ(gate.state(), moved ? StateAt(to) : StateAt(from));
      EXPECT_TRUE(moved || moved.error().code() == Code::kModuleState);
    }
  }
}

// Requirement: fsm-complete
TEST(StateTest, EveryPairOfAServiceIsEitherReachedOrRefused) {
  const std::vector<Way> ways = {{}, {State::kSspEntry}, {State::kConditionalTest}};
  for (const State home : {State::kUninitialised, State::kOperational}) {
    for (const Way& way : ways) {
      for (std::size_t to = 0; to < kStateCount; ++to) {
        Gate gate;
        Walk(gate, *WayTo(home));
        auto pass = gate.Enter({home});
        ASSERT_THAT(pass, IsOk());
        for (const State step : way) ASSERT_THAT(pass->MoveTo(step), IsOk());
        const State from = pass->state();
        const bool elsewhere = RowOf(StateAt(to)).scope == Scope::kModule && StateAt(to) != home;
        const Status moved = pass->MoveTo(StateAt(to));
        SCOPED_TRACE(Arrow(from, StateAt(to)));
        EXPECT_EQ(moved.has_value(), !elsewhere && IsLegal(from, StateAt(to), Scope::kService));
        EXPECT_EQ(pass->state(), moved ? StateAt(to) : from);
        EXPECT_EQ(gate.state(), home);
      }
    }
  }
}

TEST(StateTest, TheTableIsWellFormed) {
  ASSERT_EQ(kStates.size(), kStateCount);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kStateCount; ++i) {
    EXPECT_EQ(kStates[i].state, StateAt(i));
    EXPECT_FALSE(kStates[i].description.empty());
    names.insert(kStates[i].name);
  }
  EXPECT_EQ(names.size(), kStateCount);
  std::set<std::pair<State, State>> pairs;
  for (const Transition& t : kTransitions) {
    SCOPED_TRACE(Arrow(t.from, t.to));
    EXPECT_TRUE(pairs.insert({t.from, t.to}).second);
    EXPECT_FALSE(t.name.empty() || t.event.empty());
    const bool of_service =
        RowOf(t.from).scope == Scope::kService || RowOf(t.to).scope == Scope::kService;
    EXPECT_EQ(t.scope == Scope::kService, of_service);
  }
}

TEST(StateTest, OutputIsHeldOrInhibitedEverywhereButInTheTwoServingStates) {
  for (const StateRow& row : kStates) {
    const bool serving = row.state == State::kUninitialised || row.state == State::kOperational;
    EXPECT_EQ(row.output == Output::kAllowed, serving) << row.name;
    EXPECT_EQ(row.output == Output::kHeld, row.scope == Scope::kService) << row.name;
  }
}

TEST(StateTest, NothingFollowsShutdown) {
  for (std::size_t to = 0; to < kStateCount; ++to) {
    EXPECT_FALSE(IsLegal(State::kShutdown, StateAt(to)));
  }
}

// Whatever is tried after a hard error, in whatever order, the module never serves again.
TEST(StateTest, NothingLeadsOutOfAHardError) {
  rc::check([] {
    Gate gate;
    Walk(gate, *WayTo(State::kErrorHard));
    const auto tries = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, kStateCount));
    for (const std::size_t to : tries) {
      (void)gate.MoveTo(StateAt(to));
      RC_ASSERT(RowOf(gate.state()).output == Output::kInhibited);
      const bool waits = gate.state() == State::kZeroising;
      const bool served = !waits && gate.Enter(kTested).has_value();
      RC_ASSERT(!served);
    }
  });
}

}  // namespace
}  // namespace vallum::module
