// SPDX-License-Identifier: Apache-2.0
#include "keystore/keystore.h"

#include <algorithm>
#include <utility>

namespace vallum::keystore {
namespace {

Status CheckKey(std::string_view key) {
  if (key.empty()) return InvalidArgument("a store key is empty; give one");
  if (key.size() > kMaxKeySize) {
    return InvalidArgument("a store key has " + std::to_string(key.size()) + " bytes; at most " +
                           std::to_string(kMaxKeySize) + " are allowed");
  }
  return {};
}

Status CheckWrite(const Transaction::Write& write) {
  TRY(CheckKey(write.key));
  if (write.value && write.value->size() > kMaxValueSize) {
    return InvalidArgument("the value of \"" + write.key + "\" has " +
                           std::to_string(write.value->size()) + " bytes; at most " +
                           std::to_string(kMaxValueSize) + " are allowed");
  }
  return {};
}

}  // namespace

Transaction& Transaction::RequireRevision(std::string key, Revision revision) {
  conditions_.push_back({.key = std::move(key), .revision = revision});
  return *this;
}

Transaction& Transaction::Put(std::string key, Bytes value) {
  writes_.push_back({.key = std::move(key), .value = std::move(value)});
  return *this;
}

Transaction& Transaction::Delete(std::string key) {
  writes_.push_back({.key = std::move(key), .value = std::nullopt});
  return *this;
}

Status Validate(const Transaction& transaction) {
  if (transaction.writes().empty()) {
    return InvalidArgument("a transaction writes nothing; read with Get instead");
  }
  for (const auto& condition : transaction.conditions()) TRY(CheckKey(condition.key));
  std::vector<std::string_view> keys;
  for (const auto& write : transaction.writes()) {
    TRY(CheckWrite(write));
    keys.push_back(write.key);
  }
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice == keys.end()) return {};
  return InvalidArgument("a transaction writes \"" + std::string(*twice) +
                         "\" twice; write it once");
}

Result<Revision> Keystore::Commit(const Transaction& transaction) {
  const Transaction* const one = &transaction;
  return std::move(CommitAll({&one, 1}).front());
}

}  // namespace vallum::keystore
