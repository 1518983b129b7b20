// SPDX-License-Identifier: Apache-2.0
// Session: an operator who has been authenticated.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "module/key_registry.h"
#include "module/module.h"

namespace vallum::module {

/// Names one start of the module; random, so that nothing from another start fits.
using InstanceId = std::array<std::uint8_t, 16>;

/// Immutable but for its end; thread-safe.
class Session final : public Zeroisable {
 public:
  Session(const InstanceId& instance, std::string operator_name, Role role)
      : instance_(instance), operator_name_(std::move(operator_name)), role_(role) {
    Enter();
  }
  ~Session() override { Leave(); }

  const std::string& operator_name() const { return operator_name_; }
  Role role() const { return role_; }
  /// IsLiveIn is false once the session ended, in another module, and after the module failed.
  bool IsLiveIn(Module::Impl& impl) const;
  /// End makes the session dead; EndSession also zeroises its keys.
  void End();
  /// Own ties a key to the session; TakeKeys returns those that are still open.
  void Own(const KeyRef& key);
  std::vector<KeyRef> TakeKeys();

 private:
  bool WipeMaterial(WipeLedger&) override { return true; }

  InstanceId instance_;
  std::string operator_name_;
  Role role_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Key>> keys_;
};

}  // namespace vallum::module
