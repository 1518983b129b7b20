// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_token.h"

#include <chrono>
#include <map>
#include <mutex>

#include "base/file.h"
#include "p11/token/remote_key.h"
#include "p11/token/remote_objects.h"
#include "remote/pool.h"

namespace vallum::p11 {
namespace {

using Clock = std::chrono::steady_clock;
using PoolRef = std::shared_ptr<remote::Pool>;

constexpr std::size_t kMaxCredentialSize = 64 << 10;
constexpr std::size_t kMostPages = 10'000;
constexpr std::chrono::seconds kFresh{1};
// At most a twentieth of the time goes into looking for changes.
constexpr int kShareOfTime = 20;

// What cannot be reached is not there.
Rv NotThere(const Error& error) {
  switch (error.code()) {
    case Code::kNetwork:
    case Code::kTimeout:
    case Code::kUnavailable:
      return CKR_TOKEN_NOT_PRESENT;
    case Code::kConfiguration:
    case Code::kNotFound:
    case Code::kInvalidArgument:
    case Code::kPermissionDenied:
    case Code::kUnauthenticated:
      return CKR_TOKEN_NOT_RECOGNIZED;
    default:
      return RvOf(error.code());
  }
}

template <typename T>
Ck<T> OrNotThere(Result<T> result) {
  if (!result) return NotThere(result.error());
  return *std::move(result);
}

class RemoteToken final : public Token {
 public:
  RemoteToken(module::Module& module, RemoteConfig config)
      : module_(module), config_(std::move(config)) {}

  Ck<TokenInfo> Info() override;
  std::string_view Description() const override { return "Vallum server"; }
  bool NeedsLogin() const override { return false; }
  Done Initialise(const SecretBytes&, std::string_view) override { return ReadOnly(); }
  Done Login(User user, const SecretBytes& pin) override;
  void Logout() override {}
  Done InitUserPin(const SecretBytes&) override { return ReadOnly(); }
  Done SetPin(User, const SecretBytes&, const SecretBytes&) override { return ReadOnly(); }
  Ck<bool> Changed() override;
  Ck<std::vector<StoredObject>> Load() override;
  Ck<StoredObject> Put(const StoredObject&) override { return Fail(CKR_TOKEN_WRITE_PROTECTED); }
  Done Destroy(const KeyId&) override { return ReadOnly(); }
  Done GrantInvocations(const KeyId&, module::Key&) override { return Fail(CKR_KEY_EXHAUSTED); }

 private:
  static Done ReadOnly() { return Fail(CKR_TOKEN_WRITE_PROTECTED); }
  Result<PoolRef> Connections();
  Result<PoolRef> OpenPool() const;
  Result<std::vector<ServerKey>> ListKeys(remote::Pool& pool);
  Result<Bytes> PublicKeyOf(remote::Pool& pool, const ServerKey& key);
  Done AddObjects(const PoolRef& pool, const ServerKey& key, std::vector<StoredObject>& objects);

  module::Module& module_;
  const RemoteConfig config_;
  std::mutex mutex_;  ///< guards what follows
  PoolRef pool_;
  bool loaded_ = false;
  Clock::time_point look_again_;
  std::map<std::pair<KeyId, std::uint32_t>, Bytes> public_keys_;  ///< of a version, never another
};

Ck<TokenInfo> RemoteToken::Info() {
  // The same for every client of the installation, whatever certificate it has just now.
  const Bytes ca = TRY(OrNotThere(ReadFile(config_.ca, kMaxCredentialSize)));
  const auto digest = TRY(module_.Sha256({ca, AsBytes(config_.label)}));
  TokenInfo info;
  info.initialised = true;
  info.label = config_.label;
  info.serial = ToHex(ByteSpan(digest).first(8));
  info.model = "vallumd";
  info.user.is_set = true;
  return info;
}

Done RemoteToken::Login(User user, const SecretBytes&) {
  if (user == User::kOfficer) return Fail(CKR_USER_TYPE_INVALID);
  return {};
}

Result<PoolRef> RemoteToken::OpenPool() const {
  net::TlsContext::ClientOptions tls;
  tls.library = TRY(module_.TlsLibrary());
  tls.gate = [&module = module_](const std::function<void()>& step) {
    return module.RunTlsStep(step);
  };
  tls.certificate_pem = AsText(TRY(ReadFile(config_.certificate, kMaxCredentialSize)));
  tls.key_pem = TRY(ReadSecretFile(config_.key, kMaxCredentialSize));
  tls.server_ca_pem = AsText(TRY(ReadFile(config_.ca, kMaxCredentialSize)));
  auto context = TRY(net::TlsContext::Client(std::move(tls)));
  return PoolRef(TRY(remote::Pool::Create({.servers = config_.servers}, std::move(context))));
}

Result<PoolRef> RemoteToken::Connections() {
  const std::lock_guard lock(mutex_);
  if (pool_ == nullptr) pool_ = TRY(OpenPool());
  return pool_;
}

Ck<bool> RemoteToken::Changed() {
  const std::lock_guard lock(mutex_);
  return !loaded_ || Clock::now() >= look_again_;
}

Result<std::vector<ServerKey>> RemoteToken::ListKeys(remote::Pool& pool) {
  std::vector<ServerKey> all;
  std::string after;
  for (std::size_t page = 0; page < kMostPages; ++page) {
    const std::string target = "/v1/keys?limit=1000&after=" + remote::PathSegment(after);
    remote::Reply reply = TRY(pool.Send({.method = "GET",
                                         .target = target,
                                         .repeat = remote::Repeat::kYes,
                                         .wait = remote::Wait::kLong}));
    ServerKeys keys = TRY(ReadKeys(TRY(reply.Json())));
    for (ServerKey& key : keys.keys) {
      if (IsUsable(key)) all.push_back(std::move(key));
    }
    if (keys.next.empty()) return all;
    if (keys.next <= after) break;
    after = std::move(keys.next);
  }
  return Error(Code::kNetwork, "the server's list of keys has no end");
}

Result<Bytes> RemoteToken::PublicKeyOf(remote::Pool& pool, const ServerKey& key) {
  const std::pair which{key.id, key.version};
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = public_keys_.find(which); at != public_keys_.end()) return at->second;
  }
  const std::string target = "/v1/keys/" + remote::PathSegment(key.name) +
                             "/public?version=" + std::to_string(key.version);
  remote::Reply reply =
      TRY(pool.Send({.method = "GET", .target = target, .repeat = remote::Repeat::kYes}));
  Bytes spki = TRY(ReadPublicKey(TRY(reply.Json()), key.version));
  const std::lock_guard lock(mutex_);
  return public_keys_.emplace(which, std::move(spki)).first->second;
}

Done RemoteToken::AddObjects(const PoolRef& pool, const ServerKey& key,
                             std::vector<StoredObject>& objects) {
  Bytes spki;
  if (module::IsAsymmetric(key.algorithm)) {
    auto read = PublicKeyOf(*pool, key);
    // Gone since it was listed, or not for this principal: as if it had not been listed.
    if (!read && (read.error().code() == Code::kNotFound ||
                  read.error().code() == Code::kPermissionDenied)) {
      return {};
    }
    spki = TRY(OrNotThere(std::move(read)));
  }
  auto remote = std::make_shared<KeyMaterial>(module_, key.id, key.algorithm,
                                              MakeRemoteKey(module_, pool, key));
  objects.push_back(TRY(PrivateHalf(key, spki, std::move(remote))));
  if (spki.empty()) return {};
  auto local = std::make_shared<KeyMaterial>(module_, KeyForm{key.algorithm, spki});
  objects.push_back(TRY(PublicHalf(key, spki, std::move(local))));
  return {};
}

Ck<std::vector<StoredObject>> RemoteToken::Load() {
  const auto start = Clock::now();
  const PoolRef pool = TRY(OrNotThere(Connections()));
  std::vector<StoredObject> objects;
  for (const ServerKey& key : TRY(OrNotThere(ListKeys(*pool)))) {
    TRY(AddObjects(pool, key, objects));
  }
  const auto end = Clock::now();
  const std::lock_guard lock(mutex_);
  loaded_ = true;
  look_again_ = end + std::max<Clock::duration>(kFresh, kShareOfTime * (end - start));
  return objects;
}

}  // namespace

std::unique_ptr<Token> MakeRemoteToken(module::Module& module, RemoteConfig config) {
  return std::make_unique<RemoteToken>(module, std::move(config));
}

}  // namespace vallum::p11
