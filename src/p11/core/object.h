// SPDX-License-Identifier: Apache-2.0
// Object: one object as sessions see it, and the table that finds them.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "p11/core/attributes.h"
#include "p11/core/key_material.h"

namespace vallum::p11 {

using MaterialRef = std::shared_ptr<KeyMaterial>;
using SecretRef = std::shared_ptr<const SecretBytes>;

/// Object never changes: a change makes another one under the same handle.
struct Object {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  KeyId id;
  CK_SESSION_HANDLE owner = CK_INVALID_HANDLE;  ///< of a session object
  std::uint64_t revision = 0;                   ///< of a token object, in its store
  Attributes attributes;
  MaterialRef material;       ///< null for what is no key
  SecretRef value = nullptr;  ///< of a private data object of a session; the token keeps its own

  bool on_token() const { return owner == CK_INVALID_HANDLE; }
  bool is_private() const { return attributes.Flag(CKA_PRIVATE); }
  bool is_private_data() const { return is_private() && object_class() == CKO_DATA; }
  CK_OBJECT_CLASS object_class() const {
    return attributes.Number(CKA_CLASS).value_or(CKO_VENDOR_DEFINED);
  }
  CK_KEY_TYPE key_type() const {
    return attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
  }
};
using ObjectRef = std::shared_ptr<const Object>;

/// ObjectTable is thread-safe. Handles are never used twice in a process.
class ObjectTable {
 public:
  /// Find is null for a handle that is not there.
  ObjectRef Find(CK_OBJECT_HANDLE handle) const;
  /// Add gives the object a handle.
  ObjectRef Add(Object object);
  /// Replace puts a changed object where one of the same handle is.
  void Replace(Object object);
  void Remove(CK_OBJECT_HANDLE handle);
  /// RemoveIf removes what `condition` is true for.
  template <typename Condition>
  void RemoveIf(Condition&& condition);
  std::vector<ObjectRef> All() const;
  /// FindAll gives the handles of objects that have all of `wanted`, oldest first. An index leads to the
  /// few that share the rarest of the values.
  std::vector<CK_OBJECT_HANDLE> FindAll(const std::vector<Attributes::Entry>& wanted,
                                        bool with_private) const;

 private:
  void Index(const Object& object);
  void Unindex(const Object& object);
  const std::vector<CK_OBJECT_HANDLE>* Candidates(const std::vector<Attributes::Entry>& wanted,
                                                  bool& indexed) const;

  mutable std::shared_mutex mutex_;
  std::unordered_map<CK_OBJECT_HANDLE, ObjectRef> objects_;
  std::unordered_map<std::uint64_t, std::vector<CK_OBJECT_HANDLE>> index_;
};

template <typename Condition>
void ObjectTable::RemoveIf(Condition&& condition) {
  for (const ObjectRef& object : All()) {
    if (condition(*object)) Remove(object->handle);
  }
}

}  // namespace vallum::p11
