// SPDX-License-Identifier: Apache-2.0
// What a scheme that hashes consists of.
#pragma once

#include <array>
#include <cstdint>

#include "module/algorithm.h"

namespace vallum::module {

/// HashedSchemeKind is the part of a scheme that is not its hash.
enum class HashedSchemeKind : std::uint8_t { kPss, kPkcs1, kOaep, kEcdsa };

struct HashedScheme {
  Scheme scheme;
  HashedSchemeKind kind;
  DigestAlgorithm hash;
};

inline constexpr std::array kHashedSchemes = {
    HashedScheme{Scheme::kRsaPssSha256, HashedSchemeKind::kPss, DigestAlgorithm::kSha256},
    HashedScheme{Scheme::kRsaPssSha384, HashedSchemeKind::kPss, DigestAlgorithm::kSha384},
    HashedScheme{Scheme::kRsaPssSha512, HashedSchemeKind::kPss, DigestAlgorithm::kSha512},
    HashedScheme{Scheme::kRsaPssSha224, HashedSchemeKind::kPss, DigestAlgorithm::kSha224},
    HashedScheme{Scheme::kRsaPssSha512_224, HashedSchemeKind::kPss, DigestAlgorithm::kSha512_224},
    HashedScheme{Scheme::kRsaPssSha512_256, HashedSchemeKind::kPss, DigestAlgorithm::kSha512_256},
    HashedScheme{Scheme::kRsaPssSha3_224, HashedSchemeKind::kPss, DigestAlgorithm::kSha3_224},
    HashedScheme{Scheme::kRsaPssSha3_256, HashedSchemeKind::kPss, DigestAlgorithm::kSha3_256},
    HashedScheme{Scheme::kRsaPssSha3_384, HashedSchemeKind::kPss, DigestAlgorithm::kSha3_384},
    HashedScheme{Scheme::kRsaPssSha3_512, HashedSchemeKind::kPss, DigestAlgorithm::kSha3_512},
    HashedScheme{Scheme::kRsaPkcs1Sha256, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha256},
    HashedScheme{Scheme::kRsaPkcs1Sha384, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha384},
    HashedScheme{Scheme::kRsaPkcs1Sha512, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha512},
    HashedScheme{Scheme::kRsaPkcs1Sha224, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha224},
    HashedScheme{Scheme::kRsaPkcs1Sha512_224, HashedSchemeKind::kPkcs1,
                 DigestAlgorithm::kSha512_224},
    HashedScheme{Scheme::kRsaPkcs1Sha512_256, HashedSchemeKind::kPkcs1,
                 DigestAlgorithm::kSha512_256},
    HashedScheme{Scheme::kRsaPkcs1Sha3_224, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha3_224},
    HashedScheme{Scheme::kRsaPkcs1Sha3_256, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha3_256},
    HashedScheme{Scheme::kRsaPkcs1Sha3_384, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha3_384},
    HashedScheme{Scheme::kRsaPkcs1Sha3_512, HashedSchemeKind::kPkcs1, DigestAlgorithm::kSha3_512},
    HashedScheme{Scheme::kRsaOaepSha256, HashedSchemeKind::kOaep, DigestAlgorithm::kSha256},
    HashedScheme{Scheme::kRsaOaepSha384, HashedSchemeKind::kOaep, DigestAlgorithm::kSha384},
    HashedScheme{Scheme::kRsaOaepSha512, HashedSchemeKind::kOaep, DigestAlgorithm::kSha512},
    HashedScheme{Scheme::kEcdsaSha256, HashedSchemeKind::kEcdsa, DigestAlgorithm::kSha256},
    HashedScheme{Scheme::kEcdsaSha384, HashedSchemeKind::kEcdsa, DigestAlgorithm::kSha384},
    HashedScheme{Scheme::kEcdsaSha512, HashedSchemeKind::kEcdsa, DigestAlgorithm::kSha512},
    HashedScheme{Scheme::kEcdsaSha3_256, HashedSchemeKind::kEcdsa, DigestAlgorithm::kSha3_256},
    HashedScheme{Scheme::kEcdsaSha3_384, HashedSchemeKind::kEcdsa, DigestAlgorithm::kSha3_384},
    HashedScheme{Scheme::kEcdsaSha3_512, HashedSchemeKind::kEcdsa, DigestAlgorithm::kSha3_512},
};

/// FindHashed returns what a scheme consists of, or null for one that takes the message itself.
constexpr const HashedScheme* FindHashed(Scheme scheme) {
  for (const HashedScheme& facts : kHashedSchemes) {
    if (facts.scheme == scheme) return &facts;
  }
  return nullptr;
}

/// HashBits is the length of a scheme's hash, 0 when the message itself is signed.
constexpr int HashBits(Scheme scheme) {
  constexpr std::array<int, kDigestAlgorithmCount> kBits = {256, 384, 512, 224, 224,
                                                            256, 224, 256, 384, 512};
  const HashedScheme* facts = FindHashed(scheme);
  return facts == nullptr ? 0 : kBits[static_cast<std::size_t>(facts->hash)];
}

}  // namespace vallum::module
