// SPDX-License-Identifier: Apache-2.0
#include "service/types.h"

#include <gtest/gtest.h>

#include <array>

namespace vallum::service {
namespace {

using policy::Action;

constexpr std::array kStates = {KeyState::kPreActive,           KeyState::kActive,
                                KeyState::kSuspended,           KeyState::kDeactivated,
                                KeyState::kCompromised,         KeyState::kDestroyed,
                                KeyState::kDestroyedCompromised};

// Rows: from; columns: to, both in the order of kStates. x: allowed.
constexpr std::array<std::string_view, 7> kExpectedTransitions = {
    ".x..xx.",  // pre-active
    "..xxxx.",  // active
    ".x.xxx.",  // suspended
    "....xx.",  // deactivated
    "......x",  // compromised
    "......x",  // destroyed
    ".......",  // destroyed-compromised
};

TEST(KeyStateTest, EveryTransitionIsAsInTheTable) {
  for (std::size_t from = 0; from < kStates.size(); ++from) {
    for (std::size_t to = 0; to < kStates.size(); ++to) {
      EXPECT_EQ(MayTransition(kStates[from], kStates[to]), kExpectedTransitions[from][to] == 'x')
          << Name(kStates[from]) << " -> " << Name(kStates[to]);
    }
  }
}

// The states, as positions in kStates, in which a version may do it.
std::string_view ExpectedStates(Action action) {
  switch (action) {
    case Action::kKeyList:
    case Action::kKeyShow:
    case Action::kKeyRotate:
    case Action::kKeyState:
    case Action::kGrantChange:
      return "0123456";
    case Action::kKeyPublic:
      return "01234";
    case Action::kDecrypt:
    case Action::kVerify:
    case Action::kVerifyMac:
    case Action::kUnwrap:
    case Action::kDecapsulate:
      return "134";
    default:
      return "1";
  }
}

TEST(KeyStateTest, EveryActionInEveryStateIsAsInTheTable) {
  for (std::size_t i = 0; i < policy::kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    for (std::size_t s = 0; s < kStates.size(); ++s) {
      const bool expected =
          ExpectedStates(action).find(static_cast<char>('0' + s)) != std::string_view::npos;
      EXPECT_EQ(MayPerform(kStates[s], action), expected)
          << policy::Name(action) << " in " << Name(kStates[s]);
    }
  }
}

TEST(KeyStateTest, EveryNameParsesToItsState) {
  for (const KeyState state : kStates) {
    const auto parsed = ParseKeyState(Name(state));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, state);
  }
}

TEST(KeyStateTest, AnUnknownNameIsRefused) {
  const auto parsed = ParseKeyState("Active");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Code::kInvalidArgument);
}

TEST(OriginTest, EveryNameParsesToItsOriginAndOthersDoNot) {
  for (const auto origin : {module::Origin::kGenerated, module::Origin::kImportedWrapped,
                            module::Origin::kEntered, module::Origin::kDerived}) {
    EXPECT_EQ(ParseOrigin(OriginName(origin)), origin);
  }
  EXPECT_FALSE(ParseOrigin("found"));
}

}  // namespace
}  // namespace vallum::service
