// SPDX-License-Identifier: Apache-2.0
// Keystore: the ordered, durable map under everything that Vallum remembers. Point reads, prefix
// lists, and transactions with compare-and-set; the shape that SQLite and etcd both have. What the
// entries mean is the service's business (docs/formats/keystore.md); key material is always wrapped.
//
//   Transaction t;
//   t.RequireAbsent("name/default/payroll").Put("name/default/payroll", id).Put(key, record);
//   auto revision = TRY(store->Commit(t));      // durable when it returns
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::keystore {

/// Revision of an entry: greater after every change of it; 0 means absent.
using Revision = std::uint64_t;

struct Entry {
  std::string key;
  Bytes value;
  Revision revision = 0;
};

inline constexpr std::size_t kMaxKeySize = 512;
inline constexpr std::size_t kMaxValueSize = 1 << 20;

/// Transaction is a value: conditions that must all hold, then writes that all happen. At least one
/// write; each key is written at most once.
class Transaction {
 public:
  Transaction& RequireAbsent(std::string key) { return RequireRevision(std::move(key), 0); }
  Transaction& RequireRevision(std::string key, Revision revision);
  Transaction& Put(std::string key, Bytes value);
  Transaction& Delete(std::string key);

  struct Condition {
    std::string key;
    Revision revision;
  };
  struct Write {
    std::string key;
    std::optional<Bytes> value;  ///< absent: delete
  };
  const std::vector<Condition>& conditions() const { return conditions_; }
  const std::vector<Write>& writes() const { return writes_; }

 private:
  std::vector<Condition> conditions_;
  std::vector<Write> writes_;
};

/// Validate is kInvalidArgument when a transaction breaks the bounds above; for implementations.
Status Validate(const Transaction& transaction);

/// Keystore implementations are thread-safe. Keys are at most 512 bytes, values at most 1 MiB.
class Keystore {
 public:
  virtual ~Keystore() = default;
  /// Get returns the entry, or kNotFound.
  virtual Result<Entry> Get(std::string_view key) = 0;
  /// List returns up to `limit` entries whose keys start with `prefix` and are greater than `after`
  /// (empty: from the start), in byte order.
  virtual Result<std::vector<Entry>> List(std::string_view prefix, std::string_view after,
                                          std::size_t limit) = 0;
  /// Commit applies all of it or nothing. When it returns the new revision, the writes survive a
  /// power failure. A failed condition is kConflict and names the key; kInvalidArgument as Validate;
  /// kStorageFull and kStorage mean that nothing was written. Concurrent commits share one fsync.
  Result<Revision> Commit(const Transaction& transaction);
  /// CommitAll commits independent transactions, each as Commit would and in this order, waits for
  /// all of them once, and returns one result for each.
  virtual std::vector<Result<Revision>> CommitAll(
      std::span<const Transaction* const> transactions) = 0;
};

}  // namespace vallum::keystore
