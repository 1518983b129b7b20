// SPDX-License-Identifier: Apache-2.0
// HMAC (FIPS 198-1).
#pragma once

#include <memory>

#include "base/bytes.h"
#include "ossl/context.h"
#include "ossl/digest.h"

namespace vallum::ossl {

/// HmacKey is a scheduled HMAC key with a pool of contexts. Thread-safe.
class HmacKey {
 public:
  /// Create takes a key of any size above 0; whether a short one is refused or flagged is the
  /// library context's setting.
  static Result<std::unique_ptr<HmacKey>> Create(ContextRef context, Hash hash, ByteSpan key);
  /// Compute returns the full-length MAC.
  Result<DigestValue> Compute(ByteSpan message);

 private:
  HmacKey(ContextRef library, MacContext scheduled)
      : context_(std::move(library)), template_(std::move(scheduled)) {}
  ContextRef context_;
  MacContext template_;
  Pool<evp_mac_ctx_st, Release<evp_mac_ctx_st>> pool_;
};

}  // namespace vallum::ossl
