// SPDX-License-Identifier: Apache-2.0
// For the files of this folder: AES-GCM encryptions whose IVs follow each other (SP 800-38D, 8.2.2). The
// first is a direct random string of 96 bits from the DRBG, those after it are its successors; the
// provider keeps the IV and counts it on, nobody outside can set it.
#pragma once

#include <cstdint>
#include <memory>

#include "ossl/aead.h"
#include "ossl/handle.h"

namespace vallum::ossl {

/// A sequence this long, and then another direct random string.
inline constexpr std::uint32_t kGcmSequenceLength = 1u << 16;

/// Whether a sequence may begin with `iv`: the provider counts the last eight bytes, SP 800-38D all
/// twelve, which is the same as long as the eight do not overflow.
bool HasRoomForSequence(const std::array<std::uint8_t, kGcmIvSize>& iv);

/// GcmSequence is one keyed context. One thread at a time.
class GcmSequence {
 public:
  /// Create copies the keyed context, which never had an IV.
  static Result<std::unique_ptr<GcmSequence>> Create(LibraryContext& library,
                                                     const evp_cipher_ctx_st* keyed);

  /// Encrypt writes everything that `out` has room for, of the right sizes. After a failure the
  /// sequence must not be used again. An objection is reported when the provider does not confirm that it
  /// made the IV.
  Status Encrypt(LibraryContext& library, ByteSpan plaintext, ByteSpan aad, const GcmOutput& out);

 private:
  explicit GcmSequence(CipherContext context) : context_(std::move(context)) {}
  bool MayGoOn() const;
  Status Begin(LibraryContext& library);

  CipherContext context_;
  std::uint32_t left_ = 0;         // IVs that the sequence still has
  std::uint64_t memory_copy_ = 0;  // where it began: it must not go on in a copy of it
  bool confirmed_ = false;         // by the provider's iv-generated
};

}  // namespace vallum::ossl
