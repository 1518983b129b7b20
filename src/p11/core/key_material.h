// SPDX-License-Identifier: Apache-2.0
// KeyMaterial: what stands behind a key object: sealed forms, opened in the module on first use, or a key
// that is used elsewhere.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "p11/core/usable_key.h"

namespace vallum::p11 {

/// KeyForm is one key of the module. A key object has one, but for a generic secret that signs: the module
/// binds a MAC key to its hash, so that has one a hash.
struct KeyForm {
  module::Algorithm algorithm{};
  /// A key blob, or the SubjectPublicKeyInfo of a public key; empty when kept elsewhere.
  Bytes sealed;
  bool operator==(const KeyForm&) const = default;
};

/// KeyMaterial is thread-safe.
class KeyMaterial {
 public:
  /// A key sealed under `store`, or under the module's own key-encryption key when that is null.
  KeyMaterial(module::Module& module, const KeyId& id, std::vector<KeyForm> forms,
              module::StoreKeyRef store);
  /// A public key.
  KeyMaterial(module::Module& module, KeyForm spki);
  /// A key that is kept and used elsewhere.
  KeyMaterial(module::Module& module, const KeyId& id, module::Algorithm algorithm,
              UsableKeyRef key);

  /// Use is kUnsupported when the key has no form of that algorithm. The first call opens it.
  Result<UsableKeyRef> Use(module::Algorithm algorithm);
  /// UseFirst uses what there is when only one form can be meant.
  Result<UsableKeyRef> UseFirst() { return Use(forms_.front().algorithm); }
  /// Open and OpenFirst give the key of this process's module; kUnsupported also when it is kept elsewhere.
  Result<module::KeyRef> Open(module::Algorithm algorithm);
  Result<module::KeyRef> OpenFirst() { return Open(forms_.front().algorithm); }
  bool Has(module::Algorithm algorithm) const;
  /// Keep remembers a key that is open already.
  Status Keep(module::Algorithm algorithm, module::KeyRef key);

  const KeyId& id() const { return id_; }
  const std::vector<KeyForm>& forms() const { return forms_; }
  bool is_public() const { return public_; }
  /// Whether what the key may encrypt is counted in the token rather than in this process.
  bool is_stored() const { return store_ != nullptr; }

 private:
  Result<module::KeyRef> OpenForm(const KeyForm& form) const;

  module::Module& module_;
  KeyId id_;
  std::vector<KeyForm> forms_;
  module::StoreKeyRef store_;
  bool public_ = false;
  std::mutex mutex_;
  std::vector<UsableKeyRef> open_;
};

}  // namespace vallum::p11
