// SPDX-License-Identifier: Apache-2.0
// Requirement: role-matrix
// Requirement: audit-events
#include "module/authorisation.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "module/impl.h"
#include "module/session.h"

namespace vallum::module {

std::string_view Name(Role role) {
  constexpr std::array<std::string_view, kRoleCount> kNames = {"unauthenticated", "user",
                                                               "crypto-officer", "auditor"};
  return kNames[static_cast<std::size_t>(role)];
}

std::string_view Name(Management service) { return RowOf(service).name; }

std::string_view Name(Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames = {"success", "failure", "denied"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view ServiceRecord::ServiceName() const {
  return operation_ != nullptr ? vallum::module::Name(operation_->operation) : management_->name;
}

bool ServiceRecord::IsExempt() const {
  if (management_ == nullptr) return false;
  const Exempt exempt = management_->exempt;
  const State state = impl_.gate.state();
  return (exempt == Exempt::kBeforeUnsealing && state == State::kUninitialised) ||
         (exempt == Exempt::kAfterFailure && state == State::kErrorHard);
}

Status ServiceRecord::Authorise() {
  if (impl_.roles == RoleModel::kImplicit) {
    role_ = roles_.Has(Role::kCryptoOfficer) ? Role::kCryptoOfficer : Role::kUser;
    return {};
  }
  const Session* session = OperatorScope::Current();
  const bool live = session != nullptr && session->IsLiveIn(impl_);
  if (live) NameOperator(session->operator_name(), session->role());
  if (roles_.Has(live ? session->role() : Role::kUnauthenticated) || IsExempt()) return {};
  outcome_ = Outcome::kDenied;
  if (!live) {
    return Error(Code::kUnauthenticated,
                 fmt::format("{} needs an operator who is logged in to the module", ServiceName()));
  }
  return PermissionDenied(fmt::format("the role {} does not have the service {}",
                                      Name(session->role()), ServiceName()));
}

void ServiceRecord::NameOperator(std::string name, Role role) {
  operator_name_ = std::move(name);
  role_ = role;
}

void ServiceRecord::Send() {
  if (!impl_.audit) return;
  impl_.audit({.time = SystemClock().Now(),
               .role = role_,
               .operator_name = std::move(operator_name_),
               .service = ServiceName(),
               .outcome = outcome_,
               .key = key_});
}

}  // namespace vallum::module
