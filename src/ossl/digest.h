// SPDX-License-Identifier: Apache-2.0
// Hashing (FIPS 180-4, FIPS 202).
#pragma once

#include <array>
#include <initializer_list>

#include "base/bytes.h"
#include "ossl/context.h"

namespace vallum::ossl {

/// DigestValue is a digest of at most 64 bytes, without allocation.
struct DigestValue {
  std::array<std::uint8_t, 64> bytes{};
  std::size_t size = 0;
  ByteSpan span() const { return {bytes.data(), size}; }
};

/// ComputeDigest hashes the concatenation of `parts`. Thread-safe.
Result<DigestValue> ComputeDigest(LibraryContext& context, Hash hash,
                                  std::initializer_list<ByteSpan> parts);

/// ComputeShake fills `out` with SHAKE128 or SHAKE256 of `message` (`bits` 128 or 256). Thread-safe.
Status ComputeShake(LibraryContext& context, int bits, ByteSpan message, MutableByteSpan out);

/// StreamingDigest hashes piece by piece. Not thread-safe.
class StreamingDigest {
 public:
  static Result<StreamingDigest> Create(ContextRef context, Hash hash);
  Status Update(ByteSpan bytes);
  /// Finish returns the digest; the object is used up.
  Result<DigestValue> Finish() &&;

 private:
  StreamingDigest(ContextRef library, DigestContext digest)
      : context_(std::move(library)), digest_(std::move(digest)) {}
  ContextRef context_;
  DigestContext digest_;
};

}  // namespace vallum::ossl
