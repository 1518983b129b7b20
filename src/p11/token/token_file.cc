// SPDX-License-Identifier: Apache-2.0
#include "p11/token/token_file.h"

#include "base/file.h"

namespace vallum::p11 {
namespace {

constexpr int kAttempts = 100;

}  // namespace

Ck<keystore::Keystore*> TokenFile::Store(keystore::Missing missing) {
  const std::lock_guard lock(mutex_);
  if (store_ == nullptr) {
    if (missing == keystore::Missing::kCreate && path_.has_parent_path()) {
      TRY(CreatePrivateDirectories(path_.parent_path()));
    }
    store_ = TRY(
        As(OpenSharedSqliteKeystore(path_, missing), Code::kNotFound, CKR_TOKEN_NOT_INITIALIZED));
  }
  return store_.get();
}

Ck<TokenFile::Read> TokenFile::ReadToken() {
  keystore::Keystore* store = TRY(Store(keystore::Missing::kFail));
  const auto entry = TRY(As(store->Get(kTokenEntry), Code::kNotFound, CKR_TOKEN_NOT_INITIALIZED));
  return Read{TRY(DecodeToken(entry.value)), entry.revision};
}

Done TokenFile::Edit(const std::function<Done(TokenRecord&)>& change) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Read read = TRY(ReadToken());
    TRY(change(read.record));
    keystore::Transaction transaction;
    transaction.RequireRevision(std::string(kTokenEntry), read.revision)
        .Put(std::string(kTokenEntry), EncodeToken(read.record));
    const auto committed = TRY(Store(keystore::Missing::kFail))->Commit(transaction);
    if (committed) return {};
    if (committed.error().code() != Code::kConflict) return committed.error();
  }
  return Fail(CKR_DEVICE_ERROR);
}

}  // namespace vallum::p11
