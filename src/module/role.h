// SPDX-License-Identifier: Apache-2.0
// Roles and who acts (ISO/IEC 19790:2012, 7.4). Part of the door; include module/module.h.
//
//   const SessionRef session = TRY(FinishLogin(*module, challenge, signature));
//   const OperatorScope acting(session);
//   TRY(module->Sign(...));                 // as the operator of that session
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"

namespace vallum::module {

/// Role of an operator. The numbers are stored in operator records: never reuse one.
enum class Role : std::uint8_t {
  kUnauthenticated = 0,
  kUser = 1,           ///< uses keys
  kCryptoOfficer = 2,  ///< makes, enters and destroys keys and operators
  kAuditor = 3,        ///< reads, changes nothing
};
inline constexpr std::size_t kRoleCount = 4;

/// RoleModel says who the caller is; frozen when the module starts.
enum class RoleModel : std::uint8_t {
  kImplicit,       ///< level 1: whoever calls has every role; the host decides who may call
  kAuthenticated,  ///< level 2: a role has to be authenticated; see module/authentication.h
};

/// Management is a service of the module that is no Operation on a key.
enum class Management : std::uint8_t {
  kStatus,
  kSelfTest,
  kShutdown,
  kGenerateRootKey,
  kCreateKek,
  kUnseal,
  kOpenKey,
  kExportPrivateKey,
  kUseForTls,
  kGrantInvocations,
  kZeroiseKey,
  kZeroiseAll,
  kEnrolFirstOfficer,
  kEnrolOperator,
  kLoadOperator,
  kRemoveOperator,
  kLogin,
  kEndSession,
};
inline constexpr std::size_t kManagementCount = 18;

std::string_view Name(Role role);
std::string_view Name(Management service);

/// Session is one operator's authenticated presence in this module. It ends with EndSession, with its
/// operator's removal, with zeroisation, in the error state and with the process.
class Session;
using SessionRef = std::shared_ptr<Session>;
Role RoleOf(const Session& session);
const std::string& OperatorOf(const Session& session);
bool IsLive(const Session& session);

/// OperatorScope makes this thread act for a session as long as it lives; scopes nest, and the inner
/// one counts. Other threads are not affected. A null session acts for nobody.
class OperatorScope {
 public:
  explicit OperatorScope(SessionRef session);
  ~OperatorScope();
  OperatorScope(const OperatorScope&) = delete;
  OperatorScope& operator=(const OperatorScope&) = delete;

  /// Current is the session that this thread acts for, or null.
  static Session* Current();

 private:
  SessionRef session_;
  Session* outer_;
};

enum class Outcome : std::uint8_t { kSuccess, kFailure, kDenied };
std::string_view Name(Outcome outcome);

/// AuditEvent is one service that changed keys, operators or the module, or was denied (ISO/IEC
/// 19790:2012, 7.6.3). It never holds an SSP. The host writes it to its log.
struct AuditEvent {
  TimePoint time;
  Role role = Role::kUnauthenticated;
  std::string operator_name;  ///< empty for nobody, and under RoleModel::kImplicit
  std::string_view service;
  Outcome outcome = Outcome::kFailure;
  std::optional<KeyId> key;
};

/// AuditSink is called once a service has ended, on its thread, outside the gate and all locks of the
/// module: it may call services itself. It must be thread-safe and must not throw.
using AuditSink = std::function<void(const AuditEvent&)>;

}  // namespace vallum::module
