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
  ServiceRecord(Module::Impl& impl, Operation operation)
      : impl_(impl),
        operation_(&RowOf(operation)),
        roles_(operation_->roles),
        audit_(operation_->audit) {}
  ServiceRecord(Module::Impl& impl, Management service)
      : impl_(impl),
        management_(&RowOf(service)),
        roles_(management_->roles),
        audit_(management_->audit) {}
  ~ServiceRecord() {
    if (audit_ == Audit::kAlways || outcome_ == Outcome::kDenied) Send();
  }
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
  std::string_view ServiceName() const;
  bool IsExempt() const;
  void Send();

  Module::Impl& impl_;
  const OperationRow* operation_ = nullptr;    // one of these
  const ManagementRow* management_ = nullptr;  // two is set
  Roles roles_;
  Audit audit_;
  Outcome outcome_ = Outcome::kFailure;
  std::optional<KeyId> key_;
  std::string operator_name_;
  Role role_ = Role::kUnauthenticated;
};

}  // namespace vallum::module
