// SPDX-License-Identifier: Apache-2.0
// Key derivation: SP 800-56C (one step and two steps), SP 800-108, SP 800-132, SP 800-135 and RFC 8446.
// Each function fills `out` wholly or fails with kProvider, and reads the provider's indicator after.
// All are thread-safe. `out` is the caller's secret memory.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "ossl/context.h"

namespace vallum::ossl {

/// Both steps of HKDF, or one of them.
enum class HkdfStep : std::uint8_t { kBoth, kExtract, kExpand };

struct HkdfInput {
  Hash hash;
  HkdfStep step;
  ByteSpan salt;  ///< empty: as many zeros as the hash has bytes
  ByteSpan info;
};
Status Hkdf(LibraryContext& context, const HkdfInput& input, ByteSpan key, MutableByteSpan out);

/// The function inside a one-step or a key-based derivation.
enum class PrfKind : std::uint8_t { kHash, kHmac, kCmac, kKmac128, kKmac256 };

struct OneStepInput {
  PrfKind prf;    ///< kHash, kHmac or a KMAC
  Hash hash;      ///< of kHash and kHmac
  ByteSpan salt;  ///< of kHmac and the KMACs; empty: the default of SP 800-56C
  ByteSpan info;
};
Status OneStep(LibraryContext& context, const OneStepInput& input, ByteSpan key,
               MutableByteSpan out);

struct KbkdfInput {
  PrfKind prf;  ///< kHmac, kCmac or a KMAC
  Hash hash;    ///< of kHmac
  bool feedback;
  int counter_bits;  ///< 8, 16, 24 or 32
  bool separator;    ///< a zero byte between label and context
  bool length;       ///< the output's length at the end
  ByteSpan label;
  ByteSpan context;
  ByteSpan iv;  ///< of feedback mode
};
Status Kbkdf(LibraryContext& context, const KbkdfInput& input, ByteSpan key, MutableByteSpan out);

struct Pbkdf2Input {
  Hash hash;
  ByteSpan salt;
  std::uint64_t iterations;
};
Status Pbkdf2(LibraryContext& context, const Pbkdf2Input& input, ByteSpan password,
              MutableByteSpan out);

/// X963 is the KDF of ANS X9.63 (SP 800-135, 4.2).
Status X963(LibraryContext& context, Hash hash, ByteSpan shared_info, ByteSpan key,
            MutableByteSpan out);

/// Tls12Prf is the PRF of TLS 1.2 (RFC 5246, 5); `seed` is label and seed in one piece.
Status Tls12Prf(LibraryContext& context, Hash hash, ByteSpan seed, ByteSpan secret,
                MutableByteSpan out);

/// Tls13Extract is one HKDF-Extract of RFC 8446, 7.1, with Derive-Secret(previous, "derived", "") as its
/// salt; `previous` empty: zeros.
Status Tls13Extract(LibraryContext& context, Hash hash, ByteSpan previous, ByteSpan key,
                    MutableByteSpan out);
/// Tls13Expand is HKDF-Expand-Label of RFC 8446, 7.1; `label` without its "tls13 ".
Status Tls13Expand(LibraryContext& context, Hash hash, ByteSpan label, ByteSpan data, ByteSpan key,
                   MutableByteSpan out);

}  // namespace vallum::ossl
