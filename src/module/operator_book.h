// SPDX-License-Identifier: Apache-2.0
// OperatorBook: who may log in to this module, what they were challenged with, and who is logged in.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "module/key.h"
#include "module/login_throttle.h"
#include "module/operator_record.h"
#include "module/session.h"

namespace vallum::module {

/// Operator is what a record holds, ready for use. Immutable.
struct Operator {
  OperatorFacts facts;
  KeyRef public_key;            ///< of the methods that sign
  PassphraseVerifier verifier;  ///< of LoginMethod::kPassphrase
};
using OperatorRef = std::shared_ptr<const Operator>;

using LoginNonce = std::array<std::uint8_t, 32>;

/// Thread-safe.
class OperatorBook {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Add is kAlreadyExists when the name is there.
  Status Add(OperatorRef who);
  /// Remove ends the operator's sessions too; kNotFound.
  Status Remove(std::string_view name);
  /// Find returns null for a name that is not there.
  OperatorRef Find(std::string_view name) const;

  /// Expect remembers a challenge for a minute; kResourceExhausted when 64 are open.
  Status Expect(const LoginNonce& nonce, Bytes message, Time now);
  /// Take uses a challenge up; false when it is not exactly one that is open.
  bool Take(const LoginNonce& nonce, ByteSpan message, Time now);

  /// Admit and Succeed are those of the name's LoginThrottle.
  LoginThrottle::Duration Admit(std::string_view name, Time now);
  void Succeed(std::string_view name);

  /// Keep makes a session of `who` known, so that it ends with its operator; false, and the session
  /// ended, when that operator was removed or zeroised since it was found.
  bool Keep(const OperatorRef& who, const SessionRef& session);
  /// How many sessions are remembered, those that their holders dropped included.
  std::size_t sessions() const;
  /// Clear forgets everything but the throttles and ends all sessions.
  void Clear();

 private:
  struct Challenge {
    Bytes message;
    Time until;
  };
  LoginThrottle& ThrottleOf(std::string_view name);
  void EndSessionsOf(std::string_view name);

  mutable std::mutex mutex_;
  std::map<std::string, OperatorRef, std::less<>> operators_;
  std::map<LoginNonce, Challenge> challenges_;
  std::array<LoginThrottle, kThrottles> throttles_;
  std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace vallum::module
