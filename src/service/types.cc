// SPDX-License-Identifier: Apache-2.0
#include "service/types.h"

#include <array>
#include <utility>

namespace vallum::service {
namespace {

using enum KeyState;

constexpr std::array<std::string_view, 7> kStateNames = {
    "pre-active",           "active", "suspended", "deactivated", "compromised", "destroyed",
    "destroyed-compromised"};

constexpr std::array<std::string_view, 4> kOriginNames = {"generated", "imported-wrapped",
                                                          "entered", "derived"};

// SP 800-57 Part 1 Rev. 5, figure 3.
constexpr std::array kTransitions = {
    std::pair{kPreActive, kActive},
    std::pair{kPreActive, kCompromised},
    std::pair{kPreActive, kDestroyed},
    std::pair{kActive, kSuspended},
    std::pair{kActive, kDeactivated},
    std::pair{kActive, kCompromised},
    std::pair{kActive, kDestroyed},
    std::pair{kSuspended, kActive},
    std::pair{kSuspended, kDeactivated},
    std::pair{kSuspended, kCompromised},
    std::pair{kSuspended, kDestroyed},
    std::pair{kDeactivated, kCompromised},
    std::pair{kDeactivated, kDestroyed},
    std::pair{kCompromised, kDestroyedCompromised},
    std::pair{kDestroyed, kDestroyedCompromised},
};

constexpr policy::Actions kConsuming =
    policy::Bit(policy::Action::kDecrypt) | policy::Bit(policy::Action::kVerify) |
    policy::Bit(policy::Action::kVerifyMac) | policy::Bit(policy::Action::kUnwrap) |
    policy::Bit(policy::Action::kDecapsulate);

// These look at or change the record, not the material.
constexpr policy::Actions kAboutTheRecord =
    policy::Bit(policy::Action::kKeyList) | policy::Bit(policy::Action::kKeyShow) |
    policy::Bit(policy::Action::kKeyRotate) | policy::Bit(policy::Action::kKeyState) |
    policy::Bit(policy::Action::kGrantChange);

}  // namespace

std::string_view Name(KeyState state) { return kStateNames[static_cast<std::size_t>(state)]; }

Result<KeyState> ParseKeyState(std::string_view name) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == name) return static_cast<KeyState>(i);
  }
  return InvalidArgument(
      "unknown key state; use pre-active, active, suspended, deactivated, compromised, destroyed "
      "or destroyed-compromised");
}

std::string_view OriginName(module::Origin origin) {
  return kOriginNames[static_cast<std::size_t>(origin) - 1];
}

Result<module::Origin> ParseOrigin(std::string_view name) {
  for (std::size_t i = 0; i < kOriginNames.size(); ++i) {
    if (kOriginNames[i] == name) return static_cast<module::Origin>(i + 1);
  }
  return InvalidArgument("unknown origin of a key; it is generated, imported-wrapped or entered");
}

bool MayTransition(KeyState from, KeyState to) {
  for (const auto& transition : kTransitions) {
    if (transition == std::pair{from, to}) return true;
  }
  return false;
}

bool MayPerform(KeyState state, policy::Action action) {
  const policy::Actions bit = policy::Bit(action);
  if (bit & kAboutTheRecord) return true;
  if (action == policy::Action::kKeyPublic) return !IsDestroyed(state);
  if (state == kActive) return true;
  return (state == kDeactivated || state == kCompromised) && (bit & kConsuming);
}

}  // namespace vallum::service
