// SPDX-License-Identifier: Apache-2.0
#include "p11/core/key_material.h"

namespace vallum::p11 {
namespace {

constexpr std::uint64_t kMostInvocations = std::uint64_t{1} << 32;

}  // namespace

KeyMaterial::KeyMaterial(module::Module& module, const KeyId& id, std::vector<KeyForm> forms,
                         module::StoreKeyRef store)
    : module_(module),
      id_(id),
      forms_(std::move(forms)),
      store_(std::move(store)),
      open_(forms_.size()) {}

KeyMaterial::KeyMaterial(module::Module& module, KeyForm spki)
    : module_(module), public_(true), open_(1) {
  forms_.push_back(std::move(spki));
}

KeyMaterial::KeyMaterial(module::Module& module, const KeyId& id, module::Algorithm algorithm,
                         UsableKeyRef key)
    : module_(module), id_(id), forms_{{algorithm, {}}}, open_{std::move(key)} {}

bool KeyMaterial::Has(module::Algorithm algorithm) const {
  for (const KeyForm& form : forms_) {
    if (form.algorithm == algorithm) return true;
  }
  return false;
}

Result<module::KeyRef> KeyMaterial::Open(module::Algorithm algorithm) {
  return TRY(Use(algorithm))->Local();
}

Result<UsableKeyRef> KeyMaterial::Use(module::Algorithm algorithm) {
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    if (forms_[i].algorithm != algorithm) continue;
    const std::lock_guard lock(mutex_);
    if (open_[i] == nullptr) open_[i] = MakeLocalKey(module_, TRY(OpenForm(forms_[i])));
    return open_[i];
  }
  return Unsupported("the key is not one of that algorithm");
}

Status KeyMaterial::Keep(module::Algorithm algorithm, module::KeyRef key) {
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    if (forms_[i].algorithm != algorithm) continue;
    if (store_ == nullptr && !public_) TRY(module_.GrantInvocations(*key, 0, kMostInvocations));
    const std::lock_guard lock(mutex_);
    open_[i] = MakeLocalKey(module_, std::move(key));
    return {};
  }
  return {};
}

Result<module::KeyRef> KeyMaterial::OpenForm(const KeyForm& form) const {
  if (public_) {
    return TRY(module::EnterPublic(module_, {.algorithm = form.algorithm},
                                   module::PublicForm::kSpki, form.sealed))
        .value;
  }
  if (store_ != nullptr) return module::OpenStoredKey(module_, *store_, form.sealed, id_, 1);
  module::KeyRef key = TRY(module_.OpenKey(form.sealed, id_, 1));
  // A key that ends with the process cannot be used more often than it counted itself.
  TRY(module_.GrantInvocations(*key, 0, kMostInvocations));
  return key;
}

}  // namespace vallum::p11
