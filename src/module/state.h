// SPDX-License-Identifier: Apache-2.0
// States of the module (ISO/IEC 19790:2012, 7.11.4, finite state model). Part of the door; include
// module/module.h.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vallum::module {

enum class State : std::uint8_t {
  kPowerOff,        ///< not started
  kPreOperational,  ///< profile check, provider load and its self-tests
  kUninitialised,   ///< tested, but the root key is not there yet
  kOperational,     ///< services run
  kOnDemandTest,    ///< self-tests on demand: the output gate is closed
  kError,           ///< a self-test or the provider failed; status only; leave by restart
  kShutdown,        ///< keys wiped, nothing runs
};
inline constexpr std::size_t kStateCount = 7;

struct Transition {
  State from;
  State to;
};

/// Every legal transition; what is not here is refused.
inline constexpr std::array kTransitions = {
    Transition{State::kPowerOff, State::kPreOperational},
    Transition{State::kPreOperational, State::kUninitialised},
    Transition{State::kPreOperational, State::kError},
    Transition{State::kUninitialised, State::kOperational},
    Transition{State::kUninitialised, State::kError},
    Transition{State::kUninitialised, State::kShutdown},
    Transition{State::kOperational, State::kOnDemandTest},
    Transition{State::kOperational, State::kError},
    Transition{State::kOperational, State::kShutdown},
    Transition{State::kOnDemandTest, State::kOperational},
    Transition{State::kOnDemandTest, State::kError},
    Transition{State::kError, State::kShutdown},
};

constexpr bool IsLegal(State from, State to) {
  for (const Transition& t : kTransitions) {
    if (t.from == from && t.to == to) return true;
  }
  return false;
}

std::string_view Name(State state);

}  // namespace vallum::module
