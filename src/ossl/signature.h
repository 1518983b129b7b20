// SPDX-License-Identifier: Apache-2.0
// Signatures: RSA and ECDSA over a digest (FIPS 186-5), EdDSA (FIPS 186-5), ML-DSA (FIPS 204) and
// SLH-DSA (FIPS 205) over the message itself.
#pragma once

#include "base/bytes.h"
#include "ossl/pkey.h"

namespace vallum::ossl {

enum class Padding : std::uint8_t { kNone, kPss, kPkcs1 };

inline constexpr int kSaltAsDigest = -1;

/// PSS uses the same hash for MGF1.
struct DigestScheme {
  Hash hash = Hash::kSha256;
  Padding padding = Padding::kNone;  ///< kNone for ECDSA, whose signatures are DER (RFC 3279)
  int salt_size = kSaltAsDigest;     ///< of PSS
};

/// `digest` has exactly HashSize(scheme.hash) bytes. Thread-safe, as are all below.
Result<Bytes> SignDigest(KeyPair& key, const DigestScheme& scheme, ByteSpan digest);
/// VerifyDigest is kVerifyFailed for anything but a right signature.
Status VerifyDigest(KeyPair& key, const DigestScheme& scheme, ByteSpan digest, ByteSpan signature);

/// kPure signs the message, kPrehash its hash (HashEdDSA), kMu takes ML-DSA's message representative.
enum class MessageForm : std::uint8_t { kPure, kPrehash, kMu };
enum class Randomness : std::uint8_t { kHedged, kDeterministic };

struct MessageScheme {
  MessageForm form = MessageForm::kPure;
  Randomness randomness = Randomness::kHedged;  ///< of ML-DSA and SLH-DSA
  ByteSpan context = {};                        ///< at most 255 bytes
};

/// SignMessage and VerifyMessage are for keys with pure_signature().
Result<Bytes> SignMessage(KeyPair& key, const MessageScheme& scheme, ByteSpan message);
Status VerifyMessage(KeyPair& key, const MessageScheme& scheme, ByteSpan message,
                     ByteSpan signature);

}  // namespace vallum::ossl
