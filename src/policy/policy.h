// SPDX-License-Identifier: Apache-2.0
// Who may do what: principals, roles, grants, and the one decision function.
//
// A principal is a client certificate issued by the server's CA, known by its fingerprint. A role
// says what kind of work it does; a grant gives it operations on one key. Nobody has everything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace vallum::policy {

/// Roles (FIPS 140-3 roles first; a principal may have several). The bits are stored.
enum class Role : std::uint8_t {
  kCryptoOfficer = 1u << 0,  ///< keys' life cycle, principals, grants, self-test
  kOperator = 1u << 1,       ///< status, health
  kUser = 1u << 2,           ///< uses keys that it owns or was granted
  kAuditor = 1u << 3,        ///< reads the audit log and key metadata
};

using Roles = std::uint8_t;  ///< bits of Role
constexpr bool Has(Roles roles, Role role) { return roles & static_cast<Roles>(role); }
std::string_view Name(Role role);
Result<Roles> ParseRoles(const std::vector<std::string_view>& names);
std::vector<std::string_view> RoleNames(Roles roles);

/// Action is what a caller asks for, in the service's words. The name is the audit record's
/// `operation`.
enum class Action : std::uint8_t {
  kModuleStatus,
  kModuleSelfTest,
  kKeyCreate,
  kKeyImport,
  kKeyList,
  kKeyShow,
  kKeyRotate,
  kKeyState,
  kKeyPublic,
  kEncrypt,
  kDecrypt,
  kSign,
  kVerify,
  kMac,
  kVerifyMac,
  kDataKey,
  kWrap,
  kUnwrap,
  kEncapsulate,
  kDecapsulate,
  kRandom,
  kAuditRead,
  kPrincipalCreate,
  kPrincipalList,
  kPrincipalRevoke,
  kGrantChange,
  kModuleZeroise,
  kObjectList,
  kObjectPut,
  kObjectDelete,
};
inline constexpr std::size_t kActionCount = 30;
std::string_view Name(Action action);
/// ParseAction accepts the names of actions on keys that a grant may hold.
Result<Action> ParseAction(std::string_view name);

/// Actions is a set of Action.
using Actions = std::uint32_t;
constexpr Actions Bit(Action action) { return 1u << static_cast<unsigned>(action); }
Result<Actions> ParseActions(const std::vector<std::string_view>& names);
std::vector<std::string_view> ActionNames(Actions actions);

/// Principal as stored. `name` is unique ("admin"); `fingerprint` is the certificate's SHA-256.
struct Principal {
  std::string name;
  Roles roles = 0;
  Bytes fingerprint;
  TimePoint not_after;
  bool revoked = false;
};

/// How an action is decided, from one constexpr table.
enum class Scope : std::uint8_t {
  kServer,  ///< a role is enough
  kKey,     ///< a role, and the principal owns the key or has a grant for the action
};
Scope ScopeOf(Action action);

/// Access of one principal to one key, as the service looked it up.
struct KeyAccess {
  bool owner = false;
  Actions granted = 0;
};

/// Decide is the only decision function. Ok, or kPermissionDenied (the role never allows the action)
/// or kNotFound (the key is not this principal's: the same answer as for one that does not exist).
/// For Scope::kServer actions `access` is ignored. Crypto officers see and manage every key's life
/// cycle, but using one takes the user role as well; auditors see every key's metadata.
Status Decide(const Principal& principal, Action action, const KeyAccess& access);

/// Stored form of a principal (canonical JSON, docs/formats/keystore.md).
std::string Encode(const Principal& principal);
Result<Principal> DecodePrincipal(std::string_view text);

}  // namespace vallum::policy
