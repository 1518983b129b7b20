// SPDX-License-Identifier: Apache-2.0
// Signatures: RSA and ECDSA over a digest (FIPS 186-5), Ed25519 (FIPS 186-5) and ML-DSA (FIPS 204)
// over the message itself.
#pragma once

#include "base/bytes.h"
#include "ossl/pkey.h"

namespace vallum::ossl {

enum class Padding : std::uint8_t { kNone, kPss, kPkcs1 };

/// PSS uses the same hash for MGF1 and a salt as long as the digest.
struct DigestScheme {
  Hash hash = Hash::kSha256;
  Padding padding = Padding::kNone;  ///< kNone for ECDSA, whose signatures are DER (RFC 3279)
};

/// `digest` has exactly HashSize(scheme.hash) bytes. Thread-safe, as are all below.
Result<Bytes> SignDigest(KeyPair& key, const DigestScheme& scheme, ByteSpan digest);
/// VerifyDigest is kVerifyFailed for anything but a right signature.
Status VerifyDigest(KeyPair& key, const DigestScheme& scheme, ByteSpan digest, ByteSpan signature);

/// SignMessage and VerifyMessage are for keys with pure_signature(); the context string is empty.
Result<Bytes> SignMessage(KeyPair& key, ByteSpan message);
Status VerifyMessage(KeyPair& key, ByteSpan message, ByteSpan signature);

}  // namespace vallum::ossl
