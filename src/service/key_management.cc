// SPDX-License-Identifier: Apache-2.0
// Looking at keys, and changing the state of their versions.
#include <algorithm>

#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

constexpr std::size_t kMaxPage = 1000;

bool SeesEveryKey(const policy::Principal& principal) {
  return policy::Decide(principal, Action::kKeyShow, {}).has_value();
}

// What the store has under `id` for this principal; nothing when it may not see the key after all.
Result<std::optional<KeyInfo>> VisibleKey(keystore::Keystore& store,
                                          const policy::Principal& principal, std::string_view id) {
  const keystore::Entry entry = TRY(store.Get(entry::Key(id)));
  KeyRecord record = TRY(DecodeKeyRecord(AsText(entry.value)));
  policy::KeyAccess access{.owner = record.info.owner == principal.name};
  if (!access.owner) {
    auto grant = store.Get(entry::Grant(id, principal.name));
    if (grant) access.granted = TRY(DecodeGrant(AsText(grant->value)));
    if (!grant && grant.error().code() != Code::kNotFound) return std::move(grant).error();
  }
  if (!policy::Decide(principal, Action::kKeyShow, access)) return std::optional<KeyInfo>();
  return std::optional<KeyInfo>(std::move(record.info));
}

Status CheckListing(std::string_view prefix, std::string_view after, std::size_t limit) {
  if (limit == 0 || limit > kMaxPage) {
    return InvalidArgument("a page has 1 to 1000 keys; give a limit in between");
  }
  if (!prefix.empty()) TRY(CheckName("key", prefix));
  if (!after.empty()) TRY(CheckName("key", after));
  return {};
}

Result<KeyPage> List(Core& core, Call& call, std::string_view prefix, std::string_view after,
                     std::size_t limit) {
  TRY(call.Authorize());
  TRY(CheckListing(prefix, after, limit));
  const policy::Principal& principal = call.principal();
  const std::string index = SeesEveryKey(principal) ? std::string(entry::kNamePrefix)
                                                    : entry::Visible(principal.name, "");
  std::string from = after.empty() ? "" : index + std::string(after);
  KeyPage page;
  for (;;) {
    const auto entries = TRY(core.store.List(index + std::string(prefix), from, limit));
    for (const keystore::Entry& entry : entries) {
      if (page.keys.size() == limit) {
        page.next = page.keys.back().name;
        return page;
      }
      auto key = TRY(VisibleKey(core.store, principal, AsText(entry.value)));
      if (key) page.keys.push_back(*std::move(key));
    }
    if (entries.size() < limit) return page;
    from = entries.back().key;
  }
}

// What is in memory is overwritten and read back, whoever still holds it; the module's own event says
// what came of that. Should the module be too busy for it, the last holder wipes it.
void ZeroiseLoaded(Core& core, const LoadedKey& loaded, std::uint32_t version) {
  if (const module::KeyRef key = loaded.Opened(version)) {
    (void)module::ZeroiseKey(core.module, *key);
  }
}

Result<KeyInfo> ChangeState(Core& core, Call& call, const KeyUse& use, KeyState to) {
  TRY(call.FindKey(use.name));
  const NameLocks::Held held(core.locks, use.name);
  StoredKey stored = TRY(ReadKey(core.store, use.name));
  KeyInfo& info = stored.record.info;
  const std::uint32_t number = use.version == 0 ? info.primary_version : use.version;
  call.RecordKey(info, number);
  if (number > info.versions.size()) {
    return NotFound("key \"" + info.name + "\" has the versions 1 to " +
                    std::to_string(info.versions.size()) + "; name one of them");
  }
  KeyVersionInfo& version = info.versions[number - 1];
  const std::string step = std::string(Name(version.state)) + " -> " + std::string(Name(to));
  if (!MayTransition(version.state, to)) {
    return Error(Code::kKeyState, "version " + std::to_string(number) + " of key \"" + info.name +
                                      "\" cannot change its state " + step +
                                      "; the documentation of key states shows what it can");
  }
  version.state = to;
  version.changed = core.clock.Now();
  if (IsDestroyed(to)) {
    Bytes& blob = stored.record.blobs[number - 1];
    Wipe(blob.data(), blob.size());
    blob.clear();
  }
  call.RecordDetail(step);
  keystore::Transaction change;
  const std::string entry = entry::Key(ToString(info.id));
  change.RequireRevision(entry, stored.revision)
      .Put(entry, ToBytes(AsBytes(EncodeKeyRecord(stored.record))));
  const LoadedKeyRef loaded = core.keys.Find(use.name);
  TRY(call.CommitKey(std::move(change), use.name));
  if (IsDestroyed(to) && loaded) ZeroiseLoaded(core, *loaded, number);
  return std::move(info);
}

Result<Bytes> ReadPublicKey(Core& core, Call& call, const KeyUse& use) {
  const LoadedKeyRef key = TRY(call.FindKey(use.name));
  const KeyVersionInfo& version = *TRY(key->Version(use.version));
  call.record().key_version = version.version;
  if (!module::IsAsymmetric(key->info().algorithm)) {
    return Unsupported("key \"" + use.name + "\" is symmetric and has no public key");
  }
  OpenVersion* open = TRY(key->Open(core.module, version.version));
  return core.module.PublicKey(*open->key);
}

}  // namespace

Result<KeyPage> ServiceImpl::ListKeys(const Caller& caller, std::string_view prefix,
                                      std::string_view after, std::size_t limit) {
  Call call(core_, caller, Action::kKeyList);
  return call.Finish(List(core_, call, prefix, after, limit));
}

Result<KeyInfo> ServiceImpl::ShowKey(const Caller& caller, std::string_view name) {
  Call call(core_, caller, Action::kKeyShow);
  const auto show = [&]() -> Result<KeyInfo> { return TRY(call.FindKey(name))->info(); };
  return call.Finish(show());
}

Result<KeyInfo> ServiceImpl::SetKeyState(const Caller& caller, const KeyUse& use, KeyState state) {
  Call call(core_, caller, Action::kKeyState);
  return call.Finish(ChangeState(core_, call, use, state));
}

Result<Bytes> ServiceImpl::PublicKey(const Caller& caller, const KeyUse& use) {
  Call call(core_, caller, Action::kKeyPublic);
  return call.Finish(ReadPublicKey(core_, call, use));
}

}  // namespace vallum::service
