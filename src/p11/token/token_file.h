// SPDX-License-Identifier: Apache-2.0
// TokenFile: the store of one embedded token and the record of the token in it (docs/formats/token.md).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

#include "keystore/keystore.h"
#include "keystore/sqlite_shared.h"
#include "p11/core/rv.h"
#include "p11/token/record.h"

namespace vallum::p11 {

inline constexpr std::string_view kTokenEntry = "token";

/// TokenFile is thread-safe, and any number of processes may have one of the same file.
class TokenFile {
 public:
  explicit TokenFile(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  /// Store opens the file on first use: CKR_TOKEN_NOT_INITIALIZED when it is not there and may not be made.
  Ck<keystore::Keystore*> Store(keystore::Missing missing);

  struct Read {
    TokenRecord record;
    keystore::Revision revision = 0;
  };
  /// ReadToken is CKR_TOKEN_NOT_INITIALIZED when there is none.
  Ck<Read> ReadToken();
  /// Edit changes the token's record, durably and whoever else does. `change` may be called again, with what
  /// somebody else wrote meanwhile; its error ends the edit.
  Done Edit(const std::function<Done(TokenRecord&)>& change);

 private:
  const std::filesystem::path path_;
  std::mutex mutex_;  ///< guards store_
  std::unique_ptr<keystore::Keystore> store_;
};

}  // namespace vallum::p11
