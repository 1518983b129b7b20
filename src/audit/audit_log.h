// SPDX-License-Identifier: Apache-2.0
// The tamper-evident audit log: an append-only Merkle tree of SHA-256 in tiles of 256 entries
// (C2SP tlog-tiles), with checkpoints (C2SP signed notes) signed by an Ed25519 key of the module.
//
//   auto index = TRY(log->Append(record));   // in the page cache: survives kill -9
//   TRY(log->Sync(index));                   // on the disk: survives a power failure
//
// docs/formats/audit-log.md specifies the folder.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "audit/record.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace vallum::audit {

using Hash = std::array<std::uint8_t, 32>;

/// What the log needs from the module, so that tests can stand in for it.
struct Crypto {
  std::function<Result<Hash>(std::initializer_list<ByteSpan>)> sha256;
  std::function<Result<Bytes>(ByteSpan)> sign;  ///< Ed25519, 64 bytes
  Bytes public_key;                             ///< Ed25519, 32 raw bytes
};

struct Options {
  std::filesystem::path directory;
  std::string origin;  ///< the log's name in checkpoints, "vallum/<instance>"
  std::chrono::milliseconds sync_interval{50};
  std::chrono::milliseconds checkpoint_interval{1000};
  bool sync_every_append = false;  ///< audit.durability = "fsync"
  /// The size that the store remembers from the last checkpoint: a shorter log was cut off.
  std::uint64_t minimum_size = 0;
};

/// AuditLog is thread-safe. After a write failed it refuses every further Append with the first
/// cause (kStorageFull or kStorage) until Reopen succeeds: key operations stop with it.
class AuditLog {
 public:
  /// Open creates the folder or recovers it: an incomplete last entry, which nobody was told of, is
  /// cut off. kIntegrity when what is there contradicts itself, its checkpoint or minimum_size;
  /// kUnavailable when another process has it open.
  static Result<std::unique_ptr<AuditLog>> Open(Options options, Crypto crypto, const Clock& clock);
  virtual ~AuditLog() = default;

  /// Append writes one record and returns its index. When it returns, the record survives the death
  /// of the process; it is on the disk within sync_interval.
  virtual Result<std::uint64_t> Append(const Record& record) = 0;
  /// Sync returns when the entry at `index` and all before it are on the disk. Callers share fsyncs.
  virtual Status Sync(std::uint64_t index) = 0;
  /// Checkpoint syncs, then signs and stores a checkpoint of all entries. Returns its text.
  virtual Result<std::string> Checkpoint() = 0;
  /// OnCheckpoint is called (from the log's own thread) with each stored checkpoint's size.
  virtual void OnCheckpoint(std::function<void(std::uint64_t size)> callback) = 0;

  virtual std::uint64_t size() const = 0;
  /// health is ok, or the first cause why appends are refused.
  virtual Status health() const = 0;
  /// Reopen tries to write again after a failure (space was made, say). Nothing acknowledged is lost.
  virtual Status Reopen() = 0;

  /// Reading, for the wire: a full or partial tile of hashes (32 bytes each) at `level` and `index`,
  /// a bundle of entries (big-endian 16-bit length before each), the last checkpoint's text, and
  /// one entry. kNotFound past the end.
  virtual Result<Bytes> ReadTile(unsigned level, std::uint64_t index, unsigned width) = 0;
  virtual Result<Bytes> ReadEntries(std::uint64_t index, unsigned width) = 0;
  virtual Result<std::string> ReadCheckpoint() = 0;
  virtual Result<std::string> ReadEntry(std::uint64_t index) = 0;

  /// The log's verifier key in C2SP form: "<name>+<hash>+<base64>".
  virtual std::string VerifierKey() const = 0;
};

}  // namespace vallum::audit
