// SPDX-License-Identifier: Apache-2.0
// SIZE: a table
// The mechanism table: which Cryptoki mechanism is which service of the module. C_GetMechanismList,
// C_GetMechanismInfo, the checks of every C_...Init and docs/pkcs11.md derive from it; what is not here is
// CKR_MECHANISM_INVALID.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "module/module.h"
#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

/// What a mechanism does with its key and parameter.
enum class Kind : std::uint8_t {
  kDigest,
  kRsaPkcs,  ///< of a DigestInfo
  kRsaPkcsHash,
  kRsaPss,  ///< of a digest
  kRsaPssHash,
  kRsaOaep,
  kEcdsa,  ///< of a digest
  kEcdsaHash,
  kEdDsa,
  kMlDsa,
  kSlhDsa,
  kHmac,
  kAesCmac,
  kAesCipher,
  kAesWrap,
  kEcdh,
  kMlKem,
  kGenerateSecret,
  kGeneratePair,
};

/// HashFacts is one hash and where it occurs.
struct HashFacts {
  module::DigestAlgorithm digest;
  CK_MECHANISM_TYPE mechanism;
  CK_ULONG mgf;
  std::uint8_t size;
  std::uint8_t oid_end;  ///< last byte of its OID, 2.16.840.1.101.3.4.2.x
  module::Scheme pkcs1;
  module::Scheme pss;
  module::Scheme ecdsa;  ///< kDefault: none
  module::Algorithm hmac;
};

using module::Algorithm;
using module::DigestAlgorithm;
using module::Scheme;

inline constexpr std::array kHashes = {
    HashFacts{DigestAlgorithm::kSha256, CKM_SHA256, CKG_MGF1_SHA256, 32, 1, Scheme::kRsaPkcs1Sha256,
              Scheme::kRsaPssSha256, Scheme::kEcdsaSha256, Algorithm::kHmacSha256},
    HashFacts{DigestAlgorithm::kSha384, CKM_SHA384, CKG_MGF1_SHA384, 48, 2, Scheme::kRsaPkcs1Sha384,
              Scheme::kRsaPssSha384, Scheme::kEcdsaSha384, Algorithm::kHmacSha384},
    HashFacts{DigestAlgorithm::kSha512, CKM_SHA512, CKG_MGF1_SHA512, 64, 3, Scheme::kRsaPkcs1Sha512,
              Scheme::kRsaPssSha512, Scheme::kEcdsaSha512, Algorithm::kHmacSha512},
    HashFacts{DigestAlgorithm::kSha224, CKM_SHA224, CKG_MGF1_SHA224, 28, 4, Scheme::kRsaPkcs1Sha224,
              Scheme::kRsaPssSha224, Scheme::kDefault, Algorithm::kHmacSha224},
    HashFacts{DigestAlgorithm::kSha3_256, CKM_SHA3_256, CKG_MGF1_SHA3_256, 32, 8,
              Scheme::kRsaPkcs1Sha3_256, Scheme::kRsaPssSha3_256, Scheme::kEcdsaSha3_256,
              Algorithm::kHmacSha3_256},
    HashFacts{DigestAlgorithm::kSha3_384, CKM_SHA3_384, CKG_MGF1_SHA3_384, 48, 9,
              Scheme::kRsaPkcs1Sha3_384, Scheme::kRsaPssSha3_384, Scheme::kEcdsaSha3_384,
              Algorithm::kHmacSha3_384},
    HashFacts{DigestAlgorithm::kSha3_512, CKM_SHA3_512, CKG_MGF1_SHA3_512, 64, 10,
              Scheme::kRsaPkcs1Sha3_512, Scheme::kRsaPssSha3_512, Scheme::kEcdsaSha3_512,
              Algorithm::kHmacSha3_512},
};

/// MechanismRow is one mechanism. Sizes of keys are bits for RSA and EC, bytes for the others.
struct MechanismRow {
  CK_MECHANISM_TYPE mechanism;
  std::string_view name;
  Kind kind;
  CK_KEY_TYPE key_type;  ///< CK_UNAVAILABLE_INFORMATION: no key
  CK_FLAGS flags;
  CK_ULONG least;
  CK_ULONG most;
  CK_MECHANISM_TYPE hash = CK_UNAVAILABLE_INFORMATION;  ///< of a hash in kHashes
  Scheme scheme = Scheme::kDefault;                     ///< of an AES mode
};

inline constexpr CK_FLAGS kSigns = CKF_SIGN | CKF_VERIFY | CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY;
inline constexpr CK_FLAGS kCiphers = CKF_ENCRYPT | CKF_DECRYPT;
inline constexpr CK_FLAGS kWraps = CKF_WRAP | CKF_UNWRAP;
inline constexpr CK_FLAGS kCurves = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
inline constexpr CK_KEY_TYPE kNoKey = CK_UNAVAILABLE_INFORMATION;

inline constexpr std::array kMechanisms = {
#define VALLUM_ROW(name, ...) \
  MechanismRow { name, #name, __VA_ARGS__ }
    VALLUM_ROW(CKM_RSA_PKCS_KEY_PAIR_GEN, Kind::kGeneratePair, CKK_RSA, CKF_GENERATE_KEY_PAIR, 2048,
               4096),
    VALLUM_ROW(CKM_RSA_PKCS, Kind::kRsaPkcs, CKK_RSA, kSigns, 2048, 4096),
    VALLUM_ROW(CKM_SHA224_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA224),
    VALLUM_ROW(CKM_SHA256_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA256),
    VALLUM_ROW(CKM_SHA384_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA384),
    VALLUM_ROW(CKM_SHA512_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA512),
    VALLUM_ROW(CKM_SHA3_256_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096,
               CKM_SHA3_256),
    VALLUM_ROW(CKM_SHA3_384_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096,
               CKM_SHA3_384),
    VALLUM_ROW(CKM_SHA3_512_RSA_PKCS, Kind::kRsaPkcsHash, CKK_RSA, kSigns, 2048, 4096,
               CKM_SHA3_512),
    VALLUM_ROW(CKM_RSA_PKCS_PSS, Kind::kRsaPss, CKK_RSA, kSigns, 2048, 4096),
    VALLUM_ROW(CKM_SHA224_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA224),
    VALLUM_ROW(CKM_SHA256_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA256),
    VALLUM_ROW(CKM_SHA384_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA384),
    VALLUM_ROW(CKM_SHA512_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096, CKM_SHA512),
    VALLUM_ROW(CKM_SHA3_256_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096,
               CKM_SHA3_256),
    VALLUM_ROW(CKM_SHA3_384_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096,
               CKM_SHA3_384),
    VALLUM_ROW(CKM_SHA3_512_RSA_PKCS_PSS, Kind::kRsaPssHash, CKK_RSA, kSigns, 2048, 4096,
               CKM_SHA3_512),
    VALLUM_ROW(CKM_RSA_PKCS_OAEP, Kind::kRsaOaep, CKK_RSA, kCiphers, 2048, 4096),
    VALLUM_ROW(CKM_EC_KEY_PAIR_GEN, Kind::kGeneratePair, CKK_EC, CKF_GENERATE_KEY_PAIR | kCurves,
               256, 521),
    VALLUM_ROW(CKM_ECDSA, Kind::kEcdsa, CKK_EC, kSigns | kCurves, 256, 521),
    VALLUM_ROW(CKM_ECDSA_SHA256, Kind::kEcdsaHash, CKK_EC, kSigns | kCurves, 256, 521, CKM_SHA256),
    VALLUM_ROW(CKM_ECDSA_SHA384, Kind::kEcdsaHash, CKK_EC, kSigns | kCurves, 256, 521, CKM_SHA384),
    VALLUM_ROW(CKM_ECDSA_SHA512, Kind::kEcdsaHash, CKK_EC, kSigns | kCurves, 256, 521, CKM_SHA512),
    VALLUM_ROW(CKM_ECDSA_SHA3_256, Kind::kEcdsaHash, CKK_EC, kSigns | kCurves, 256, 521,
               CKM_SHA3_256),
    VALLUM_ROW(CKM_ECDSA_SHA3_384, Kind::kEcdsaHash, CKK_EC, kSigns | kCurves, 256, 521,
               CKM_SHA3_384),
    VALLUM_ROW(CKM_ECDSA_SHA3_512, Kind::kEcdsaHash, CKK_EC, kSigns | kCurves, 256, 521,
               CKM_SHA3_512),
    VALLUM_ROW(CKM_ECDH1_DERIVE, Kind::kEcdh, CKK_EC, CKF_DERIVE | kCurves, 256, 521),
    VALLUM_ROW(CKM_EC_EDWARDS_KEY_PAIR_GEN, Kind::kGeneratePair, CKK_EC_EDWARDS,
               CKF_GENERATE_KEY_PAIR, 255, 448),
    VALLUM_ROW(CKM_EDDSA, Kind::kEdDsa, CKK_EC_EDWARDS, kSigns, 255, 448),
    VALLUM_ROW(CKM_ML_DSA_KEY_PAIR_GEN, Kind::kGeneratePair, CKK_ML_DSA, CKF_GENERATE_KEY_PAIR,
               1312, 2592),
    VALLUM_ROW(CKM_ML_DSA, Kind::kMlDsa, CKK_ML_DSA, kSigns, 1312, 2592),
    VALLUM_ROW(CKM_ML_KEM_KEY_PAIR_GEN, Kind::kGeneratePair, CKK_ML_KEM, CKF_GENERATE_KEY_PAIR, 800,
               1568),
    VALLUM_ROW(CKM_ML_KEM, Kind::kMlKem, CKK_ML_KEM, CKF_ENCAPSULATE | CKF_DECAPSULATE, 800, 1568),
    VALLUM_ROW(CKM_SLH_DSA_KEY_PAIR_GEN, Kind::kGeneratePair, CKK_SLH_DSA, CKF_GENERATE_KEY_PAIR,
               32, 64),
    VALLUM_ROW(CKM_SLH_DSA, Kind::kSlhDsa, CKK_SLH_DSA, kSigns, 32, 64),
    VALLUM_ROW(CKM_AES_KEY_GEN, Kind::kGenerateSecret, CKK_AES, CKF_GENERATE, 16, 32),
    VALLUM_ROW(CKM_AES_ECB, Kind::kAesCipher, CKK_AES, kCiphers, 16, 32, CK_UNAVAILABLE_INFORMATION,
               Scheme::kAesEcb),
    VALLUM_ROW(CKM_AES_CBC, Kind::kAesCipher, CKK_AES, kCiphers, 16, 32, CK_UNAVAILABLE_INFORMATION,
               Scheme::kAesCbc),
    VALLUM_ROW(CKM_AES_CBC_PAD, Kind::kAesCipher, CKK_AES, kCiphers, 16, 32,
               CK_UNAVAILABLE_INFORMATION, Scheme::kAesCbcPad),
    VALLUM_ROW(CKM_AES_CTR, Kind::kAesCipher, CKK_AES, kCiphers, 16, 32, CK_UNAVAILABLE_INFORMATION,
               Scheme::kAesCtr),
    VALLUM_ROW(CKM_AES_GCM, Kind::kAesCipher, CKK_AES,
               kCiphers | CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT, 16, 32,
               CK_UNAVAILABLE_INFORMATION, Scheme::kAesGcm),
    VALLUM_ROW(CKM_AES_CCM, Kind::kAesCipher, CKK_AES, kCiphers, 16, 32, CK_UNAVAILABLE_INFORMATION,
               Scheme::kAesCcm),
    VALLUM_ROW(CKM_AES_CMAC, Kind::kAesCmac, CKK_AES, kSigns, 16, 32),
    VALLUM_ROW(CKM_AES_KEY_WRAP, Kind::kAesWrap, CKK_AES, kWraps, 16, 32,
               CK_UNAVAILABLE_INFORMATION, Scheme::kAesKw),
    VALLUM_ROW(CKM_AES_KEY_WRAP_KWP, Kind::kAesWrap, CKK_AES, kWraps, 16, 32,
               CK_UNAVAILABLE_INFORMATION, Scheme::kAesKwp),
    VALLUM_ROW(CKM_GENERIC_SECRET_KEY_GEN, Kind::kGenerateSecret, CKK_GENERIC_SECRET, CKF_GENERATE,
               14, 512),
    VALLUM_ROW(CKM_SHA224_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA224),
    VALLUM_ROW(CKM_SHA256_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA256),
    VALLUM_ROW(CKM_SHA384_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA384),
    VALLUM_ROW(CKM_SHA512_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA512),
    VALLUM_ROW(CKM_SHA3_256_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA3_256),
    VALLUM_ROW(CKM_SHA3_384_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA3_384),
    VALLUM_ROW(CKM_SHA3_512_HMAC, Kind::kHmac, CKK_GENERIC_SECRET, kSigns, 14, 512, CKM_SHA3_512),
    VALLUM_ROW(CKM_SHA224, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA224),
    VALLUM_ROW(CKM_SHA256, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA256),
    VALLUM_ROW(CKM_SHA384, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA384),
    VALLUM_ROW(CKM_SHA512, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA512),
    VALLUM_ROW(CKM_SHA3_256, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA3_256),
    VALLUM_ROW(CKM_SHA3_384, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA3_384),
    VALLUM_ROW(CKM_SHA3_512, Kind::kDigest, kNoKey, CKF_DIGEST, 0, 0, CKM_SHA3_512),
#undef VALLUM_ROW
};

/// FindMechanism and FindHash are null for what is not offered.
constexpr const MechanismRow* FindMechanism(CK_MECHANISM_TYPE mechanism) {
  for (const MechanismRow& row : kMechanisms) {
    if (row.mechanism == mechanism) return &row;
  }
  return nullptr;
}
constexpr const HashFacts* FindHash(CK_MECHANISM_TYPE mechanism) {
  for (const HashFacts& hash : kHashes) {
    if (hash.mechanism == mechanism) return &hash;
  }
  return nullptr;
}

}  // namespace vallum::p11
