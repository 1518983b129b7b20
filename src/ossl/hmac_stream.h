// SPDX-License-Identifier: Apache-2.0
// HMAC (FIPS 198-1) of a message that comes in pieces.
#pragma once

#include "base/bytes.h"
#include "ossl/context.h"
#include "ossl/digest.h"

namespace vallum::ossl {

/// HmacStream computes one MAC. Not thread-safe.
class HmacStream {
 public:
  static Result<HmacStream> Create(ContextRef context, Hash hash, ByteSpan key);
  Status Update(ByteSpan bytes);
  /// Finish returns the full-length MAC; the object is used up.
  Result<DigestValue> Finish() &&;

 private:
  HmacStream(ContextRef library, MacContext mac)
      : context_(std::move(library)), mac_(std::move(mac)) {}
  ContextRef context_;
  MacContext mac_;
};

}  // namespace vallum::ossl
