// SPDX-License-Identifier: Apache-2.0
// AES-GCM (SP 800-38D) with a 96-bit IV that the module makes itself from its DRBG (FIPS 140-3
// IG C.H, scenario 2; gcm_sequence.h). A caller's IV is for decryption, and for encryption that is
// not approved.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "ossl/context.h"
#include "ossl/pool.h"
#include "ossl/thread_slots.h"

namespace vallum::ossl {

inline constexpr std::size_t kGcmIvSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;
inline constexpr std::size_t kGcmLargestIv = 128;  // the provider's

/// GcmOutput is where an encryption puts what it makes.
struct GcmOutput {
  MutableByteSpan iv;          ///< 12 bytes
  MutableByteSpan ciphertext;  ///< as long as the plaintext, and may be the same bytes
  MutableByteSpan tag;         ///< 16 bytes
};

class GcmSequence;

/// GcmKey is a scheduled AES key. Thread-safe: threads that encrypt side by side have a sequence each.
class GcmKey {
 public:
  /// Create takes a key of 16, 24 or 32 bytes.
  static Result<std::unique_ptr<GcmKey>> Create(ContextRef context, ByteSpan key);
  ~GcmKey();

  /// Encrypt wipes the ciphertext on failure. An objection is reported when the provider does not
  /// confirm that it made the IV.
  Status Encrypt(ByteSpan plaintext, ByteSpan aad, const GcmOutput& out) const;
  /// EncryptWithIv takes the caller's IV (1 to 128 bytes) and makes a tag of tag.size() bytes (4, 8,
  /// 12 to 16). The provider says nothing about it: whoever calls this has to object.
  Status EncryptWithIv(ByteSpan iv, ByteSpan plaintext, ByteSpan aad, MutableByteSpan ciphertext,
                       MutableByteSpan tag) const;
  /// Decrypt writes to `plaintext`, which is as long as `ciphertext` and is wiped on failure.
  /// kVerifyFailed when the tag does not match. Sizes of IV and tag as above.
  Status Decrypt(ByteSpan iv, ByteSpan ciphertext, ByteSpan tag, ByteSpan aad,
                 MutableByteSpan plaintext) const;

 private:
  Status EncryptIn(std::unique_ptr<GcmSequence>& sequence, ByteSpan plaintext, ByteSpan aad,
                   const GcmOutput& out) const;
  GcmKey(ContextRef library, CipherContext scheduled);
  ContextRef context_;
  CipherContext template_;  // keyed, and never given an IV: each use is a copy
  mutable ThreadSlots<std::unique_ptr<GcmSequence>> own_sequences_;
  mutable Pool<GcmSequence> shared_sequences_;  // for the threads that found no slot
};

}  // namespace vallum::ossl
