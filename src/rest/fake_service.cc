// SPDX-License-Identifier: Apache-2.0
#include "rest/fake_service.h"

namespace vallum::rest {
namespace {

using service::Approved;
using service::Caller;
using service::KeyInfo;
using service::KeyUse;

constexpr module::Indicator kApprovedIndicator{.approval = module::Approval::kApproved};

KeyInfo SomeKey(std::string_view name) {
  KeyInfo key;
  key.name = name;
  key.algorithm = module::Algorithm::kEcP256;
  key.usages = module::Usage::kSign | module::Usage::kVerify;
  key.origin = module::Origin::kGenerated;
  key.owner = "admin";
  key.labels = {{"team", "pay\"roll"}};
  key.primary_version = 1;
  key.versions.resize(1);
  key.versions[0].version = 1;
  return key;
}

policy::Principal SomePrincipal(std::string_view name) {
  policy::Principal principal;
  principal.name = name;
  principal.roles = static_cast<policy::Roles>(policy::Role::kUser);
  principal.fingerprint = Bytes(32, 0x11);
  return principal;
}

SecretBytes SomeSecret(std::size_t size) { return *SecretBytes::Create(size); }

}  // namespace

Status FakeService::Called(const Caller& caller) {
  ++calls;
  last_caller = caller;
  if (failure) return *failure;
  return {};
}

template <typename T, typename Make>
Result<service::Service::Batch<T>> FakeService::Each(const Caller& caller, std::size_t count,
                                                     Make make) {
  TRY(Called(caller));
  Batch<T> results;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < item_failures.size() && item_failures[i]) {
      results.emplace_back(*item_failures[i]);
    } else {
      results.emplace_back(Approved<T>{make(), kApprovedIndicator});
    }
  }
  return results;
}

RequestId FakeService::NewRequestId() { return RequestId({1, 2, 3, 4}); }

service::Health FakeService::GetHealth() { return health; }

Result<service::Service::StatusReport> FakeService::GetStatus(const Caller& caller) {
  TRY(Called(caller));
  StatusReport report;
  report.module.state = module::State::kOperational;
  report.module.self_tests = {{"KAT_Signature/ECDSA", true, 120}};
  report.module.conditional_tests = {
      {.name = "Conditional_PCT/ECDSA", .passed = 2, .failed = 0, .last_microseconds = 90}};
  report.module.cause = module::ErrorCause{.code = Code::kSelfTestFailed,
                                           .test = "KAT_KEM/KEM_Encap",
                                           .message = "a self-test failed",
                                           .provider_error = "self test kat failure",
                                           .time = TimePoint()};
  report.module.soft_cause = report.module.cause;
  report.module.last_zeroisation = module::ZeroiseReport{};
  report.seal = "development-file";
  return report;
}

Result<std::vector<module::SelfTestResult>> FakeService::SelfTest(const Caller& caller) {
  TRY(Called(caller));
  return std::vector<module::SelfTestResult>{{"KAT_Digest/SHA2", true, 12}};
}

Result<service::Service::Zeroised> FakeService::Zeroise(const Caller& caller) {
  TRY(Called(caller));
  return Zeroised{.report = {.objects = 3,
                             .bytes = 400,
                             .lent = 1,
                             .verified = false,
                             .started = TimePoint(),
                             .finished = TimePoint()},
                  .state = module::State::kUninitialised,
                  .recorded = true};
}

Result<Approved<SecretBytes>> FakeService::Random(const Caller& caller, std::size_t size) {
  TRY(Called(caller));
  return Approved<SecretBytes>{SomeSecret(size), kApprovedIndicator};
}

Result<Approved<KeyInfo>> FakeService::CreateKey(const Caller& caller,
                                                 const service::CreateKeyRequest& request) {
  TRY(Called(caller));
  return Approved<KeyInfo>{SomeKey(request.name), kApprovedIndicator};
}

Result<service::Service::Batch<KeyInfo>> FakeService::CreateKeys(
    const Caller& caller, std::span<const service::CreateKeyRequest> requests) {
  return Each<KeyInfo>(caller, requests.size(),
                       [next = requests.begin()]() mutable { return SomeKey((next++)->name); });
}

Result<Approved<KeyInfo>> FakeService::ImportKey(const Caller& caller,
                                                 const service::ImportKeyRequest& request) {
  TRY(Called(caller));
  return Approved<KeyInfo>{SomeKey(request.key.name), kApprovedIndicator};
}

Result<service::KeyPage> FakeService::ListKeys(const Caller& caller, std::string_view,
                                               std::string_view, std::size_t) {
  TRY(Called(caller));
  return service::KeyPage{{SomeKey("a"), SomeKey("b")}, "b"};
}

Result<KeyInfo> FakeService::ShowKey(const Caller& caller, std::string_view name) {
  TRY(Called(caller));
  return SomeKey(name);
}

Result<Approved<KeyInfo>> FakeService::RotateKey(const Caller& caller, std::string_view name) {
  TRY(Called(caller));
  return Approved<KeyInfo>{SomeKey(name), kApprovedIndicator};
}

Result<KeyInfo> FakeService::SetKeyState(const Caller& caller, const KeyUse& use,
                                         service::KeyState) {
  TRY(Called(caller));
  return SomeKey(use.name);
}

Result<Bytes> FakeService::PublicKey(const Caller& caller, const KeyUse&) {
  TRY(Called(caller));
  return Bytes(91, 0x30);
}

Result<service::Service::Batch<service::Sealed>> FakeService::Encrypt(
    const Caller& caller, const KeyUse&, std::span<const PlaintextItem> items) {
  return Each<service::Sealed>(caller, items.size(), [] {
    return service::Sealed{Bytes(60, 0xcc), 1};
  });
}

Result<service::Service::Batch<SecretBytes>> FakeService::Decrypt(
    const Caller& caller, std::string_view, std::span<const CiphertextItem> items) {
  return Each<SecretBytes>(caller, items.size(), [] { return SomeSecret(3); });
}

Result<service::Service::Batch<service::Signed>> FakeService::Sign(
    const Caller& caller, const KeyUse&, module::Scheme,
    std::span<const service::SignInput> items) {
  return Each<service::Signed>(caller, items.size(), [] {
    return service::Signed{Bytes(70, 0x30), 1, module::Scheme::kEcdsaSha256};
  });
}

Result<service::Service::Batch<service::Service::Verified>> FakeService::Verify(
    const Caller& caller, const KeyUse&, module::Scheme, std::span<const VerifyItem> items) {
  return Each<Verified>(caller, items.size(), [] { return Verified{}; });
}

Result<service::Service::Batch<service::Signed>> FakeService::Mac(const Caller& caller,
                                                                  const KeyUse&,
                                                                  std::span<const ByteSpan> items) {
  return Each<service::Signed>(caller, items.size(), [] {
    return service::Signed{Bytes(32, 0xdd), 1};
  });
}

Result<service::Service::Batch<service::Service::Verified>> FakeService::VerifyMac(
    const Caller& caller, const KeyUse&, std::span<const VerifyItem> items) {
  return Each<Verified>(caller, items.size(), [] { return Verified{}; });
}

Result<Approved<service::DataKey>> FakeService::GenerateDataKey(const Caller& caller, const KeyUse&,
                                                                ByteSpan) {
  TRY(Called(caller));
  return Approved<service::DataKey>{{SomeSecret(32), Bytes(92, 0xcc), 1}, kApprovedIndicator};
}

Result<Approved<service::Wrapped>> FakeService::Wrap(const Caller& caller, const KeyUse&,
                                                     const KeyUse&) {
  TRY(Called(caller));
  return Approved<service::Wrapped>{{Bytes(40, 0xee), 1}, kApprovedIndicator};
}

Result<Approved<service::EncapsulatedKey>> FakeService::Encapsulate(const Caller& caller,
                                                                    const KeyUse&) {
  TRY(Called(caller));
  return Approved<service::EncapsulatedKey>{{Bytes(1088, 0xcc), SomeSecret(32), 1},
                                            kApprovedIndicator};
}

Result<Approved<SecretBytes>> FakeService::Decapsulate(const Caller& caller, const KeyUse&,
                                                       ByteSpan) {
  TRY(Called(caller));
  return Approved<SecretBytes>{SomeSecret(32), kApprovedIndicator};
}

Result<service::NewPrincipal> FakeService::CreatePrincipal(
    const Caller& caller, const service::CreatePrincipalRequest& request) {
  TRY(Called(caller));
  return service::NewPrincipal{SomePrincipal(request.name), "certificate\n", "ca\n"};
}

Result<std::vector<policy::Principal>> FakeService::ListPrincipals(const Caller& caller) {
  TRY(Called(caller));
  return std::vector<policy::Principal>{SomePrincipal("admin"), SomePrincipal("k1")};
}

Status FakeService::RevokePrincipal(const Caller& caller, std::string_view) {
  return Called(caller);
}

Status FakeService::SetGrant(const Caller& caller, const service::GrantRequest&) {
  return Called(caller);
}

Result<service::ObjectPage> FakeService::ListObjects(const Caller& caller,
                                                     const service::ObjectListing&) {
  TRY(Called(caller));
  return service::ObjectPage{{{"a", "certificate", Bytes{1}, 1}}, "a"};
}

Result<service::Object> FakeService::PutObject(const Caller& caller,
                                               const service::PutObjectRequest& request) {
  TRY(Called(caller));
  return service::Object{request.name, request.kind, request.value, 2};
}

Status FakeService::DeleteObject(const Caller& caller, std::string_view) { return Called(caller); }

Result<audit::AuditLog*> FakeService::OpenAudit(const Caller& caller) {
  TRY(Called(caller));
  return &log_;
}

void FakeService::RecordRefusal(const Caller& caller, std::string_view operation,
                                const Error& error) {
  last_caller = caller;
  refusals.emplace_back(operation, error.code());
}

std::string Reply::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

Reply Send(RestApi& api, std::string_view method, std::string_view target, std::string_view body,
           As as, std::vector<std::pair<std::string, std::string>> headers) {
  net::Peer peer;
  peer.address = "127.0.0.1";
  if (as == As::kClient) peer.certificate_fingerprint = Bytes(32, 0x42);
  net::Request request;
  request.method = method;
  request.target = target;
  request.headers = std::move(headers);
  request.headers.emplace_back("content-type", "application/json");
  request.peer = &peer;
  if (!body.empty()) (void)request.body.Append(AsBytes(body)).has_value();
  const net::Response response = api.Handle(request);
  Reply reply;
  reply.status = response.status;
  reply.content_type = response.content_type;
  for (const auto& [name, value] : response.headers) reply.headers.emplace_back(name, value);
  reply.body = AsText(response.body.span());
  return reply;
}

}  // namespace vallum::rest
