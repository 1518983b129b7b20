// SPDX-License-Identifier: Apache-2.0
// Session, and the table that finds sessions by their handles.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "p11/core/rv.h"
#include "p11/mechanism/operation.h"

namespace vallum::p11 {

class Slot;

/// Session is used by one thread at a time; its mutex sees to that. At most one operation of a kind is
/// under way.
struct Session {
  Session(CK_SESSION_HANDLE number, Slot& home, bool writable)
      : handle(number), slot(home), read_write(writable) {}

  const CK_SESSION_HANDLE handle;
  Slot& slot;
  const bool read_write;
  std::mutex mutex;
  bool closed = false;
  bool searching = false;
  std::vector<CK_OBJECT_HANDLE> found;  ///< in reverse: the next one is at the end
  std::unique_ptr<Digester> digester;
  std::unique_ptr<Signer> signer;
  std::unique_ptr<Verifier> verifier;
  std::unique_ptr<Signer> message_signer;
  std::unique_ptr<Verifier> message_verifier;
  bool message_under_way = false;  ///< of the one or the other, between its begin and its end
  std::unique_ptr<Verifier> signature_verifier;
  Bytes expected_signature;  ///< of signature_verifier
  std::unique_ptr<Cipher> encryption;
  std::unique_ptr<Cipher> decryption;
  std::unique_ptr<MessageCipher> message_encryption;
  std::unique_ptr<MessageCipher> message_decryption;
  bool last_approved = false;  ///< CKS_LAST_VALIDATION_OK
};
using SessionPtr = std::shared_ptr<Session>;

/// SessionTable is thread-safe and sharded; opening and closing costs the same however many there are.
class SessionTable {
 public:
  SessionPtr Open(Slot& slot, bool read_write);
  SessionPtr Find(CK_SESSION_HANDLE handle) const;
  /// Close is the session that was closed, or null.
  SessionPtr Close(CK_SESSION_HANDLE handle);
  std::vector<CK_SESSION_HANDLE> HandlesOf(const Slot& slot) const;

 private:
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<CK_SESSION_HANDLE, SessionPtr> sessions;
  };
  const Shard& ShardOf(CK_SESSION_HANDLE handle) const { return shards_[handle % kShards]; }
  Shard& ShardOf(CK_SESSION_HANDLE handle) { return shards_[handle % kShards]; }
  std::array<Shard, kShards> shards_;
};

}  // namespace vallum::p11
