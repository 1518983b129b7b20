// SPDX-License-Identifier: Apache-2.0
// A service on a real module, a real store and a real log in a temporary folder, with a clock that
// tests move and parts that tests make fail.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "keystore/keystore.h"
#include "service/identity.h"
#include "service/module_events.h"
#include "service/service.h"
#include "service/service_impl.h"

namespace vallum::service {

class FakeClock final : public Clock {
 public:
  TimePoint Now() const override { return TimePoint(std::chrono::microseconds(now_.load())); }
  void Advance(std::chrono::microseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_{1'785'000'000'000'000};
};

/// HookedKeystore asks `before` whether a commit may go on, and tells `after` that it is durable.
class HookedKeystore final : public keystore::Keystore {
 public:
  explicit HookedKeystore(keystore::Keystore& inner) : inner_(inner) {}
  Result<keystore::Entry> Get(std::string_view key) override;
  Result<std::vector<keystore::Entry>> List(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override;
  std::vector<Result<keystore::Revision>> CommitAll(
      std::span<const keystore::Transaction* const> transactions) override;

  std::function<Status(const keystore::Transaction&)> before;
  std::function<void(const keystore::Transaction&)> after;
  std::atomic<int> reads{0};

 private:
  Result<keystore::Revision> CommitOne(const keystore::Transaction& transaction);

  keystore::Keystore& inner_;
};

/// LogFaults is what a test wants to go wrong in the log.
struct LogFaults {
  std::atomic<bool> append{false};
  std::atomic<bool> sync{false};
  std::atomic<int> reopened{0};
};

/// Test is a GoogleTest fixture; each test has its own folder, the module is shared.
class ServiceFixture : public ::testing::Test {
 protected:
  ServiceFixture();
  ~ServiceFixture() override;

  static module::Module& TheModule();
  /// Events are those of the module; a service that is opened with log_events_ set writes them.
  static ModuleEvents& Events();

  /// Open (re)opens the service on the same folder, without a clean close of what was not closed.
  void Open();
  void Close();
  /// OpenAt opens another service on a copy of the folder, as after a crash.
  std::unique_ptr<Service> OpenAt(const std::filesystem::path& folder,
                                  std::unique_ptr<keystore::Keystore>& store);
  /// CopyTo copies store and log as they are now: what a killed process would leave.
  void CopyTo(const std::filesystem::path& folder) const;

  Caller Admin() const { return CallerOf(admin_); }
  /// NewCaller makes a principal with these roles and returns a caller that uses its certificate.
  Caller NewCaller(const std::string& name, policy::Roles roles);
  Caller CallerOf(const Bytes& fingerprint) const;
  Result<NewPrincipal> MakePrincipal(const Caller& caller, const std::string& name,
                                     policy::Roles roles, std::int64_t days = 90);
  KeyInfo MakeKey(const std::string& name, module::Algorithm algorithm, bool extractable = false);
  KeyInfo MakeKeyAs(const Caller& caller, const std::string& name, module::Algorithm algorithm,
                    bool extractable = false);
  void GrantTo(const std::string& key, const std::string& principal, policy::Actions actions);

  /// Records reads the whole audit log.
  std::vector<audit::Record> Records();
  audit::Record LastRecord() { return Records().back(); }

  Result<Sealed> EncryptOne(const std::string& key, std::string_view text,
                            std::string_view aad = {}, std::uint32_t version = 0);
  Result<std::string> DecryptOne(const std::string& key, const Bytes& ciphertext,
                                 std::string_view aad = {});
  Result<Signed> SignOne(const Caller& caller, const std::string& key, std::string_view text,
                         std::uint32_t version = 0);

  const std::filesystem::path folder_;
  FakeClock clock_;
  LogFaults faults_;
  std::size_t cache_capacity_ = 4096;
  bool log_events_ = false;
  std::unique_ptr<keystore::Keystore> sqlite_;
  std::unique_ptr<HookedKeystore> store_;
  Identity identity_;
  std::unique_ptr<ServiceImpl> service_;
  Bytes admin_;
};

inline constexpr policy::Roles kUser = static_cast<policy::Roles>(policy::Role::kUser);
inline constexpr policy::Roles kOfficer = static_cast<policy::Roles>(policy::Role::kCryptoOfficer);
inline constexpr policy::Roles kAuditor = static_cast<policy::Roles>(policy::Role::kAuditor);
inline constexpr policy::Roles kOperator = static_cast<policy::Roles>(policy::Role::kOperator);

/// IsOk and IsError match Results; a failure shows the error.
MATCHER(IsOk, "is ok") {
  if (arg) return true;
  *result_listener << arg.error().ToString();
  return false;
}
MATCHER_P(IsError, code, std::string("is the error ") + std::string(CodeName(code))) {
  if (arg) {
    *result_listener << "which is ok";
    return false;
  }
  *result_listener << arg.error().ToString();
  return arg.error().code() == code;
}

}  // namespace vallum::service
