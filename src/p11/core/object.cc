// SPDX-License-Identifier: Apache-2.0
#include "p11/core/object.h"

#include <algorithm>
#include <mutex>

namespace vallum::p11 {
namespace {

// Attributes that tell objects apart; the others are shared by most and lead nowhere.
constexpr std::array kIndexed = {
    CKA_LABEL,   CKA_ID,       CKA_UNIQUE_ID, CKA_SUBJECT,     CKA_ISSUER,    CKA_SERIAL_NUMBER,
    CKA_MODULUS, CKA_EC_POINT, CKA_VALUE,     CKA_APPLICATION, CKA_OBJECT_ID, CKA_PUBLIC_KEY_INFO};

std::atomic<CK_OBJECT_HANDLE> next_handle{1};

std::uint64_t Slot(CK_ATTRIBUTE_TYPE type, ByteSpan value) {
  return std::hash<std::string_view>()(AsText(value)) * 31 + type;
}

bool Matches(const Object& object, const std::vector<Attributes::Entry>& wanted) {
  return std::ranges::all_of(wanted, [&](const Attributes::Entry& entry) {
    return object.attributes.Equals(entry.first, entry.second);
  });
}

}  // namespace

ObjectRef ObjectTable::Find(CK_OBJECT_HANDLE handle) const {
  const std::shared_lock lock(mutex_);
  const auto at = objects_.find(handle);
  return at == objects_.end() ? nullptr : at->second;
}

ObjectRef ObjectTable::Add(Object object) {
  object.handle = next_handle.fetch_add(1, std::memory_order_relaxed);
  auto made = std::make_shared<const Object>(std::move(object));
  const std::unique_lock lock(mutex_);
  objects_.emplace(made->handle, made);
  Index(*made);
  return made;
}

void ObjectTable::Replace(Object object) {
  const std::unique_lock lock(mutex_);
  const auto at = objects_.find(object.handle);
  if (at == objects_.end()) return;
  Unindex(*at->second);
  at->second = std::make_shared<const Object>(std::move(object));
  Index(*at->second);
}

void ObjectTable::Remove(CK_OBJECT_HANDLE handle) {
  const std::unique_lock lock(mutex_);
  const auto at = objects_.find(handle);
  if (at == objects_.end()) return;
  Unindex(*at->second);
  objects_.erase(at);
}

std::vector<ObjectRef> ObjectTable::All() const {
  const std::shared_lock lock(mutex_);
  std::vector<ObjectRef> all;
  all.reserve(objects_.size());
  for (const auto& [handle, object] : objects_) all.push_back(object);
  return all;
}

void ObjectTable::Index(const Object& object) {
  for (const CK_ATTRIBUTE_TYPE type : kIndexed) {
    if (const Bytes* value = object.attributes.Find(type)) {
      index_[Slot(type, *value)].push_back(object.handle);
    }
  }
}

void ObjectTable::Unindex(const Object& object) {
  for (const CK_ATTRIBUTE_TYPE type : kIndexed) {
    const Bytes* value = object.attributes.Find(type);
    if (value == nullptr) continue;
    const auto at = index_.find(Slot(type, *value));
    if (at == index_.end()) continue;
    std::erase(at->second, object.handle);
    if (at->second.empty()) index_.erase(at);
  }
}

const std::vector<CK_OBJECT_HANDLE>* ObjectTable::Candidates(
    const std::vector<Attributes::Entry>& wanted, bool& indexed) const {
  const std::vector<CK_OBJECT_HANDLE>* fewest = nullptr;
  for (const auto& [type, value] : wanted) {
    if (std::ranges::find(kIndexed, type) == kIndexed.end()) continue;
    indexed = true;
    const auto at = index_.find(Slot(type, value));
    if (at == index_.end()) return nullptr;
    if (fewest == nullptr || at->second.size() < fewest->size()) fewest = &at->second;
  }
  return fewest;
}

std::vector<CK_OBJECT_HANDLE> ObjectTable::FindAll(const std::vector<Attributes::Entry>& wanted,
                                                   bool with_private) const {
  const std::shared_lock lock(mutex_);
  std::vector<CK_OBJECT_HANDLE> found;
  const auto consider = [&](const Object& object) {
    if (object.is_private() && !with_private) return;
    if (Matches(object, wanted)) found.push_back(object.handle);
  };
  bool indexed = false;
  const auto* candidates = Candidates(wanted, indexed);
  if (candidates != nullptr) {
    for (const CK_OBJECT_HANDLE handle : *candidates) consider(*objects_.at(handle));
  } else if (!indexed) {
    for (const auto& [handle, object] : objects_) consider(*object);
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace vallum::p11
