// SPDX-License-Identifier: Apache-2.0
#include "service/seal.h"

#include "base/file.h"
#include "service/key_record.h"

namespace vallum::service {
namespace {

constexpr std::size_t kRootKeySize = 32;

Result<bool> HasKek(keystore::Keystore& store) {
  auto kek = store.Get(entry::kKek);
  if (kek) return true;
  if (kek.error().code() == Code::kNotFound) return false;
  return std::move(kek).error();
}

Result<SecretBytes> CreateRootKey(module::Module& module, keystore::Keystore& store,
                                  const std::filesystem::path& path) {
  if (TRY(HasKek(store))) {
    return Integrity("the root key file " + path.string() +
                     " is missing, and the store cannot be opened without it; put it back from a "
                     "backup");
  }
  SecretBytes root = TRY(module.GenerateRootKey());
  TRY(CreatePrivateDirectories(path.parent_path()));
  TRY(WriteFileDurably(path, root.span(), 0600));
  return root;
}

}  // namespace

std::string_view RiskText(std::string_view seal) {
  if (seal != kDevelopmentFileSeal) return {};
  return "the root key lies unprotected in a file beside the store: whoever can read the file can "
         "read every key; use this seal for development only";
}

Result<SecretBytes> OpenDevelopmentFileSeal(module::Module& module, keystore::Keystore& store,
                                            const std::filesystem::path& path) {
  auto root = ReadSecretFile(path, kRootKeySize);
  if (!root && root.error().code() == Code::kNotFound) return CreateRootKey(module, store, path);
  const bool wrong_size =
      root ? root->size() != kRootKeySize : root.error().code() == Code::kResourceExhausted;
  if (wrong_size) {
    return Integrity("the root key file " + path.string() +
                     " does not have 32 bytes; put it back from a backup");
  }
  return root;
}

Status OpenKek(module::Module& module, keystore::Keystore& store, const SecretBytes& root_key) {
  auto stored = store.Get(entry::kKek);
  if (stored) return module.Unseal(root_key, stored->value);
  if (stored.error().code() != Code::kNotFound) return std::move(stored).error();
  Bytes blob = TRY(module.CreateKek(root_key));
  keystore::Transaction create;
  create.RequireAbsent(std::string(entry::kKek)).Put(std::string(entry::kKek), blob);
  TRY(store.Commit(create));
  return module.Unseal(root_key, blob);
}

}  // namespace vallum::service
