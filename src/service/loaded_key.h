// SPDX-License-Identifier: Apache-2.0
// A key ready for use: its record, who may use it, and its versions opened in the module on demand.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/keystore.h"
#include "service/key_record.h"

namespace vallum::service {

/// OpenVersion is one version's key in the module, and the AES-GCM invocations reserved for it.
struct OpenVersion {
  module::KeyRef key;
  std::mutex reserving;                    ///< held by the one thread that reserves more
  std::atomic<std::uint64_t> reserved{0};  ///< bound granted to the module; 0: nothing yet
  std::uint64_t block = 0;                 ///< of the last reservation; guarded by `reserving`
};

struct StoredGrant {
  std::string principal;
  policy::Actions actions = 0;
};

/// LoadedKey is immutable but for the versions that it opens. After a change of the key it is dropped
/// from the cache, and with its last user its open versions are wiped. Thread-safe.
class LoadedKey {
 public:
  LoadedKey(KeyRecord record, std::vector<StoredGrant> grants);

  const KeyInfo& info() const { return record_.info; }
  const std::string& id_text() const { return id_text_; }
  /// The scheme that Scheme::kDefault stands for when signing; kDefault when the key does not sign.
  module::Scheme default_scheme() const { return default_scheme_; }
  policy::KeyAccess AccessOf(std::string_view principal) const;

  /// Version returns a version's public facts; 0 is the primary. kNotFound names the versions there are.
  Result<const KeyVersionInfo*> Version(std::uint32_t version) const;
  /// Open opens a version in the module, once. kKeyState when it is destroyed; kIntegrity when its
  /// blob is not what the record says. The result lives as long as this.
  Result<OpenVersion*> Open(module::Module& module, std::uint32_t version);
  /// Opened returns a version's key when Open has opened it, else null.
  module::KeyRef Opened(std::uint32_t version) const;

 private:
  struct Slot {
    std::atomic<bool> ready{false};
    std::mutex opening;
    OpenVersion open;
  };

  KeyRecord record_;
  std::vector<StoredGrant> grants_;  ///< sorted by principal
  std::string id_text_;
  module::Scheme default_scheme_ = module::Scheme::kDefault;
  std::unique_ptr<Slot[]> slots_;
};

using LoadedKeyRef = std::shared_ptr<LoadedKey>;

/// StoredKey is a record as read for changing it.
struct StoredKey {
  KeyRecord record;
  keystore::Revision revision = 0;
};

/// ReadKey finds a key's record by name: two point reads. kNotFound when there is none.
Result<StoredKey> ReadKey(keystore::Keystore& store, std::string_view name);
/// LoadKey is ReadKey with all grants on the key.
Result<LoadedKeyRef> LoadKey(keystore::Keystore& store, std::string_view name);

/// NoSuchKey is the answer for a key that does not exist and for one of another principal alike.
Error NoSuchKey(std::string_view name);

}  // namespace vallum::service
