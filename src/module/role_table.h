// SPDX-License-Identifier: Apache-2.0
// The role table: which role may use which service, and which services leave an audit event. The checks,
// their tests and the Security Policy derive from it. What is not here is denied to everybody.
// Requirement: role-matrix
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "module/algorithm.h"
#include "module/role.h"

namespace vallum::module {

/// Roles is a set of Role, one bit each.
class Roles {
 public:
  template <typename... R>
  constexpr explicit Roles(R... roles) : bits_((0u | ... | Bit(roles))) {}
  constexpr bool Has(Role role) const { return (bits_ & Bit(role)) != 0; }

 private:
  static constexpr std::uint32_t Bit(Role role) { return 1u << static_cast<unsigned>(role); }
  std::uint32_t bits_;
};

inline constexpr Roles kNobody{};
inline constexpr Roles kOfficers(Role::kCryptoOfficer);
inline constexpr Roles kUsers(Role::kUser);
inline constexpr Roles kKeyHolders(Role::kUser, Role::kCryptoOfficer);
inline constexpr Roles kOperators(Role::kUser, Role::kCryptoOfficer, Role::kAuditor);
inline constexpr Roles kAnybody(Role::kUnauthenticated, Role::kUser, Role::kCryptoOfficer,
                                Role::kAuditor);

enum class Audit : std::uint8_t {
  kDenials,  ///< an event only when the caller was denied
  kAlways,
};

struct OperationRow {
  Operation operation;
  Roles roles;
  Audit audit;
};

/// One row an operation, in the order of the enum.
inline constexpr std::array kOperationRoles = {
    OperationRow{Operation::kGenerate, kOfficers, Audit::kAlways},
    OperationRow{Operation::kImport, kOfficers, Audit::kAlways},
    OperationRow{Operation::kExportPublic, kOperators, Audit::kDenials},
    OperationRow{Operation::kEncrypt, kUsers, Audit::kDenials},
    OperationRow{Operation::kDecrypt, kUsers, Audit::kDenials},
    OperationRow{Operation::kSign, kUsers, Audit::kDenials},
    OperationRow{Operation::kVerify, kKeyHolders, Audit::kDenials},
    OperationRow{Operation::kMac, kUsers, Audit::kDenials},
    OperationRow{Operation::kVerifyMac, kUsers, Audit::kDenials},
    OperationRow{Operation::kWrap, kOfficers, Audit::kAlways},
    OperationRow{Operation::kUnwrap, kOfficers, Audit::kAlways},
    OperationRow{Operation::kEncapsulate, kUsers, Audit::kDenials},
    OperationRow{Operation::kDecapsulate, kUsers, Audit::kDenials},
    OperationRow{Operation::kRandom, kKeyHolders, Audit::kDenials},
    OperationRow{Operation::kDigest, kAnybody, Audit::kDenials},
    OperationRow{Operation::kDerive, kKeyHolders, Audit::kAlways},
    OperationRow{Operation::kAgree, kKeyHolders, Audit::kAlways},
    OperationRow{Operation::kExportSecret, kOfficers, Audit::kAlways},
};

static_assert([] {
  std::size_t number = 0;
  for (const OperationRow& row : kOperationRoles) {
    if (row.operation != static_cast<Operation>(number++)) return false;
  }
  return number == static_cast<std::size_t>(Operation::kExportSecret) + 1;
}());

/// When a service needs no role although the table names one.
enum class Exempt : std::uint8_t {
  kNever,
  kBeforeUnsealing,  ///< State::kUninitialised: there is nobody who could have logged in
  kAfterFailure,  ///< State::kErrorHard: sessions are dead, and destroying must still be possible
};

struct ManagementRow {
  Management service;
  std::string_view name;
  Roles roles;
  Exempt exempt;
  Audit audit;
};

/// One row a management service, in the order of the enum. Unsealing and enrolling the first officer
/// are authenticated by the root key that they take.
inline constexpr std::array kManagementRoles = {
    ManagementRow{Management::kStatus, "status", kAnybody, Exempt::kNever, Audit::kDenials},
    ManagementRow{Management::kSelfTest, "self-test", kOfficers, Exempt::kNever, Audit::kAlways},
    ManagementRow{Management::kShutdown, "shutdown", kAnybody, Exempt::kNever, Audit::kAlways},
    ManagementRow{Management::kGenerateRootKey, "generate-root-key", kOfficers,
                  Exempt::kBeforeUnsealing, Audit::kAlways},
    ManagementRow{Management::kCreateKek, "create-kek", kOfficers, Exempt::kBeforeUnsealing,
                  Audit::kAlways},
    ManagementRow{Management::kUnseal, "unseal", kAnybody, Exempt::kNever, Audit::kAlways},
    ManagementRow{Management::kOpenKey, "open-key", kKeyHolders, Exempt::kNever, Audit::kDenials},
    ManagementRow{Management::kExportPrivateKey, "export-private-key", kOfficers, Exempt::kNever,
                  Audit::kAlways},
    ManagementRow{Management::kUseForTls, "use-for-tls", kUsers, Exempt::kNever, Audit::kAlways},
    ManagementRow{Management::kGrantInvocations, "grant-invocations", kUsers, Exempt::kNever,
                  Audit::kDenials},
    ManagementRow{Management::kZeroiseKey, "zeroise-key", kOfficers, Exempt::kAfterFailure,
                  Audit::kAlways},
    ManagementRow{Management::kZeroiseAll, "zeroise-all", kOfficers, Exempt::kAfterFailure,
                  Audit::kAlways},
    ManagementRow{Management::kEnrolFirstOfficer, "enrol-first-officer", kAnybody, Exempt::kNever,
                  Audit::kAlways},
    ManagementRow{Management::kEnrolOperator, "enrol-operator", kOfficers, Exempt::kNever,
                  Audit::kAlways},
    ManagementRow{Management::kLoadOperator, "load-operator", kAnybody, Exempt::kNever,
                  Audit::kAlways},
    ManagementRow{Management::kRemoveOperator, "remove-operator", kOfficers, Exempt::kNever,
                  Audit::kAlways},
    ManagementRow{Management::kLogin, "login", kAnybody, Exempt::kNever, Audit::kAlways},
    ManagementRow{Management::kEndSession, "end-session", kOperators, Exempt::kNever,
                  Audit::kAlways},
};
static_assert(kManagementRoles.size() == kManagementCount);

constexpr const OperationRow& RowOf(Operation operation) {
  return kOperationRoles[static_cast<std::size_t>(operation)];
}

constexpr const ManagementRow& RowOf(Management service) {
  return kManagementRoles[static_cast<std::size_t>(service)];
}

}  // namespace vallum::module
