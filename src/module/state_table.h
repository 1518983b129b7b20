// SPDX-License-Identifier: Apache-2.0
// The finite state model (ISO/IEC 19790:2012, 7.11.4) as data: what may follow what, and why. The gate
// obeys this table, state_test.cc tries every pair, and the Security Policy prints it.
//
// The module as a whole is in one state; that is Scope::kModule. Any number of services run at once
// inside kUninitialised and kOperational, and each of them can be making, entering or testing a key on
// its own. kSspEntry and kConditionalTest are therefore states of a service, Scope::kService: entered
// from the state that the service began in and left to it, while that service's output is held and the
// others go on. When the module leaves the outer state, every service inside leaves with it, without
// output.
#pragma once

#include <array>
#include <string_view>

#include "module/state.h"

namespace vallum::module {

enum class Scope : std::uint8_t { kModule, kService };

/// What becomes of results in a state.
enum class Output : std::uint8_t {
  kAllowed,    ///< services return results
  kHeld,       ///< this service's result is held until the service is back in the outer state
  kInhibited,  ///< nothing but status leaves
};

struct StateRow {
  State state;
  std::string_view name;
  Scope scope;
  Output output;
  std::string_view description;
};

/// One row a state, in the order of the enum.
inline constexpr std::array kStates = {
    StateRow{State::kPowerOff, "power-off", Scope::kModule, Output::kInhibited,
             "The library is mapped, the module is not started."},
    StateRow{State::kInit, "init", Scope::kModule, Output::kInhibited,
             "The configuration is taken; the provider's file is read and its checksum compared."},
    StateRow{State::kPreOperational, "pre-operational", Scope::kModule, Output::kInhibited,
             "Pre-operational self-tests: integrity, the provider's algorithm tests, entropy."},
    StateRow{State::kUninitialised, "uninitialised", Scope::kModule, Output::kAllowed,
             "Tested, without the key-encryption key: keyless services, enrolment and unsealing."},
    StateRow{State::kOperational, "operational", Scope::kModule, Output::kAllowed,
             "Every service runs."},
    StateRow{State::kSspEntry, "ssp-entry", Scope::kService, Output::kHeld,
             "One service makes or enters a key; nothing of it leaves before it is committed."},
    StateRow{
        State::kConditionalTest, "conditional-test", Scope::kService, Output::kHeld,
        "One service runs an algorithm self-test before first use, a pair-wise consistency test "
        "or the validation of a key."},
    StateRow{State::kOnDemandTest, "on-demand-test", Scope::kModule, Output::kInhibited,
             "Every self-test runs again; services wait at the gate."},
    StateRow{State::kZeroising, "zeroising", Scope::kModule, Output::kInhibited,
             "Secrets are overwritten and read back; services wait at the gate."},
    StateRow{State::kErrorSoft, "error-soft", Scope::kModule, Output::kInhibited,
             "What failed may be passing: a bounded number of retries; services wait at the gate."},
    StateRow{State::kErrorHard, "error-hard", Scope::kModule, Output::kInhibited,
             "Status, zeroisation and shutdown only; left by a restart of the process."},
    StateRow{State::kShutdown, "shutdown", Scope::kModule, Output::kInhibited,
             "Keys are wiped; nothing runs until the process ends. A forked child begins here."},
};

struct Transition {
  State from;
  State to;
  Scope scope;
  std::string_view name;
  std::string_view event;  ///< what causes it
};

// Requirement: fsm-complete
/// Every legal transition; what is not here is refused.
inline constexpr std::array kTransitions = {
    Transition{State::kPowerOff, State::kInit, Scope::kModule, "start",
               "Module::Start in a process that has no module"},
    Transition{State::kInit, State::kPreOperational, Scope::kModule, "configured",
               "the provider's file is there and its checksum is that of the profile"},
    Transition{State::kInit, State::kErrorHard, Scope::kModule, "configuration refused",
               "the provider's file is missing or is not that of the profile"},
    Transition{State::kPreOperational, State::kUninitialised, Scope::kModule, "self-tests passed",
               "every pre-operational self-test passed"},
    Transition{State::kPreOperational, State::kErrorHard, Scope::kModule, "self-test failed",
               "a pre-operational self-test failed or could not run"},
    Transition{State::kUninitialised, State::kOperational, Scope::kModule, "unsealed",
               "the root key opened the key-encryption key, or an ephemeral one was made"},
    Transition{State::kUninitialised, State::kErrorSoft, Scope::kModule, "intermittent failure",
               "entropy or another repeatable step failed once"},
    Transition{State::kUninitialised, State::kErrorHard, Scope::kModule, "failure",
               "the provider entered its error state, or a conditional test failed"},
    Transition{State::kUninitialised, State::kZeroising, Scope::kModule, "zeroise",
               "the operator asked for zeroisation"},
    Transition{State::kUninitialised, State::kShutdown, Scope::kModule, "shut down",
               "the host ends the module"},
    Transition{State::kOperational, State::kOnDemandTest, Scope::kModule, "self-test",
               "the operator or the periodic timer asked for the self-tests"},
    Transition{State::kOperational, State::kErrorSoft, Scope::kModule, "intermittent failure",
               "entropy or another repeatable step failed once"},
    Transition{State::kOperational, State::kErrorHard, Scope::kModule, "failure",
               "the provider entered its error state, or a conditional test failed"},
    Transition{State::kOperational, State::kZeroising, Scope::kModule, "zeroise",
               "the operator asked for zeroisation"},
    Transition{State::kOperational, State::kShutdown, Scope::kModule, "shut down",
               "the host ends the module"},
    Transition{State::kOnDemandTest, State::kOperational, Scope::kModule, "self-tests passed",
               "every self-test passed; or none ran, because a service did not end in time"},
    Transition{State::kOnDemandTest, State::kErrorHard, Scope::kModule, "self-test failed",
               "a self-test failed"},
    Transition{State::kZeroising, State::kUninitialised, Scope::kModule, "zeroised",
               "every secret was wiped and read back; never after a hard error"},
    Transition{State::kZeroising, State::kOperational, Scope::kModule, "key zeroised",
               "one key was wiped and read back, or a service did not end in time and none was"},
    Transition{State::kZeroising, State::kErrorHard, Scope::kModule, "zeroised in error",
               "the module had failed before, or a secret could not be shown to be gone"},
    Transition{State::kErrorSoft, State::kUninitialised, Scope::kModule, "recovered",
               "a retry passed; the failure had come before unsealing"},
    Transition{State::kErrorSoft, State::kOperational, Scope::kModule, "recovered",
               "a retry passed"},
    Transition{State::kErrorSoft, State::kErrorHard, Scope::kModule, "permanent failure",
               "every retry failed"},
    Transition{State::kErrorSoft, State::kZeroising, Scope::kModule, "zeroise",
               "the operator asked for zeroisation"},
    Transition{State::kErrorSoft, State::kShutdown, Scope::kModule, "shut down",
               "the host ends the module"},
    Transition{State::kErrorHard, State::kZeroising, Scope::kModule, "zeroise",
               "the operator asked for zeroisation"},
    Transition{State::kErrorHard, State::kShutdown, Scope::kModule, "shut down",
               "the host ends the module"},

    Transition{State::kUninitialised, State::kSspEntry, Scope::kService, "SSP entry",
               "a service takes the root key, or makes a key-encryption key"},
    Transition{State::kOperational, State::kSspEntry, Scope::kService, "SSP entry",
               "a service makes, derives, unwraps, opens or enters a key"},
    Transition{State::kSspEntry, State::kUninitialised, Scope::kService, "SSP committed",
               "the key is complete, or was thrown away with an error"},
    Transition{State::kSspEntry, State::kOperational, Scope::kService, "SSP committed",
               "the key is complete, or was thrown away with an error"},
    Transition{State::kSspEntry, State::kConditionalTest, Scope::kService, "key test",
               "the new key needs its pair-wise consistency test or its validation"},
    Transition{State::kConditionalTest, State::kSspEntry, Scope::kService, "key test passed",
               "the pair-wise consistency test or the validation passed"},
    Transition{State::kUninitialised, State::kConditionalTest, Scope::kService, "first use",
               "the service needs an algorithm whose self-test has not run yet"},
    Transition{State::kOperational, State::kConditionalTest, Scope::kService, "first use",
               "the service needs an algorithm whose self-test has not run yet"},
    Transition{State::kConditionalTest, State::kUninitialised, Scope::kService, "test ended",
               "the test passed, or the key was refused"},
    Transition{State::kConditionalTest, State::kOperational, Scope::kService, "test ended",
               "the test passed, or the key was refused"},
};

constexpr bool IsLegal(State from, State to, Scope scope) {
  for (const Transition& t : kTransitions) {
    if (t.from == from && t.to == to && t.scope == scope) return true;
  }
  return false;
}

constexpr bool IsLegal(State from, State to) {
  return IsLegal(from, to, Scope::kModule) || IsLegal(from, to, Scope::kService);
}

constexpr const StateRow& RowOf(State state) { return kStates[static_cast<std::size_t>(state)]; }

}  // namespace vallum::module
