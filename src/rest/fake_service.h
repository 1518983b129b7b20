// SPDX-License-Identifier: Apache-2.0
// A Service with canned answers, and what a test needs to send it requests. For tests only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rest/rest.h"

namespace vallum::rest {

/// FakeAuditLog answers reads with fixed bytes.
class FakeAuditLog final : public audit::AuditLog {
 public:
  Result<std::uint64_t> Append(const audit::Record&) override { return 0; }
  Status Sync(std::uint64_t) override { return {}; }
  Result<std::string> Checkpoint() override { return std::string("checkpoint"); }
  void OnCheckpoint(std::function<void(std::uint64_t)>) override {}
  std::uint64_t size() const override { return 7; }
  Status health() const override { return {}; }
  Status Reopen() override { return {}; }
  Result<Bytes> ReadTile(unsigned, std::uint64_t, unsigned) override { return Bytes(32, 0xaa); }
  Result<Bytes> ReadEntries(std::uint64_t, unsigned) override { return Bytes(5, 0xbb); }
  Result<std::string> ReadCheckpoint() override { return std::string("vallum/test\n7\n"); }
  Result<std::string> ReadEntry(std::uint64_t) override { return std::string("{}"); }
  std::string VerifierKey() const override { return "vallum/test+00000000+AAAA"; }
};

/// FakeService answers every call with success, or with `failure`. Not thread-safe.
class FakeService final : public service::Service {
 public:
  std::optional<Error> failure;                     ///< of the whole call
  std::vector<std::optional<Error>> item_failures;  ///< by position in a batch
  service::Health health;
  service::Caller last_caller;
  std::vector<std::pair<std::string, Code>> refusals;  ///< what RecordRefusal was told
  int calls = 0;
  bool signs_for_long = false;

  RequestId NewRequestId() override;
  service::Health GetHealth() override;
  Result<StatusReport> GetStatus(const service::Caller&) override;
  Result<std::vector<module::SelfTestResult>> SelfTest(const service::Caller&) override;
  Result<Zeroised> Zeroise(const service::Caller&) override;
  Result<service::Approved<SecretBytes>> Random(const service::Caller&, std::size_t) override;
  Result<service::Approved<service::KeyInfo>> CreateKey(const service::Caller&,
                                                        const service::CreateKeyRequest&) override;
  Result<Batch<service::KeyInfo>> CreateKeys(const service::Caller&,
                                             std::span<const service::CreateKeyRequest>) override;
  Result<service::Approved<service::KeyInfo>> ImportKey(const service::Caller&,
                                                        const service::ImportKeyRequest&) override;
  Result<service::KeyPage> ListKeys(const service::Caller&, std::string_view, std::string_view,
                                    std::size_t) override;
  Result<service::KeyInfo> ShowKey(const service::Caller&, std::string_view) override;
  Result<service::Approved<service::KeyInfo>> RotateKey(const service::Caller&,
                                                        std::string_view) override;
  Result<service::KeyInfo> SetKeyState(const service::Caller&, const service::KeyUse&,
                                       service::KeyState) override;
  Result<Bytes> PublicKey(const service::Caller&, const service::KeyUse&) override;
  Result<Batch<service::Sealed>> Encrypt(const service::Caller&, const service::KeyUse&,
                                         std::span<const PlaintextItem>) override;
  Result<Batch<SecretBytes>> Decrypt(const service::Caller&, std::string_view,
                                     std::span<const CiphertextItem>) override;
  bool SignsForLong(std::string_view) override { return signs_for_long; }
  Result<Batch<service::Signed>> Sign(const service::Caller&, const service::KeyUse&,
                                      module::Scheme, std::span<const service::SignInput>) override;
  Result<Batch<Verified>> Verify(const service::Caller&, const service::KeyUse&, module::Scheme,
                                 std::span<const VerifyItem>) override;
  Result<Batch<service::Signed>> Mac(const service::Caller&, const service::KeyUse&,
                                     std::span<const ByteSpan>) override;
  Result<Batch<Verified>> VerifyMac(const service::Caller&, const service::KeyUse&,
                                    std::span<const VerifyItem>) override;
  Result<service::Approved<service::DataKey>> GenerateDataKey(const service::Caller&,
                                                              const service::KeyUse&,
                                                              ByteSpan) override;
  Result<service::Approved<service::Wrapped>> Wrap(const service::Caller&, const service::KeyUse&,
                                                   const service::KeyUse&) override;
  Result<service::Approved<service::EncapsulatedKey>> Encapsulate(const service::Caller&,
                                                                  const service::KeyUse&) override;
  Result<service::Approved<SecretBytes>> Decapsulate(const service::Caller&, const service::KeyUse&,
                                                     ByteSpan) override;
  Result<service::NewPrincipal> CreatePrincipal(const service::Caller&,
                                                const service::CreatePrincipalRequest&) override;
  Result<std::vector<policy::Principal>> ListPrincipals(const service::Caller&) override;
  Status RevokePrincipal(const service::Caller&, std::string_view) override;
  Status SetGrant(const service::Caller&, const service::GrantRequest&) override;
  Result<service::ObjectPage> ListObjects(const service::Caller&,
                                          const service::ObjectListing&) override;
  Result<service::Object> PutObject(const service::Caller&,
                                    const service::PutObjectRequest&) override;
  Status DeleteObject(const service::Caller&, std::string_view) override;
  Result<audit::AuditLog*> OpenAudit(const service::Caller&) override;
  void RecordRefusal(const service::Caller&, std::string_view, const Error&) override;

 private:
  Status Called(const service::Caller& caller);
  template <typename T, typename Make>
  Result<Batch<T>> Each(const service::Caller& caller, std::size_t count, Make make);
  FakeAuditLog log_;
};

/// Reply of the API, taken apart for a test.
struct Reply {
  unsigned status = 0;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string Header(std::string_view name) const;
};

enum class As : std::uint8_t { kAnonymous, kClient };

/// Send makes one request with a JSON body (none when empty).
Reply Send(RestApi& api, std::string_view method, std::string_view target, std::string_view body,
           As as = As::kClient, std::vector<std::pair<std::string, std::string>> headers = {});

}  // namespace vallum::rest
