// SPDX-License-Identifier: Apache-2.0
// Where keys and their versions come from: creation, import, rotation.
#include <deque>

#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

constexpr std::size_t kMaxRecord = 1 << 20;

Error NameTaken(std::string_view name) {
  return AlreadyExists("a key named \"" + std::string(name) +
                       "\" exists or existed; choose another name");
}

// Also before the work of making the key; the commit decides.
Status CheckFree(keystore::Keystore& store, std::string_view name) {
  auto taken = store.Get(entry::Name(name));
  if (taken) return NameTaken(name);
  if (taken.error().code() == Code::kNotFound) return {};
  return std::move(taken).error();
}

// Modes other than GCM, and keys of every mode, wait for a wire that names the mode with each request.
bool NeedsMode(module::Algorithm algorithm) {
  const auto schemes = module::SchemesOf(algorithm, module::Operation::kEncrypt);
  return !module::IsAsymmetric(algorithm) && !schemes.empty() &&
         schemes != std::vector{module::Scheme::kAesGcm};
}

// Derivation is a service of the module and not yet of the server.
module::Usages UsagesServed(module::Algorithm algorithm) {
  if (NeedsMode(algorithm)) return {};
  const module::Usages derive = module::Usage::kDerive;
  return module::Usages(module::AllUsages(algorithm).bits() & ~derive.bits());
}

Result<module::KeySpec> SpecOf(const CreateKeyRequest& request) {
  TRY(CheckName("key", request.name));
  TRY(CheckLabels(request.labels));
  const module::Usages all = UsagesServed(request.algorithm);
  if (all == module::Usages()) {
    return Unsupported("keys of " + std::string(module::Name(request.algorithm)) +
                       " are of no use here; choose another algorithm");
  }
  if (!request.usages.IsSubsetOf(all)) {
    return InvalidArgument("a key of " + std::string(module::Name(request.algorithm)) +
                           " cannot have one of these usages; leave them out to get all it has");
  }
  return module::KeySpec{.algorithm = request.algorithm,
                         .usages = request.usages.bits() == 0 ? all : request.usages,
                         .extractable = request.extractable};
}

KeyRecord NewRecord(const CreateKeyRequest& request, const std::string& owner, TimePoint now,
                    module::NewKey& made) {
  const module::KeyAttributes& attributes = module::AttributesOf(*made.key);
  KeyRecord record;
  record.info = {.id = attributes.id,
                 .name = request.name,
                 .algorithm = attributes.algorithm,
                 .usages = attributes.usages,
                 .extractable = attributes.extractable,
                 .made_under = attributes.made_under,
                 .origin = attributes.origin,
                 .owner = owner,
                 .labels = request.labels,
                 .created = now,
                 .primary_version = 1,
                 .versions = {{1, KeyState::kActive, now, now}}};
  record.blobs.push_back(std::move(made.blob));
  return record;
}

Result<Bytes> Encoded(const KeyRecord& record) {
  const std::string text = EncodeKeyRecord(record);
  if (text.size() > kMaxRecord) {
    return ResourceExhausted("key \"" + record.info.name +
                             "\" has too many versions; destroy old ones, or create a new key");
  }
  return ToBytes(AsBytes(text));
}

// Prepared is a new key that is not in the store yet.
struct Prepared {
  keystore::Transaction change;
  Approved<KeyInfo> made;
};

Result<Prepared> Prepare(Core& core, Call& call, const CreateKeyRequest& request,
                         Approved<module::NewKey> made) {
  KeyRecord record = NewRecord(request, call.principal().name, core.clock.Now(), made.value);
  call.RecordKey(record.info, 1);
  call.RecordApproval(made.indicator);
  const std::string id = ToString(record.info.id);
  Prepared prepared;
  prepared.change.RequireAbsent(entry::Name(request.name))
      .Put(entry::Name(request.name), ToBytes(AsBytes(id)))
      .Put(entry::Key(id), TRY(Encoded(record)))
      .Put(entry::Visible(record.info.owner, request.name), ToBytes(AsBytes(id)));
  prepared.made = {std::move(record.info), made.indicator};
  return prepared;
}

Result<Approved<KeyInfo>> Stored(const Status& committed, Approved<KeyInfo> made) {
  if (committed) return made;
  if (committed.error().code() == Code::kConflict) return NameTaken(made.value.name);
  return Error(committed.error());
}

Result<Prepared> PrepareNew(Core& core, Call& call, const CreateKeyRequest& request) {
  TRY(call.Authorize());
  const module::KeySpec spec = TRY(SpecOf(request));
  call.record().key_name = request.name;
  call.record().algorithm = module::Name(request.algorithm);
  TRY(CheckFree(core.store, request.name));
  const KeyId id(TRY(core.NewId()));
  return Prepare(core, call, request, TRY(core.module.GenerateKey(spec, id, 1)));
}

Result<Approved<KeyInfo>> Create(Core& core, Call& call, const CreateKeyRequest& request) {
  Prepared prepared = TRY(PrepareNew(core, call, request));
  const Status committed = call.CommitKey(std::move(prepared.change), request.name);
  return Stored(committed, std::move(prepared.made));
}

// RSA keys are searched for, and SLH-DSA's best part of a second is hashing: a batch of them would keep a
// thread for minutes.
Status CheckQuickToMake(std::span<const CreateKeyRequest> requests) {
  for (const CreateKeyRequest& request : requests) {
    const std::string name(module::Name(request.algorithm));
    if (!name.starts_with("rsa-") && !name.starts_with("slh-dsa-")) continue;
    return InvalidArgument("keys of " + name + " take long to make; create them one at a time");
  }
  return {};
}

Result<Approved<KeyInfo>> Import(Core& core, Call& call, const ImportKeyRequest& request) {
  TRY(call.Authorize());
  const module::KeySpec spec = TRY(SpecOf(request.key));
  call.record().key_name = request.key.name;
  call.record().algorithm = module::Name(request.key.algorithm);
  const UsableKey wrapping = TRY(call.UseOther({request.wrapping_key, request.wrapping_version},
                                               Action::kUnwrap, module::Usage::kUnwrap));
  call.RecordDetail("wrapped under " + request.wrapping_key + "/" +
                    std::to_string(wrapping.version));
  TRY(CheckFree(core.store, request.key.name));
  const KeyId id(TRY(core.NewId()));
  Prepared prepared =
      TRY(Prepare(core, call, request.key,
                  TRY(core.module.UnwrapKey(wrapping.handle(), request.wrapped, spec, id, 1))));
  const Status committed = call.CommitKey(std::move(prepared.change), request.key.name);
  return Stored(committed, std::move(prepared.made));
}

// The old primary has been replaced: from now on it only opens and verifies (SP 800-57, 5.3.4).
void AddVersion(KeyRecord& record, TimePoint now, module::NewKey& made) {
  const module::KeyAttributes& attributes = module::AttributesOf(*made.key);
  KeyVersionInfo& old = record.info.versions[record.info.primary_version - 1];
  if (old.state == KeyState::kActive) {
    old.state = KeyState::kDeactivated;
    old.changed = now;
  }
  record.info.versions.push_back({attributes.version, KeyState::kActive, now, now});
  record.info.primary_version = attributes.version;
  record.info.origin = attributes.origin;
  record.info.made_under = attributes.made_under;
  record.blobs.push_back(std::move(made.blob));
}

Result<Approved<KeyInfo>> Rotate(Core& core, Call& call, std::string_view name) {
  TRY(call.FindKey(name));
  const NameLocks::Held held(core.locks, name);
  StoredKey stored = TRY(ReadKey(core.store, name));
  KeyInfo& info = stored.record.info;
  const auto version = static_cast<std::uint32_t>(info.versions.size()) + 1;
  Approved<module::NewKey> made = TRY(
      core.module.GenerateKey({info.algorithm, info.usages, info.extractable}, info.id, version));
  AddVersion(stored.record, core.clock.Now(), made.value);
  call.RecordKey(info, version);
  call.RecordApproval(made.indicator);
  keystore::Transaction change;
  const std::string entry = entry::Key(ToString(info.id));
  change.RequireRevision(entry, stored.revision).Put(entry, TRY(Encoded(stored.record)));
  TRY(call.CommitKey(std::move(change), name));
  return Approved<KeyInfo>{std::move(info), made.indicator};
}

}  // namespace

Result<Approved<KeyInfo>> ServiceImpl::CreateKey(const Caller& caller,
                                                 const CreateKeyRequest& request) {
  Call call(core_, caller, Action::kKeyCreate);
  return call.Finish(Create(core_, call, request));
}

Result<Service::Batch<KeyInfo>> ServiceImpl::CreateKeys(
    const Caller& caller, std::span<const CreateKeyRequest> requests) {
  Status acceptable = CheckBatch(requests.size());
  if (acceptable) acceptable = CheckQuickToMake(requests);
  if (!acceptable) {
    Call call(core_, caller, Action::kKeyCreate, requests.size());
    return call.Finish(Result<Batch<KeyInfo>>(std::move(acceptable).error()));
  }
  std::deque<Call> calls;  // they do not move
  std::vector<Result<Prepared>> made;
  std::vector<Call::KeyChange> changes;
  for (const CreateKeyRequest& request : requests) {
    Call& call = calls.emplace_back(core_, caller, Action::kKeyCreate);
    auto& prepared = made.emplace_back(PrepareNew(core_, call, request));
    if (prepared) changes.push_back({call, std::move(prepared->change), request.name});
  }
  std::vector<Status> committed = Call::CommitKeys(core_, std::move(changes));
  Batch<KeyInfo> batch;
  for (std::size_t i = 0, stored = 0; i < made.size(); ++i) {
    batch.push_back(calls[i].Finish(made[i]
                                        ? Stored(committed[stored++], std::move(made[i]->made))
                                        : Result<Approved<KeyInfo>>(std::move(made[i]).error())));
  }
  return batch;
}

Result<Approved<KeyInfo>> ServiceImpl::ImportKey(const Caller& caller,
                                                 const ImportKeyRequest& request) {
  Call call(core_, caller, Action::kKeyImport);
  return call.Finish(Import(core_, call, request));
}

Result<Approved<KeyInfo>> ServiceImpl::RotateKey(const Caller& caller, std::string_view name) {
  Call call(core_, caller, Action::kKeyRotate);
  return call.Finish(Rotate(core_, call, name));
}

}  // namespace vallum::service
