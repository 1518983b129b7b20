// SPDX-License-Identifier: Apache-2.0
#include "service/loaded_key.h"

#include <algorithm>

namespace vallum::service {
namespace {

constexpr std::size_t kGrantPage = 1000;

Result<std::vector<StoredGrant>> ReadGrants(keystore::Keystore& store, std::string_view id) {
  const std::string prefix = entry::Grant(id, "");
  std::vector<StoredGrant> grants;
  std::string after;
  for (;;) {
    const auto page = TRY(store.List(prefix, after, kGrantPage));
    for (const keystore::Entry& entry : page) {
      grants.push_back({entry.key.substr(prefix.size()), TRY(DecodeGrant(AsText(entry.value)))});
    }
    if (page.size() < kGrantPage) return grants;
    after = page.back().key;
  }
}

bool Matches(const module::KeyAttributes& bound, const KeyInfo& shown) {
  return bound.algorithm == shown.algorithm && bound.usages == shown.usages &&
         bound.extractable == shown.extractable;
}

}  // namespace

LoadedKey::LoadedKey(KeyRecord record, std::vector<StoredGrant> grants)
    : record_(std::move(record)),
      grants_(std::move(grants)),
      id_text_(ToString(record_.info.id)),
      slots_(std::make_unique<Slot[]>(record_.info.versions.size())) {
  std::sort(grants_.begin(), grants_.end(),
            [](const StoredGrant& a, const StoredGrant& b) { return a.principal < b.principal; });
  const auto schemes = module::SchemesOf(record_.info.algorithm, module::Operation::kSign);
  if (!schemes.empty()) default_scheme_ = schemes.front();
}

policy::KeyAccess LoadedKey::AccessOf(std::string_view principal) const {
  policy::KeyAccess access{.owner = record_.info.owner == principal};
  const auto grant = std::lower_bound(
      grants_.begin(), grants_.end(), principal,
      [](const StoredGrant& a, std::string_view name) { return a.principal < name; });
  if (grant != grants_.end() && grant->principal == principal) access.granted = grant->actions;
  return access;
}

Result<const KeyVersionInfo*> LoadedKey::Version(std::uint32_t version) const {
  if (version == 0) version = info().primary_version;
  if (version > info().versions.size()) {
    return NotFound("key \"" + info().name + "\" has the versions 1 to " +
                    std::to_string(info().versions.size()) + "; name one of them");
  }
  return &info().versions[version - 1];
}

Result<OpenVersion*> LoadedKey::Open(module::Module& module, std::uint32_t version) {
  const KeyVersionInfo* facts = TRY(Version(version));
  if (IsDestroyed(facts->state)) {
    return Error(Code::kKeyState, "version " + std::to_string(facts->version) + " of key \"" +
                                      info().name + "\" is destroyed; its material is gone");
  }
  Slot& slot = slots_[facts->version - 1];
  if (slot.ready.load(std::memory_order_acquire)) return &slot.open;
  const std::lock_guard lock(slot.opening);
  if (slot.ready.load(std::memory_order_relaxed)) return &slot.open;
  const Bytes& blob = record_.blobs[facts->version - 1];
  module::KeyRef key = TRY(module.OpenKey(blob, info().id, facts->version));
  if (!Matches(module::AttributesOf(*key), info())) {
    return Integrity("the record of key \"" + info().name +
                     "\" contradicts its blob; restore the store from a backup");
  }
  slot.open.key = std::move(key);
  slot.ready.store(true, std::memory_order_release);
  return &slot.open;
}

module::KeyRef LoadedKey::Opened(std::uint32_t version) const {
  const Slot& slot = slots_[version - 1];
  return slot.ready.load(std::memory_order_acquire) ? slot.open.key : nullptr;
}

Result<StoredKey> ReadKey(keystore::Keystore& store, std::string_view name) {
  auto id = store.Get(entry::Name(name));
  if (!id) {
    if (id.error().code() == Code::kNotFound) return NoSuchKey(name);
    return std::move(id).error();
  }
  const keystore::Entry entry = TRY(store.Get(entry::Key(AsText(id->value))));
  return StoredKey{TRY(DecodeKeyRecord(AsText(entry.value))), entry.revision};
}

Result<LoadedKeyRef> LoadKey(keystore::Keystore& store, std::string_view name) {
  StoredKey stored = TRY(ReadKey(store, name));
  auto grants = TRY(ReadGrants(store, ToString(stored.record.info.id)));
  return std::make_shared<LoadedKey>(std::move(stored.record), std::move(grants));
}

Error NoSuchKey(std::string_view name) {
  return NotFound("there is no key \"" + std::string(name) +
                  "\" that you may know of; check the name, or ask for a grant");
}

}  // namespace vallum::service
