// SPDX-License-Identifier: Apache-2.0
// The one implementation of Service; its functions stand in one file a concept.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "service/call.h"
#include "service/service.h"

namespace vallum::service {

class ServiceImpl final : public Service {
 public:
  ServiceImpl(ServiceOptions options, module::Module& module, keystore::Keystore& store,
              const Clock& clock);

  /// LogOpener is audit::AuditLog::Open, or what a test puts around it.
  using LogOpener = std::function<Result<std::unique_ptr<audit::AuditLog>>(
      audit::Options, audit::Crypto, const Clock&)>;
  /// Start opens the system keys and the log, and finishes what a crash cut off.
  Status Start(const LogOpener& open_log = audit::AuditLog::Open);

  // service.cc
  RequestId NewRequestId() override;
  Health GetHealth() override;
  Result<StatusReport> GetStatus(const Caller& caller) override;
  Result<std::vector<module::SelfTestResult>> SelfTest(const Caller& caller) override;
  Result<Approved<SecretBytes>> Random(const Caller& caller, std::size_t size) override;
  Result<audit::AuditLog*> OpenAudit(const Caller& caller) override;
  void RecordRefusal(const Caller& caller, std::string_view operation, const Error& error) override;

  // zeroisation.cc
  Result<Zeroised> Zeroise(const Caller& caller) override;

  // key_creation.cc
  Result<Approved<KeyInfo>> CreateKey(const Caller&, const CreateKeyRequest&) override;
  Result<Batch<KeyInfo>> CreateKeys(const Caller&, std::span<const CreateKeyRequest>) override;
  Result<Approved<KeyInfo>> ImportKey(const Caller&, const ImportKeyRequest&) override;
  Result<Approved<KeyInfo>> RotateKey(const Caller&, std::string_view name) override;

  // key_management.cc
  Result<KeyPage> ListKeys(const Caller&, std::string_view prefix, std::string_view after,
                           std::size_t limit) override;
  Result<KeyInfo> ShowKey(const Caller&, std::string_view name) override;
  Result<KeyInfo> SetKeyState(const Caller&, const KeyUse&, KeyState state) override;
  Result<Bytes> PublicKey(const Caller&, const KeyUse&) override;

  // encryption.cc
  Result<Batch<Sealed>> Encrypt(const Caller&, const KeyUse&,
                                std::span<const PlaintextItem>) override;
  Result<Batch<SecretBytes>> Decrypt(const Caller&, std::string_view name,
                                     std::span<const CiphertextItem>) override;
  Result<Approved<DataKey>> GenerateDataKey(const Caller&, const KeyUse&, ByteSpan aad) override;

  // signing.cc
  bool SignsForLong(std::string_view name) override;
  Result<Batch<Signed>> Sign(const Caller&, const KeyUse&, module::Scheme,
                             std::span<const SignInput>) override;
  Result<Batch<Verified>> Verify(const Caller&, const KeyUse&, module::Scheme,
                                 std::span<const VerifyItem>) override;
  Result<Batch<Signed>> Mac(const Caller&, const KeyUse&, std::span<const ByteSpan>) override;
  Result<Batch<Verified>> VerifyMac(const Caller&, const KeyUse&,
                                    std::span<const VerifyItem>) override;

  // key_transport.cc
  Result<Approved<Wrapped>> Wrap(const Caller&, const KeyUse& wrapping,
                                 const KeyUse& target) override;
  Result<Approved<EncapsulatedKey>> Encapsulate(const Caller&, const KeyUse&) override;
  Result<Approved<SecretBytes>> Decapsulate(const Caller&, const KeyUse&,
                                            ByteSpan ciphertext) override;

  // principals.cc
  Result<NewPrincipal> CreatePrincipal(const Caller&, const CreatePrincipalRequest&) override;
  Result<std::vector<policy::Principal>> ListPrincipals(const Caller&) override;
  Status RevokePrincipal(const Caller&, std::string_view name) override;
  Status SetGrant(const Caller&, const GrantRequest&) override;

  // objects.cc
  Result<ObjectPage> ListObjects(const Caller&, const ObjectListing&) override;
  Result<Object> PutObject(const Caller&, const PutObjectRequest&) override;
  Status DeleteObject(const Caller&, std::string_view name) override;

 private:
  bool ReadRecently(const std::string& principal);

  ServiceOptions options_;
  Core core_;
  module::KeyRef authority_key_;
  std::mutex audit_readers_mutex_;
  std::map<std::string, TimePoint> audit_readers_;  ///< when each was last recorded
  std::jthread module_events_;  ///< writes them; last, so that it ends before the journal
};

}  // namespace vallum::service
