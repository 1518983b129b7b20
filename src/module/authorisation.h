// SPDX-License-Identifier: Apache-2.0
// Who may: the check of the role table in front of every service, and the audit event behind it.
#pragma once

#include <optional>

#include "module/module.h"
#include "module/role_table.h"

namespace vallum::module {

/// ServiceRecord is what one service says of itself when it ends. Make it before locks and passes of
/// the gate, so that the event is sent after they are gone.
class ServiceRecord {
 public:
  ServiceRecord(Module::Impl& impl, Operation operation);
  ServiceRecord(Module::Impl& impl, Management service);
  ~ServiceRecord();
  ServiceRecord(const ServiceRecord&) = delete;
  ServiceRecord& operator=(const ServiceRecord&) = delete;

  /// Authorise is kUnauthenticated when nobody is logged in on this thread, kPermissionDenied when the
  /// role does not have the service. Call it inside the gate, or with the control lock held.
  Status Authorise();
  /// Concern names the key and Name the operator that the event is about.
  void Concern(const KeyId& key) { key_ = key; }
  void NameOperator(std::string name, Role role);
  void Succeed() { outcome_ = Outcome::kSuccess; }

 private:
  ServiceRecord(Module::Impl& impl, std::string_view service, Roles roles, Exempt exempt,
                Audit audit)
      : impl_(impl), service_(service), roles_(roles), exempt_(exempt), audit_(audit) {}
  bool IsExempt() const;

  Module::Impl& impl_;
  std::string_view service_;
  Roles roles_;
  Exempt exempt_;
  Audit audit_;
  Outcome outcome_ = Outcome::kFailure;
  std::optional<KeyId> key_;
  std::string operator_name_;
  Role role_ = Role::kUnauthenticated;
};

}  // namespace vallum::module
