// SPDX-License-Identifier: Apache-2.0
// The approved table: every algorithm, operation and scheme that this module offers. What is not here
// is refused. Names, parsing, usages, scheme lists and the indicator all derive from it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "module/algorithm.h"
#include "module/scheme_facts.h"

namespace vallum::module {

/// Family says which kind of key, and so which code, an algorithm has.
enum class Family : std::uint8_t {
  kGcm,
  kKwp,
  kHmac,
  kRsa,
  kEc,
  kEdwards,
  kMlDsa,
  kMlKem,
  kSecret,
  kAes,  ///< of every mode
  kCbc,
  kCcm,
  kCtr,
  kXts,
  kKw,
  kCmac,
  kKmac,
  kEd448,
  kSlhDsa,
};

struct AlgorithmFacts {
  Algorithm algorithm;
  std::string_view name;
  Family family;
  std::uint16_t key_bits;     ///< of a generated symmetric key, of an RSA modulus, else of strength
  const char* provider_name;  ///< of a key pair's type, else null
  const char* provider_group;  ///< of an EC key, else null
};

inline constexpr std::array kAlgorithms = {
    AlgorithmFacts{Algorithm::kAes128Gcm, "aes-128-gcm", Family::kGcm, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Gcm, "aes-256-gcm", Family::kGcm, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Kwp, "aes-256-kwp", Family::kKwp, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha256, "hmac-sha256", Family::kHmac, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha384, "hmac-sha384", Family::kHmac, 384, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha512, "hmac-sha512", Family::kHmac, 512, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha224, "hmac-sha224", Family::kHmac, 224, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha512_224, "hmac-sha512-224", Family::kHmac, 224, nullptr,
                   nullptr},
    AlgorithmFacts{Algorithm::kHmacSha512_256, "hmac-sha512-256", Family::kHmac, 256, nullptr,
                   nullptr},
    AlgorithmFacts{Algorithm::kHmacSha3_224, "hmac-sha3-224", Family::kHmac, 224, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha3_256, "hmac-sha3-256", Family::kHmac, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha3_384, "hmac-sha3-384", Family::kHmac, 384, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kHmacSha3_512, "hmac-sha3-512", Family::kHmac, 512, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kKmac128, "kmac-128", Family::kKmac, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kKmac256, "kmac-256", Family::kKmac, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Gcm, "aes-192-gcm", Family::kGcm, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Kwp, "aes-128-kwp", Family::kKwp, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Kwp, "aes-192-kwp", Family::kKwp, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Kw, "aes-128-kw", Family::kKw, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Kw, "aes-192-kw", Family::kKw, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Kw, "aes-256-kw", Family::kKw, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Cbc, "aes-128-cbc", Family::kCbc, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Cbc, "aes-192-cbc", Family::kCbc, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Cbc, "aes-256-cbc", Family::kCbc, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Ctr, "aes-128-ctr", Family::kCtr, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Ctr, "aes-192-ctr", Family::kCtr, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Ctr, "aes-256-ctr", Family::kCtr, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Ccm, "aes-128-ccm", Family::kCcm, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Ccm, "aes-192-ccm", Family::kCcm, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Ccm, "aes-256-ccm", Family::kCcm, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Xts, "aes-128-xts", Family::kXts, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Xts, "aes-256-xts", Family::kXts, 512, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128Cmac, "aes-128-cmac", Family::kCmac, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192Cmac, "aes-192-cmac", Family::kCmac, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256Cmac, "aes-256-cmac", Family::kCmac, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes128, "aes-128", Family::kAes, 128, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes192, "aes-192", Family::kAes, 192, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kAes256, "aes-256", Family::kAes, 256, nullptr, nullptr},
    AlgorithmFacts{Algorithm::kRsa2048, "rsa-2048", Family::kRsa, 2048, "RSA", nullptr},
    AlgorithmFacts{Algorithm::kRsa3072, "rsa-3072", Family::kRsa, 3072, "RSA", nullptr},
    AlgorithmFacts{Algorithm::kRsa4096, "rsa-4096", Family::kRsa, 4096, "RSA", nullptr},
    AlgorithmFacts{Algorithm::kEcP256, "ec-p256", Family::kEc, 128, "EC", "P-256"},
    AlgorithmFacts{Algorithm::kEcP384, "ec-p384", Family::kEc, 192, "EC", "P-384"},
    AlgorithmFacts{Algorithm::kEcP521, "ec-p521", Family::kEc, 256, "EC", "P-521"},
    AlgorithmFacts{Algorithm::kEd25519, "ed25519", Family::kEdwards, 128, "ED25519", nullptr},
    AlgorithmFacts{Algorithm::kEd448, "ed448", Family::kEd448, 224, "ED448", nullptr},
    AlgorithmFacts{Algorithm::kMlDsa44, "ml-dsa-44", Family::kMlDsa, 128, "ML-DSA-44", nullptr},
    AlgorithmFacts{Algorithm::kMlDsa65, "ml-dsa-65", Family::kMlDsa, 192, "ML-DSA-65", nullptr},
    AlgorithmFacts{Algorithm::kMlDsa87, "ml-dsa-87", Family::kMlDsa, 256, "ML-DSA-87", nullptr},
    AlgorithmFacts{Algorithm::kMlKem512, "ml-kem-512", Family::kMlKem, 128, "ML-KEM-512", nullptr},
    AlgorithmFacts{Algorithm::kMlKem768, "ml-kem-768", Family::kMlKem, 192, "ML-KEM-768", nullptr},
    AlgorithmFacts{Algorithm::kMlKem1024, "ml-kem-1024", Family::kMlKem, 256, "ML-KEM-1024",
                   nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaSha2_128s, "slh-dsa-sha2-128s", Family::kSlhDsa, 128,
                   "SLH-DSA-SHA2-128s", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaSha2_128f, "slh-dsa-sha2-128f", Family::kSlhDsa, 128,
                   "SLH-DSA-SHA2-128f", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaSha2_192s, "slh-dsa-sha2-192s", Family::kSlhDsa, 192,
                   "SLH-DSA-SHA2-192s", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaSha2_192f, "slh-dsa-sha2-192f", Family::kSlhDsa, 192,
                   "SLH-DSA-SHA2-192f", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaSha2_256s, "slh-dsa-sha2-256s", Family::kSlhDsa, 256,
                   "SLH-DSA-SHA2-256s", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaSha2_256f, "slh-dsa-sha2-256f", Family::kSlhDsa, 256,
                   "SLH-DSA-SHA2-256f", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaShake128s, "slh-dsa-shake-128s", Family::kSlhDsa, 128,
                   "SLH-DSA-SHAKE-128s", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaShake128f, "slh-dsa-shake-128f", Family::kSlhDsa, 128,
                   "SLH-DSA-SHAKE-128f", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaShake192s, "slh-dsa-shake-192s", Family::kSlhDsa, 192,
                   "SLH-DSA-SHAKE-192s", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaShake192f, "slh-dsa-shake-192f", Family::kSlhDsa, 192,
                   "SLH-DSA-SHAKE-192f", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaShake256s, "slh-dsa-shake-256s", Family::kSlhDsa, 256,
                   "SLH-DSA-SHAKE-256s", nullptr},
    AlgorithmFacts{Algorithm::kSlhDsaShake256f, "slh-dsa-shake-256f", Family::kSlhDsa, 256,
                   "SLH-DSA-SHAKE-256f", nullptr},
    AlgorithmFacts{Algorithm::kGenericSecret, "generic-secret", Family::kSecret, 256, nullptr,
                   nullptr},
};

/// Operations is a set of Operation, one bit each.
class Operations {
 public:
  template <typename... Ops>
  constexpr explicit Operations(Ops... operations) : bits_((0u | ... | Bit(operations))) {}
  constexpr bool Has(Operation operation) const { return (bits_ & Bit(operation)) != 0; }

 private:
  static constexpr std::uint32_t Bit(Operation operation) {
    return 1u << static_cast<unsigned>(operation);
  }
  std::uint32_t bits_;
};

inline constexpr Operations kManageSecret(Operation::kGenerate, Operation::kImport);
inline constexpr Operations kManagePair(Operation::kGenerate, Operation::kImport,
                                        Operation::kExportPublic);
inline constexpr Operations kEncryption(Operation::kEncrypt, Operation::kDecrypt);
inline constexpr Operations kSigning(Operation::kSign, Operation::kVerify);
inline constexpr Operations kMacs(Operation::kMac, Operation::kVerifyMac);
inline constexpr Operations kWrapping(Operation::kWrap, Operation::kUnwrap);
inline constexpr Operations kKems(Operation::kEncapsulate, Operation::kDecapsulate);

inline constexpr Operations kAgreement(Operation::kAgree);
inline constexpr Operations kDerivation(Operation::kDerive);

/// Service is one row: these operations of a family, with this scheme. Of several schemes for one
/// operation the first is the default. Keys below `least_key_bits` are not approved (SP 800-131A).
struct Service {
  Family family;
  Operations operations;
  Scheme scheme;
  std::uint16_t least_key_bits;
};

inline constexpr std::array kServices = {
    Service{Family::kGcm, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kGcm, kEncryption, Scheme::kAesGcm, 128},
    Service{Family::kKwp, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kKwp, kWrapping, Scheme::kAesKwp, 128},
    Service{Family::kKw, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kKw, kWrapping, Scheme::kAesKw, 128},
    Service{Family::kCbc, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kCbc, kEncryption, Scheme::kAesCbcPad, 128},
    Service{Family::kCbc, kEncryption, Scheme::kAesCbc, 128},
    Service{Family::kCtr, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kCtr, kEncryption, Scheme::kAesCtr, 128},
    Service{Family::kCcm, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kCcm, kEncryption, Scheme::kAesCcm, 128},
    Service{Family::kXts, kManageSecret, Scheme::kDefault, 256},
    Service{Family::kXts, kEncryption, Scheme::kAesXts, 256},
    Service{Family::kCmac, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kCmac, kMacs, Scheme::kAesCmac, 128},
    Service{Family::kKmac, kManageSecret, Scheme::kDefault, 112},
    Service{Family::kKmac, kMacs, Scheme::kDefault, 112},
    Service{Family::kAes, kManageSecret, Scheme::kDefault, 128},
    Service{Family::kAes, kEncryption, Scheme::kAesGcm, 128},
    Service{Family::kAes, kEncryption, Scheme::kAesCcm, 128},
    Service{Family::kAes, kEncryption, Scheme::kAesCbc, 128},
    Service{Family::kAes, kEncryption, Scheme::kAesCbcPad, 128},
    Service{Family::kAes, kEncryption, Scheme::kAesCtr, 128},
    Service{Family::kAes, kEncryption, Scheme::kAesEcb, 128},
    Service{Family::kAes, kMacs, Scheme::kAesCmac, 128},
    Service{Family::kAes, kWrapping, Scheme::kAesKwp, 128},
    Service{Family::kAes, kWrapping, Scheme::kAesKw, 128},
    Service{Family::kHmac, kManageSecret, Scheme::kDefault, 112},
    Service{Family::kHmac, kMacs, Scheme::kDefault, 112},
    Service{Family::kRsa, kManagePair, Scheme::kDefault, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha256, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha384, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha512, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha224, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha512_224, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha512_256, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha3_224, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha3_256, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha3_384, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPssSha3_512, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha256, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha384, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha512, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha224, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha512_224, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha512_256, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha3_224, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha3_256, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha3_384, 2048},
    Service{Family::kRsa, kSigning, Scheme::kRsaPkcs1Sha3_512, 2048},
    Service{Family::kRsa, kEncryption, Scheme::kRsaOaepSha256, 2048},
    Service{Family::kRsa, kEncryption, Scheme::kRsaOaepSha384, 2048},
    Service{Family::kRsa, kEncryption, Scheme::kRsaOaepSha512, 2048},
    Service{Family::kEc, kManagePair, Scheme::kDefault, 112},
    Service{Family::kEc, kSigning, Scheme::kEcdsaSha256, 112},
    Service{Family::kEc, kSigning, Scheme::kEcdsaSha384, 112},
    Service{Family::kEc, kSigning, Scheme::kEcdsaSha512, 112},
    Service{Family::kEc, kSigning, Scheme::kEcdsaSha3_256, 112},
    Service{Family::kEc, kSigning, Scheme::kEcdsaSha3_384, 112},
    Service{Family::kEc, kSigning, Scheme::kEcdsaSha3_512, 112},
    Service{Family::kEc, kAgreement, Scheme::kDefault, 112},
    Service{Family::kEdwards, kManagePair, Scheme::kDefault, 112},
    Service{Family::kEdwards, kSigning, Scheme::kEd25519, 112},
    Service{Family::kEdwards, kSigning, Scheme::kEd25519ph, 112},
    Service{Family::kEd448, kManagePair, Scheme::kDefault, 112},
    Service{Family::kEd448, kSigning, Scheme::kEd448, 112},
    Service{Family::kEd448, kSigning, Scheme::kEd448ph, 112},
    Service{Family::kMlDsa, kManagePair, Scheme::kDefault, 112},
    Service{Family::kMlDsa, kSigning, Scheme::kMlDsa, 112},
    Service{Family::kMlDsa, kSigning, Scheme::kMlDsaMu, 112},
    Service{Family::kSlhDsa, kManagePair, Scheme::kDefault, 112},
    Service{Family::kSlhDsa, kSigning, Scheme::kSlhDsa, 112},
    Service{Family::kMlKem, kManagePair, Scheme::kDefault, 112},
    Service{Family::kMlKem, kKems, Scheme::kDefault, 112},
    Service{Family::kSecret, kManageSecret, Scheme::kDefault, 112},
    Service{Family::kSecret, kDerivation, Scheme::kHkdf, 112},
    Service{Family::kSecret, kDerivation, Scheme::kOneStepKdf, 112},
    Service{Family::kSecret, kDerivation, Scheme::kKbkdf, 112},
    Service{Family::kSecret, kDerivation, Scheme::kPbkdf2, 112},
    Service{Family::kSecret, kDerivation, Scheme::kX963Kdf, 112},
    Service{Family::kSecret, kDerivation, Scheme::kTls12Kdf, 112},
    Service{Family::kSecret, kDerivation, Scheme::kTls13Kdf, 112},
};

/// IsOffered adds the one rule that a row cannot say: an ECDSA hash is no weaker than its curve.
constexpr bool IsOffered(const AlgorithmFacts& facts, const Service& service) {
  if (facts.family != service.family) return false;
  return facts.family != Family::kEc || HashBits(service.scheme) == 0 ||
         HashBits(service.scheme) >= 2 * facts.key_bits;
}

/// TakesAnySize tells families whose keys have no size of their own.
constexpr bool TakesAnySize(Family family) {
  return family == Family::kHmac || family == Family::kKmac || family == Family::kSecret;
}

/// FindAlgorithm returns the facts of an algorithm, or null for a number that is none.
constexpr const AlgorithmFacts* FindAlgorithm(Algorithm algorithm) {
  for (const AlgorithmFacts& facts : kAlgorithms) {
    if (facts.algorithm == algorithm) return &facts;
  }
  return nullptr;
}

/// ServiceRange says where the rows of one family stand in kServices: from first, up to last.
struct ServiceRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

inline constexpr std::size_t kFamilyCount = static_cast<std::size_t>(Family::kSlhDsa) + 1;

inline constexpr auto kServiceRanges = [] {
  std::array<ServiceRange, kFamilyCount> ranges;
  for (std::size_t row = 0; row < kServices.size(); ++row) {
    ServiceRange& range = ranges[static_cast<std::size_t>(kServices[row].family)];
    if (range.last == 0) range.first = row;
    range.last = row + 1;
  }
  return ranges;
}();

constexpr std::span<const Service> ServicesOf(Family family) {
  const ServiceRange range = kServiceRanges[static_cast<std::size_t>(family)];
  return std::span(kServices).subspan(range.first, range.last - range.first);
}

// Requirement: ind-allow
/// FindService returns the row for an operation; kDefault takes the first that fits. Null: not offered.
constexpr const Service* FindService(const AlgorithmFacts& facts, Operation operation,
                                     Scheme scheme) {
  for (const Service& service : ServicesOf(facts.family)) {
    const bool fits = scheme == Scheme::kDefault || service.scheme == scheme;
    if (fits && service.operations.Has(operation) && IsOffered(facts, service)) return &service;
  }
  return nullptr;
}

/// UsageOf is the usage a key needs for an operation; no bits where none is needed.
constexpr Usages UsageOf(Operation operation) {
  switch (operation) {
    case Operation::kEncrypt:
      return Usage::kEncrypt;
    case Operation::kDecrypt:
      return Usage::kDecrypt;
    case Operation::kSign:
      return Usage::kSign;
    case Operation::kVerify:
      return Usage::kVerify;
    case Operation::kMac:
      return Usage::kMac;
    case Operation::kVerifyMac:
      return Usage::kVerifyMac;
    case Operation::kWrap:
      return Usage::kWrap;
    case Operation::kUnwrap:
      return Usage::kUnwrap;
    case Operation::kEncapsulate:
      return Usage::kEncapsulate;
    case Operation::kDecapsulate:
      return Usage::kDecapsulate;
    case Operation::kDerive:
    case Operation::kAgree:
      return Usage::kDerive;
    default:
      return {};
  }
}

}  // namespace vallum::module
