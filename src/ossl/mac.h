// SPDX-License-Identifier: Apache-2.0
// MACs: HMAC (FIPS 198-1), CMAC with AES (SP 800-38B), KMAC (SP 800-185).
#pragma once

#include <memory>

#include "base/bytes.h"
#include "ossl/context.h"
#include "ossl/digest.h"

namespace vallum::ossl {

/// MacStream is one message on its way through a MAC, piece by piece. Not thread-safe.
class MacStream {
 public:
  Status Update(ByteSpan message);
  /// Finish writes the MAC, whose size was fixed when the stream began; the object is used up.
  Status Finish(MutableByteSpan mac) &&;

 private:
  friend class MacKey;
  MacStream(ContextRef library, MacContext mac)
      : library_(std::move(library)), mac_(std::move(mac)) {}
  ContextRef library_;
  MacContext mac_;
};

/// What only KMAC takes; for the others it stays empty.
struct KmacInput {
  ByteSpan customization;  ///< up to 512 bytes
  std::size_t size = 0;    ///< of the MAC in bytes
};

/// MacKey is a scheduled MAC key with a pool of contexts. Thread-safe.
class MacKey {
 public:
  /// CreateHmac takes a key of any size above 0; whether a short one is refused or flagged is the
  /// library context's setting.
  static Result<std::unique_ptr<MacKey>> CreateHmac(ContextRef context, Hash hash, ByteSpan key);
  /// CreateCmac takes an AES key of 16, 24 or 32 bytes.
  static Result<std::unique_ptr<MacKey>> CreateCmac(ContextRef context, ByteSpan key);
  /// CreateKmac takes a key of 4 to 512 bytes; short ones as for HMAC. `bits` is 128 or 256.
  static Result<std::unique_ptr<MacKey>> CreateKmac(ContextRef context, int bits, ByteSpan key);

  /// Size of the whole MAC in bytes; of KMAC, its usual one.
  std::size_t size() const { return size_; }
  /// Compute writes a MAC of mac.size() bytes: size(), or for KMAC input.size.
  Status Compute(const KmacInput& input, ByteSpan message, MutableByteSpan mac);
  /// Begin starts a message of several pieces.
  Result<MacStream> Begin(const KmacInput& input) const;

 private:
  MacKey(ContextRef library, MacContext scheduled, std::size_t size, bool kmac)
      : context_(std::move(library)),
        template_(std::move(scheduled)),
        size_(size),
        is_kmac_(kmac) {}
  ContextRef context_;
  MacContext template_;
  std::size_t size_;
  bool is_kmac_;
  Pool<evp_mac_ctx_st, Release<evp_mac_ctx_st>> pool_;
};

}  // namespace vallum::ossl
