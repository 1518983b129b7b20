// SPDX-License-Identifier: Apache-2.0
// States of the module (ISO/IEC 19790:2012, 7.11.4, finite state model). Part of the door; include
// module/module.h. What leads from one to another is in module/state_table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vallum::module {

enum class State : std::uint8_t {
  kPowerOff,         ///< not started
  kInit,             ///< configuration taken, provider file found and read
  kPreOperational,   ///< provider load, integrity and self-tests
  kUninitialised,    ///< tested, but the root key is not there yet
  kOperational,      ///< services run
  kSspEntry,         ///< of one service: a key is being made or entered; its output is held
  kConditionalTest,  ///< of one service: a CAST, pair-wise test or key validation runs; as above
  kOnDemandTest,     ///< self-tests on demand: the output gate is closed
  kZeroising,        ///< secrets are being wiped: the output gate is closed
  kErrorSoft,        ///< a retry decides between recovery and the hard error; no output
  kErrorHard,        ///< a test or the provider failed: status and zeroisation only, until restart
  kShutdown,         ///< keys wiped, nothing runs
};
inline constexpr std::size_t kStateCount = 12;

std::string_view Name(State state);

}  // namespace vallum::module
