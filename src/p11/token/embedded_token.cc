// SPDX-License-Identifier: Apache-2.0
#include "p11/token/embedded_token.h"

#include <algorithm>

#include "keystore/keystore.h"
#include "p11/token/pin.h"
#include "p11/token/record.h"
#include "p11/token/token_file.h"

namespace vallum::p11 {
namespace {

namespace fs = std::filesystem;
using keystore::Keystore;
using keystore::Transaction;

constexpr std::string_view kChangeEntry = "change";
constexpr std::string_view kObjects = "object/";
constexpr std::size_t kPage = 1000;
constexpr int kAttempts = 100;
constexpr std::uint64_t kInvocationBlock = 1 << 16;
constexpr std::uint64_t kMostInvocations = std::uint64_t{1} << 32;

std::string ObjectEntry(const KeyId& id) { return std::string(kObjects) + ToHex(id.bytes()); }
std::string CounterEntry(const KeyId& id) { return "invocations/" + ToHex(id.bytes()); }

/// What a login opened.
struct Unlocked {
  User user = User::kUser;
  SecretBytes root_key;  ///< the officer's, to set the user's PIN
  module::StoreKeyRef store;
  module::KeyRef record_key;
};

class EmbeddedToken final : public Token {
 public:
  EmbeddedToken(module::Module& module, fs::path path)
      : module_(module), file_(std::move(path)), pins_(module, file_) {}

  Ck<TokenInfo> Info() override;
  Done Initialise(const SecretBytes& pin, std::string_view label) override;
  Done Login(User user, const SecretBytes& pin) override;
  void Logout() override;
  Done InitUserPin(const SecretBytes& pin) override;
  Done SetPin(User user, const SecretBytes& old_pin, const SecretBytes& new_pin) override;
  Ck<bool> Changed() override;
  Ck<std::vector<StoredObject>> Load() override;
  Ck<StoredObject> Put(const StoredObject& object) override;
  Done Destroy(const KeyId& id) override;
  Ck<SecretBytes> Value(const KeyId& id) override;
  Done GrantInvocations(const KeyId& id, module::Key& key) override;

 private:
  Ck<TokenRecord> NewToken(const SecretBytes& pin, std::string_view label);
  Done RemoveEverything(Transaction& transaction);
  std::shared_ptr<Unlocked> unlocked() const;

  Result<Bytes> Seal(Unlocked& open, const KeyId& id, ByteSpan content);
  Result<Bytes> Check(Unlocked& open, const KeyId& id, ByteSpan body);
  /// Encrypt is AES-GCM under the record key, whose invocations are counted in the token.
  Result<module::Ciphertext> Encrypt(Unlocked& open, ByteSpan plaintext, ByteSpan associated);
  /// Open is the content of a sealed record, nothing for a checked one; kIntegrity when it was altered.
  Result<SecretBytes> Open(Unlocked& open, const KeyId& id, const ObjectRecord& record);
  /// Stored is an object as it is in the file now; `value` that of a private data object.
  Result<ObjectBody> Stored(Unlocked& open, const KeyId& id, SecretBytes& value);
  Result<Bytes> RecordOf(const StoredObject& object, Unlocked& open, MaterialRef& material);
  Result<StoredObject> ObjectOf(const keystore::Entry& entry, Unlocked* open, bool& visible);
  Result<std::uint64_t> Reserve(const KeyId& id);
  /// Commit commits a change of objects; CKR_OBJECT_HANDLE_INVALID on a conflict.
  Ck<keystore::Revision> Commit(const Transaction& change);

  module::Module& module_;
  TokenFile file_;
  std::mutex committing_;
  PinGuard pins_;
  mutable std::mutex mutex_;  ///< guards what follows
  std::shared_ptr<Unlocked> unlocked_;
  keystore::Revision seen_ = 0;  ///< of kChangeEntry
};

std::shared_ptr<Unlocked> EmbeddedToken::unlocked() const {
  const std::lock_guard lock(mutex_);
  return unlocked_;
}

Ck<TokenInfo> EmbeddedToken::Info() {
  TokenInfo info;
  const auto read = file_.ReadToken();
  if (!read && read.error().value == CKR_TOKEN_NOT_INITIALIZED) return info;
  if (!read) return read.error();
  const TokenRecord& record = read->record;
  info.initialised = true;
  info.label = record.label;
  info.serial = ToHex(record.serial);
  info.officer = {true, record.officer_failures};
  info.user = {record.user.has_value(), record.user_failures};
  return info;
}

Ck<TokenRecord> EmbeddedToken::NewToken(const SecretBytes& pin, std::string_view label) {
  TokenRecord record;
  record.label = std::string(label);
  TRY(module_.Random(record.serial));
  TRY(module_.Random(record.pepper));
  const SecretBytes root = TRY(module_.GenerateRootKey());
  record.kek_blob = TRY(module_.CreateKek(root));
  const auto store = TRY(OpenStoreKey(module_, root, record.kek_blob));
  std::array<std::uint8_t, 16> id{};
  TRY(module_.Random(id));
  record.record_key_id = KeyId(id);
  const auto made = TRY(
      module_.GenerateKey({.algorithm = module::Algorithm::kAes256Gcm}, record.record_key_id, 1));
  record.record_key = TRY(SealForStore(module_, *store, made.value.blob, record.record_key_id, 1));
  record.officer = TRY(SealUnderPin(module_, record.pepper, pin, root));
  return record;
}

Done EmbeddedToken::RemoveEverything(Transaction& transaction) {
  Keystore* store = TRY(file_.Store(keystore::Missing::kCreate));
  for (const std::string_view prefix : {kObjects, std::string_view("invocations/")}) {
    for (std::string after;;) {
      const auto page = TRY(store->List(prefix, after, kPage));
      for (const auto& entry : page) transaction.Delete(entry.key);
      if (page.size() < kPage) break;
      after = page.back().key;
    }
  }
  return {};
}

Done EmbeddedToken::Initialise(const SecretBytes& pin, std::string_view label) {
  const auto before = file_.ReadToken();
  if (before) TRY(pins_.Check(User::kOfficer, pin));
  if (!before && before.error().value != CKR_TOKEN_NOT_INITIALIZED) return before.error();
  Logout();
  Keystore* store = TRY(file_.Store(keystore::Missing::kCreate));
  const TokenRecord record = TRY(NewToken(pin, label));
  Transaction transaction;
  TRY(RemoveEverything(transaction));
  transaction.Put(std::string(kTokenEntry), EncodeToken(record))
      .Put(std::string(kChangeEntry), {0});
  // The check above may have changed the record: it counts.
  const auto now = file_.ReadToken();
  transaction.RequireRevision(std::string(kTokenEntry), now ? now->revision : 0);
  TRY(store->Commit(transaction));
  return {};
}

Done EmbeddedToken::Login(User user, const SecretBytes& pin) {
  SecretBytes root = TRY(pins_.Check(user, pin));
  const TokenFile::Read read = TRY(file_.ReadToken());
  auto open = std::make_shared<Unlocked>();
  open->user = user;
  open->store = TRY(OpenStoreKey(module_, root, read.record.kek_blob));
  open->record_key = TRY(
      OpenStoredKey(module_, *open->store, read.record.record_key, read.record.record_key_id, 1));
  if (user == User::kOfficer) open->root_key = std::move(root);
  const std::lock_guard lock(mutex_);
  unlocked_ = std::move(open);
  return {};
}

void EmbeddedToken::Logout() {
  const std::lock_guard lock(mutex_);
  unlocked_.reset();
}

Done EmbeddedToken::InitUserPin(const SecretBytes& pin) {
  const auto open = unlocked();
  if (open == nullptr || open->user != User::kOfficer) return Fail(CKR_USER_NOT_LOGGED_IN);
  const TokenFile::Read read = TRY(file_.ReadToken());
  const PinRecord made = TRY(SealUnderPin(module_, read.record.pepper, pin, open->root_key));
  return file_.Edit([&made](TokenRecord& record) -> Done {
    record.user = made;
    record.user_failures = 0;
    return {};
  });
}

Done EmbeddedToken::SetPin(User user, const SecretBytes& old_pin, const SecretBytes& new_pin) {
  const SecretBytes root = TRY(pins_.Check(user, old_pin));
  const TokenFile::Read read = TRY(file_.ReadToken());
  const PinRecord made = TRY(SealUnderPin(module_, read.record.pepper, new_pin, root));
  return file_.Edit([&made, user](TokenRecord& record) -> Done {
    (user == User::kOfficer ? record.officer : record.user.emplace()) = made;
    return {};
  });
}

Ck<bool> EmbeddedToken::Changed() {
  const auto store = file_.Store(keystore::Missing::kFail);
  if (!store && store.error().value == CKR_TOKEN_NOT_INITIALIZED) return false;
  if (!store) return store.error();
  const auto entry = (*store)->Get(kChangeEntry);
  if (!entry && entry.error().code() == Code::kNotFound) return false;
  if (!entry) return entry.error();
  const std::lock_guard lock(mutex_);
  return entry->revision != seen_;
}

Ck<std::vector<StoredObject>> EmbeddedToken::Load() {
  std::vector<StoredObject> objects;
  const auto store = file_.Store(keystore::Missing::kFail);
  if (!store && store.error().value == CKR_TOKEN_NOT_INITIALIZED) return objects;
  if (!store) return store.error();
  const auto change = (*store)->Get(kChangeEntry);
  const auto open = unlocked();
  for (std::string after;;) {
    const auto page = TRY((*store)->List(kObjects, after, kPage));
    for (const auto& entry : page) {
      bool visible = false;
      StoredObject object = TRY(ObjectOf(entry, open.get(), visible));
      if (visible) objects.push_back(std::move(object));
    }
    if (page.size() < kPage) break;
    after = page.back().key;
  }
  const std::lock_guard lock(mutex_);
  seen_ = change ? change->revision : 0;
  return objects;
}

Result<StoredObject> EmbeddedToken::ObjectOf(const keystore::Entry& entry, Unlocked* open,
                                             bool& visible) {
  const Bytes id = TRY(FromHex(std::string_view(entry.key).substr(kObjects.size())));
  std::array<std::uint8_t, 16> bytes{};
  if (id.size() != bytes.size()) return Integrity("an object of the token has a broken name");
  std::ranges::copy(id, bytes.begin());
  StoredObject object{
      .id = KeyId(bytes), .revision = entry.revision, .attributes = {}, .material = {}};
  const ObjectRecord record = TRY(DecodeRecord(entry.value));
  const bool sealed = record.kind == RecordKind::kSealed;
  const bool for_user = open != nullptr && open->user == User::kUser;
  visible = !sealed || for_user;
  if (!visible) return object;
  const SecretBytes content = open != nullptr ? TRY(Open(*open, object.id, record)) : SecretBytes();
  ObjectBody body =
      TRY(DecodeBody(sealed ? TRY(DecodeContent(content.span())).body : record.bytes));
  if (body.attributes.Flag(CKA_PRIVATE) != sealed) {
    return Integrity("an object of the token is stored as what it is not");
  }
  if (!body.forms.empty() && body.is_public_key) {
    object.material = std::make_shared<KeyMaterial>(module_, std::move(body.forms.front()));
  } else if (!body.forms.empty() && for_user) {
    object.material =
        std::make_shared<KeyMaterial>(module_, object.id, std::move(body.forms), open->store);
  }
  object.attributes = std::move(body.attributes);
  return object;
}

Result<std::uint64_t> EmbeddedToken::Reserve(const KeyId& id) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto store = file_.Store(keystore::Missing::kFail);
    if (!store) return Storage("the token is gone");
    const auto entry = (*store)->Get(CounterEntry(id));
    std::uint64_t used = 0;
    if (entry) used = TRY(ByteReader(entry->value).ReadBe64());
    if (!entry && entry.error().code() != Code::kNotFound) return entry.error();
    if (used >= kMostInvocations) {
      return Error(Code::kInvocationLimit, "the key has encrypted 2^32 messages; make another one");
    }
    Bytes next;
    AppendBe64(next, used + kInvocationBlock);
    Transaction transaction;
    transaction.RequireRevision(CounterEntry(id), entry ? entry->revision : 0)
        .Put(CounterEntry(id), std::move(next));
    const auto committed = (*store)->Commit(transaction);
    if (committed) return used;
    if (committed.error().code() != Code::kConflict) return committed.error();
  }
  return Error(Code::kUnavailable, "other processes keep the token busy; try again");
}

Done EmbeddedToken::GrantInvocations(const KeyId& id, module::Key& key) {
  const std::uint64_t used = TRY(Reserve(id));
  TRY(module_.GrantInvocations(key, used, used + kInvocationBlock));
  return {};
}

Result<module::Ciphertext> EmbeddedToken::Encrypt(Unlocked& open, ByteSpan plaintext,
                                                  ByteSpan associated) {
  auto made = module_.Encrypt(*open.record_key, plaintext, associated);
  if (!made && made.error().code() == Code::kInvocationLimit) {
    const std::uint64_t used = TRY(Reserve(AttributesOf(*open.record_key).id));
    TRY(module_.GrantInvocations(*open.record_key, used, used + kInvocationBlock));
    made = module_.Encrypt(*open.record_key, plaintext, associated);
  }
  return TRY(std::move(made)).value;
}

Result<Bytes> EmbeddedToken::Seal(Unlocked& open, const KeyId& id, ByteSpan content) {
  ObjectRecord record{.kind = RecordKind::kSealed};
  const auto made = TRY(Encrypt(open, content, AssociatedData(record, id)));
  record.iv = made.iv;
  record.tag = made.tag;
  record.bytes = made.data;
  return EncodeRecord(record);
}

Result<Bytes> EmbeddedToken::Check(Unlocked& open, const KeyId& id, ByteSpan body) {
  ObjectRecord record{.kind = RecordKind::kChecked, .bytes = body};
  const auto made = TRY(Encrypt(open, {}, AssociatedData(record, id)));
  record.iv = made.iv;
  record.tag = made.tag;
  return EncodeRecord(record);
}

Result<SecretBytes> EmbeddedToken::Open(Unlocked& open, const KeyId& id,
                                        const ObjectRecord& record) {
  const ByteSpan encrypted = record.kind == RecordKind::kSealed ? record.bytes : ByteSpan();
  auto opened = module_.Decrypt(*open.record_key, record.iv, encrypted, record.tag,
                                AssociatedData(record, id));
  if (opened) return std::move(opened->value);
  if (opened.error().code() != Code::kVerifyFailed) return opened.error();
  return Integrity("an object of the token was altered; restore the token from a backup");
}

Result<Bytes> EmbeddedToken::RecordOf(const StoredObject& object, Unlocked& open,
                                      MaterialRef& material) {
  ObjectBody body{.attributes = object.attributes, .forms = {}, .is_public_key = false};
  if (object.material != nullptr) {
    body.is_public_key = object.material->is_public();
    body.forms = object.material->forms();
    material = object.material;
  }
  if (material != nullptr && !body.is_public_key && !material->is_stored()) {
    for (KeyForm& form : body.forms) {
      form.sealed = TRY(SealForStore(module_, *open.store, form.sealed, material->id(), 1));
    }
    material = std::make_shared<KeyMaterial>(module_, object.id, body.forms, open.store);
  }
  SecretBytes before;
  if (material == nullptr && object.revision != 0) {
    // The officer changes keys without seeing what is in them.
    ObjectBody kept = TRY(Stored(open, object.id, before));
    body.forms = std::move(kept.forms);
    body.is_public_key = kept.is_public_key;
  }
  const Bytes encoded = EncodeBody(body);
  if (!object.attributes.Flag(CKA_PRIVATE)) return Check(open, object.id, encoded);
  const ByteSpan value = object.value != nullptr ? object.value->span() : before.span();
  return Seal(open, object.id, TRY(EncodeContent({encoded, value})).span());
}

Result<ObjectBody> EmbeddedToken::Stored(Unlocked& open, const KeyId& id, SecretBytes& value) {
  const auto store = file_.Store(keystore::Missing::kFail);
  if (!store) return Storage("the token is gone");
  const auto entry = TRY((*store)->Get(ObjectEntry(id)));
  const ObjectRecord record = TRY(DecodeRecord(entry.value));
  const SecretBytes opened = TRY(Open(open, id, record));
  if (record.kind == RecordKind::kChecked) return DecodeBody(record.bytes);
  const SealedContent content = TRY(DecodeContent(opened.span()));
  value = TRY(SecretBytes::CopyOf(content.value));
  return DecodeBody(content.body);
}

Ck<StoredObject> EmbeddedToken::Put(const StoredObject& object) {
  const auto open = unlocked();
  const bool is_private = object.attributes.Flag(CKA_PRIVATE);
  const bool needs_user =
      is_private || (object.material != nullptr && !object.material->is_public());
  if (open == nullptr || (needs_user && open->user != User::kUser)) {
    return Fail(CKR_USER_NOT_LOGGED_IN);
  }
  StoredObject stored = object;
  const Bytes record = TRY(RecordOf(stored, *open, stored.material));
  Transaction transaction;
  transaction.RequireRevision(ObjectEntry(object.id), object.revision)
      .Put(ObjectEntry(object.id), record)
      .Put(std::string(kChangeEntry), {0});
  stored.revision = TRY(Commit(transaction));
  stored.value = nullptr;
  return stored;
}

Ck<SecretBytes> EmbeddedToken::Value(const KeyId& id) {
  const auto open = unlocked();
  if (open == nullptr || open->user != User::kUser) return Fail(CKR_USER_NOT_LOGGED_IN);
  SecretBytes value;
  TRY(Stored(*open, id, value));
  return value;
}

Done EmbeddedToken::Destroy(const KeyId& id) {
  if (unlocked() == nullptr) return Fail(CKR_USER_NOT_LOGGED_IN);
  Transaction transaction;
  transaction.Delete(ObjectEntry(id)).Delete(CounterEntry(id)).Put(std::string(kChangeEntry), {0});
  TRY(Commit(transaction));
  return {};
}

Ck<keystore::Revision> EmbeddedToken::Commit(const Transaction& change) {
  Keystore* store = TRY(file_.Store(keystore::Missing::kFail));
  const std::lock_guard one_at_a_time(committing_);
  Transaction alone = change;
  {
    const std::lock_guard lock(mutex_);
    alone.RequireRevision(std::string(kChangeEntry), seen_);
  }
  // When nobody else has changed objects since the last look, the next look need not load them again.
  const auto committed = store->Commit(alone);
  if (committed) {
    const std::lock_guard lock(mutex_);
    seen_ = *committed;
    return *committed;
  }
  if (committed.error().code() != Code::kConflict) return committed.error();
  return As(store->Commit(change), Code::kConflict, CKR_OBJECT_HANDLE_INVALID);
}

}  // namespace

std::unique_ptr<Token> MakeEmbeddedToken(module::Module& module, std::filesystem::path path) {
  return std::make_unique<EmbeddedToken>(module, std::move(path));
}

}  // namespace vallum::p11
