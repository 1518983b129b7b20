// SPDX-License-Identifier: Apache-2.0
// Keys that the server lists are objects by themselves. What Cryptoki made or changed has a record besides
// (remote_record.h), which says it all; the key that it names is shown by no other object.
#include "p11/token/remote_token.h"

#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include "base/file.h"
#include "p11/mechanism/key_types.h"
#include "p11/token/remote_key.h"
#include "p11/token/remote_objects.h"
#include "p11/token/remote_record.h"
#include "p11/token/remote_server.h"

namespace vallum::p11 {
namespace {

using Clock = std::chrono::steady_clock;
using PoolRef = std::shared_ptr<remote::Pool>;

constexpr std::size_t kMaxCredentialSize = 64 << 10;
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

/// Listed is what the server has.
struct Listed {
  std::map<std::string, ServerKey> keys;  ///< by name
  std::vector<ServerObject> records;
};

class RemoteToken final : public Token, private KeyMaker {
 public:
  RemoteToken(module::Module& module, RemoteConfig config)
      : module_(module), config_(std::move(config)) {}

  Ck<TokenInfo> Info() override;
  std::string_view Description() const override { return "Vallum server"; }
  bool NeedsLogin() const override { return false; }
  Done Initialise(const SecretBytes&, std::string_view) override { return NotHere(); }
  Done Login(User user, const SecretBytes& pin) override;
  void Logout() override {}
  Done InitUserPin(const SecretBytes&) override { return NotHere(); }
  Done SetPin(User, const SecretBytes&, const SecretBytes&) override { return NotHere(); }
  Ck<bool> Changed() override;
  Ck<std::vector<StoredObject>> Load() override;
  Ck<StoredObject> Put(const StoredObject& object) override;
  Done Destroy(const KeyId& id) override;
  Done GrantInvocations(const KeyId&, module::Key&) override { return Fail(CKR_KEY_EXHAUSTED); }
  KeyMaker* Maker() override { return this; }

 private:
  static Done NotHere() { return Fail(CKR_TOKEN_WRITE_PROTECTED); }
  Ck<Made> Make(const module::KeySpec& spec, Attributes& attributes, const KeyId& id) override;
  Result<PoolRef> Connections();
  Result<PoolRef> OpenPool() const;
  Result<Bytes> PublicKeyOf(remote::Pool& pool, const ServerKey& key);
  MaterialRef UsedThere(const PoolRef& pool, const KeyId& id, const ServerKey& key);
  std::optional<ServerKey> KeyOf(const KeyId& id);

  Done AddKey(const PoolRef& pool, const ServerKey& key, std::vector<StoredObject>& objects);
  Ck<std::optional<StoredObject>> ObjectOf(const PoolRef& pool, const ServerObject& stored,
                                           const RemoteRecord& record, const Listed& listed);
  Ck<std::vector<StoredObject>> Objects(const PoolRef& pool, const Listed& listed);

  module::Module& module_;
  const RemoteConfig config_;
  std::mutex mutex_;  ///< guards what follows
  PoolRef pool_;
  bool loaded_ = false;
  Clock::time_point look_again_;
  std::map<std::pair<KeyId, std::uint32_t>, Bytes> public_keys_;  ///< of a version, never another
  std::map<KeyId, ServerKey> keys_;  ///< of the server, behind objects that have a record
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

Result<Bytes> RemoteToken::PublicKeyOf(remote::Pool& pool, const ServerKey& key) {
  const std::pair which{key.id, key.version};
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = public_keys_.find(which); at != public_keys_.end()) return at->second;
  }
  Bytes spki = TRY(ReadServerPublicKey(pool, key));
  const std::lock_guard lock(mutex_);
  return public_keys_.emplace(which, std::move(spki)).first->second;
}

MaterialRef RemoteToken::UsedThere(const PoolRef& pool, const KeyId& id, const ServerKey& key) {
  return std::make_shared<KeyMaterial>(module_, id, key.algorithm,
                                       MakeRemoteKey(module_, pool, key));
}

std::optional<ServerKey> RemoteToken::KeyOf(const KeyId& id) {
  const std::lock_guard lock(mutex_);
  const auto at = keys_.find(id);
  if (at == keys_.end()) return std::nullopt;
  return at->second;
}

Done RemoteToken::AddKey(const PoolRef& pool, const ServerKey& key,
                         std::vector<StoredObject>& objects) {
  if (!IsUsable(key)) return {};
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
  objects.push_back(TRY(PrivateHalf(key, spki, UsedThere(pool, key.id, key))));
  if (spki.empty()) return {};
  auto local = std::make_shared<KeyMaterial>(module_, KeyForm{key.algorithm, spki});
  objects.push_back(TRY(PublicHalf(key, spki, std::move(local))));
  return {};
}

// Nothing for a key that the server no longer has.
Ck<std::optional<StoredObject>> RemoteToken::ObjectOf(const PoolRef& pool,
                                                      const ServerObject& stored,
                                                      const RemoteRecord& record,
                                                      const Listed& listed) {
  StoredObject object{.id = TRY(IdOfRecord(stored.name)),
                      .revision = stored.revision,
                      .attributes = record.attributes,
                      .material = nullptr};
  const auto object_class = record.attributes.Number(CKA_CLASS).value_or(CKO_VENDOR_DEFINED);
  if (object_class == CKO_PUBLIC_KEY) {
    const Bytes* spki = record.attributes.Find(CKA_PUBLIC_KEY_INFO);
    if (spki == nullptr) return Fail(CKR_DEVICE_ERROR);
    const KeyForm form{TRY(AlgorithmOfPair(record.attributes)), *spki};
    object.material = std::make_shared<KeyMaterial>(module_, form);
  }
  if (object_class == CKO_PRIVATE_KEY || object_class == CKO_SECRET_KEY) {
    const auto at = listed.keys.find(record.key);
    if (at == listed.keys.end()) return std::optional<StoredObject>();
    ServerKey key = at->second;
    key.version = record.version;
    object.material = UsedThere(pool, object.id, key);
    const std::lock_guard lock(mutex_);
    keys_.insert_or_assign(object.id, std::move(key));
  }
  return std::optional(std::move(object));
}

Ck<std::vector<StoredObject>> RemoteToken::Objects(const PoolRef& pool, const Listed& listed) {
  std::vector<StoredObject> objects;
  std::set<std::string> described;
  for (const ServerObject& stored : listed.records) {
    const RemoteRecord record = TRY(DecodeRemoteRecord(stored.value));
    described.insert(record.key);
    if (auto object = TRY(ObjectOf(pool, stored, record, listed))) {
      objects.push_back(*std::move(object));
    }
  }
  for (const auto& [name, key] : listed.keys) {
    if (!described.contains(name)) TRY(AddKey(pool, key, objects));
  }
  return objects;
}

Ck<std::vector<StoredObject>> RemoteToken::Load() {
  const auto start = Clock::now();
  const PoolRef pool = TRY(OrNotThere(Connections()));
  Listed listed;
  // Records first: a key made meanwhile may lack its record, a record's key never does.
  listed.records = TRY(OrNotThere(ListServerObjects(*pool, kRecordPrefix)));
  for (ServerKey& key : TRY(OrNotThere(ListServerKeys(*pool)))) {
    std::string name = key.name;
    listed.keys.emplace(std::move(name), std::move(key));
  }
  auto objects = TRY(Objects(pool, listed));
  const auto end = Clock::now();
  const std::lock_guard lock(mutex_);
  loaded_ = true;
  look_again_ = end + std::max<Clock::duration>(kFresh, kShareOfTime * (end - start));
  return objects;
}

Ck<KeyMaker::Made> RemoteToken::Make(const module::KeySpec& spec, Attributes& attributes,
                                     const KeyId& id) {
  const Algorithm algorithm = TRY(AlgorithmServed(spec.algorithm, attributes));
  const module::Usages usages = UsagesOf(attributes, algorithm);
  const PoolRef pool = TRY(Connections());
  const Bytes* label = attributes.Find(CKA_LABEL);
  const std::string wanted = KeyNameFor(label == nullptr ? "" : AsText(*label), id);
  auto made = CreateServerKey(*pool, wanted, algorithm, usages);
  if (!made && made.error().code() == Code::kAlreadyExists) {
    made = CreateServerKey(*pool, KeyNameFor("", id), algorithm, usages);
  }
  const ServerKey key = TRY(std::move(made));
  Bytes spki;
  if (module::IsAsymmetric(algorithm)) spki = TRY(PublicKeyOf(*pool, key));
  attributes.SetFlag(CKA_COPYABLE, false);
  attributes.SetDefault(CKA_ALLOWED_MECHANISMS, MechanismsOf(algorithm));
  const std::lock_guard lock(mutex_);
  keys_.insert_or_assign(id, key);
  return Made{.material = UsedThere(pool, id, key), .spki = std::move(spki)};
}

Ck<StoredObject> RemoteToken::Put(const StoredObject& object) {
  const std::optional<ServerKey> key = KeyOf(object.id);
  const bool kept_there = object.material == nullptr || object.material->is_public() || key;
  // The server takes no keys from here, and keeps what is not secret.
  if (!kept_there || object.value != nullptr) return Fail(CKR_TEMPLATE_INCONSISTENT);
  const Bytes record = EncodeRemoteRecord({.key = key ? key->name : std::string(),
                                           .version = key ? key->version : 0,
                                           .attributes = object.attributes});
  const PoolRef pool = TRY(Connections());
  auto revision = PutServerObject(*pool, RecordName(object.id), record, object.revision);
  if (!revision && object.revision == 0 && key) (void)DestroyServerKey(*pool, *key);
  StoredObject stored = object;
  stored.revision = TRY(As(std::move(revision), Code::kConflict, CKR_OBJECT_HANDLE_INVALID));
  return stored;
}

Done RemoteToken::Destroy(const KeyId& id) {
  const PoolRef pool = TRY(Connections());
  if (const auto key = KeyOf(id)) TRY(DestroyServerKey(*pool, *key));
  TRY(DeleteServerObject(*pool, RecordName(id)));
  const std::lock_guard lock(mutex_);
  keys_.erase(id);
  return {};
}

}  // namespace

std::unique_ptr<Token> MakeRemoteToken(module::Module& module, RemoteConfig config) {
  return std::make_unique<RemoteToken>(module, std::move(config));
}

}  // namespace vallum::p11
