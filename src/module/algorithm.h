// SPDX-License-Identifier: Apache-2.0
// The vocabulary of the module: algorithms, operations, schemes, usages. Part of the door; include
// module/module.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vallum::module {

/// Algorithm of a key. The numbers are stored in key blobs: never reuse one.
enum class Algorithm : std::uint16_t {
  kAes128Gcm = 0x0101,
  kAes256Gcm = 0x0102,
  kAes192Gcm = 0x0103,
  kAes256Kwp = 0x0111,
  kAes128Kwp = 0x0112,
  kAes192Kwp = 0x0113,
  kAes128Kw = 0x0121,
  kAes192Kw = 0x0122,
  kAes256Kw = 0x0123,
  kAes128Cbc = 0x0131,
  kAes192Cbc = 0x0132,
  kAes256Cbc = 0x0133,
  kAes128Ctr = 0x0141,
  kAes192Ctr = 0x0142,
  kAes256Ctr = 0x0143,
  kAes128Ccm = 0x0151,
  kAes192Ccm = 0x0152,
  kAes256Ccm = 0x0153,
  kAes128Xts = 0x0161,  ///< two keys of 128 bits
  kAes256Xts = 0x0162,  ///< two keys of 256 bits
  kAes128Cmac = 0x0171,
  kAes192Cmac = 0x0172,
  kAes256Cmac = 0x0173,
  kAes128 = 0x0181,  ///< for every mode but XTS, which the scheme of each operation names
  kAes192 = 0x0182,
  kAes256 = 0x0183,
  kHmacSha256 = 0x0201,
  kHmacSha384 = 0x0202,
  kHmacSha512 = 0x0203,
  kHmacSha224 = 0x0204,
  kHmacSha512_224 = 0x0205,
  kHmacSha512_256 = 0x0206,
  kHmacSha3_224 = 0x0211,
  kHmacSha3_256 = 0x0212,
  kHmacSha3_384 = 0x0213,
  kHmacSha3_512 = 0x0214,
  kKmac128 = 0x0221,
  kKmac256 = 0x0222,
  kRsa2048 = 0x0301,
  kRsa3072 = 0x0302,
  kRsa4096 = 0x0303,
  kEcP256 = 0x0401,
  kEcP384 = 0x0402,
  kEcP521 = 0x0403,
  kEd25519 = 0x0411,
  kEd448 = 0x0412,
  kMlDsa44 = 0x0501,
  kMlDsa65 = 0x0502,
  kMlDsa87 = 0x0503,
  kMlKem512 = 0x0511,
  kMlKem768 = 0x0512,
  kMlKem1024 = 0x0513,
  kSlhDsaSha2_128s = 0x0521,
  kSlhDsaSha2_128f = 0x0522,
  kSlhDsaSha2_192s = 0x0523,
  kSlhDsaSha2_192f = 0x0524,
  kSlhDsaSha2_256s = 0x0525,
  kSlhDsaSha2_256f = 0x0526,
  kSlhDsaShake128s = 0x0527,
  kSlhDsaShake128f = 0x0528,
  kSlhDsaShake192s = 0x0529,
  kSlhDsaShake192f = 0x052A,
  kSlhDsaShake256s = 0x052B,
  kSlhDsaShake256f = 0x052C,
  kGenericSecret = 0x0601,
};

/// Operation is a service of the module, as the approved table and the audit log name it.
enum class Operation : std::uint8_t {
  kGenerate,
  kImport,
  kExportPublic,
  kEncrypt,
  kDecrypt,
  kSign,
  kVerify,
  kMac,
  kVerifyMac,
  kWrap,
  kUnwrap,
  kEncapsulate,
  kDecapsulate,
  kRandom,
  kDigest,
  kDerive,
  kAgree,
  kExportSecret,
};

/// Scheme says how an operation uses a key. kDefault is allowed where the key has only one.
enum class Scheme : std::uint8_t {
  kDefault,
  kRsaPssSha256,
  kRsaPssSha384,
  kRsaPssSha512,
  kRsaPkcs1Sha256,
  kRsaPkcs1Sha384,
  kRsaPkcs1Sha512,
  kRsaOaepSha256,
  kRsaOaepSha384,
  kRsaOaepSha512,
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kEd25519,
  kMlDsa,
  kHkdf,
  kOneStepKdf,
  kKbkdf,
  kPbkdf2,
  kX963Kdf,
  kTls12Kdf,
  kTls13Kdf,
  kAesGcm,
  kAesCcm,
  kAesCbc,
  kAesCbcPad,  ///< CBC with the padding of PKCS #7
  kAesCtr,
  kAesEcb,
  kAesXts,
  kAesKw,
  kAesKwp,
  kAesCmac,
  kRsaPssSha224,
  kRsaPssSha512_224,
  kRsaPssSha512_256,
  kRsaPssSha3_224,
  kRsaPssSha3_256,
  kRsaPssSha3_384,
  kRsaPssSha3_512,
  kRsaPkcs1Sha224,
  kRsaPkcs1Sha512_224,
  kRsaPkcs1Sha512_256,
  kRsaPkcs1Sha3_224,
  kRsaPkcs1Sha3_256,
  kRsaPkcs1Sha3_384,
  kRsaPkcs1Sha3_512,
  kEcdsaSha3_256,
  kEcdsaSha3_384,
  kEcdsaSha3_512,
  kEd25519ph,
  kEd448,
  kEd448ph,
  kSlhDsa,
  kMlDsaMu,
};
inline constexpr std::size_t kSchemeCount = static_cast<std::size_t>(Scheme::kMlDsaMu) + 1;

/// Hashes of FIPS 180-4 and FIPS 202.
enum class DigestAlgorithm : std::uint8_t {
  kSha256,
  kSha384,
  kSha512,
  kSha224,
  kSha512_224,
  kSha512_256,
  kSha3_224,
  kSha3_256,
  kSha3_384,
  kSha3_512,
};
inline constexpr int kDigestAlgorithmCount = 10;

/// Extendable-output functions of FIPS 202.
enum class ShakeAlgorithm : std::uint8_t { kShake128, kShake256 };

/// Usages of a key, one bit each; bound into the key blob (numbers are stored).
enum class Usage : std::uint32_t {
  kEncrypt = 1u << 0,
  kDecrypt = 1u << 1,
  kSign = 1u << 2,
  kVerify = 1u << 3,
  kMac = 1u << 4,
  kVerifyMac = 1u << 5,
  kWrap = 1u << 6,
  kUnwrap = 1u << 7,
  kEncapsulate = 1u << 8,
  kDecapsulate = 1u << 9,
  kDerive = 1u << 10,  ///< of secrets, and of key pairs that agree on one
};

/// Usages is a set of Usage.
class Usages {
 public:
  constexpr Usages() = default;
  constexpr explicit Usages(std::uint32_t bits) : bits_(bits) {}
  // NOLINTNEXTLINE(google-explicit-constructor): one usage is a set of one
  constexpr Usages(Usage usage) : bits_(static_cast<std::uint32_t>(usage)) {}
  constexpr bool Has(Usage usage) const { return bits_ & static_cast<std::uint32_t>(usage); }
  constexpr bool IsSubsetOf(Usages other) const { return (bits_ & ~other.bits_) == 0; }
  constexpr std::uint32_t bits() const { return bits_; }
  friend constexpr Usages operator|(Usages a, Usages b) { return Usages(a.bits_ | b.bits_); }
  bool operator==(const Usages&) const = default;

 private:
  std::uint32_t bits_ = 0;
};
constexpr Usages operator|(Usage a, Usage b) { return Usages(a) | Usages(b); }

/// Canonical names ("ec-p384", "sign", "rsa-pss-sha256", "verify-mac"). Parse... of an unknown name is
/// kUnsupported and lists the nearest or all valid names.
std::string_view Name(Algorithm algorithm);
std::string_view Name(Operation operation);
std::string_view Name(Scheme scheme);
std::string_view Name(Usage usage);
std::string_view Name(DigestAlgorithm algorithm);
Result<Algorithm> ParseAlgorithm(std::string_view name);
Result<Scheme> ParseScheme(std::string_view name);
Result<Usages> ParseUsages(const std::vector<std::string_view>& names);
std::vector<std::string_view> UsageNames(Usages usages);

/// AllUsages is what a key of `algorithm` can do.
Usages AllUsages(Algorithm algorithm);
/// DefaultUsages is what a new key may do when nobody says: all of it, but a key pair that signs does not
/// agree on secrets as well (SP 800-57 part 1, 5.2).
Usages DefaultUsages(Algorithm algorithm);
/// Algorithms lists what this module offers, in the order of the approved table.
std::vector<Algorithm> Algorithms();
/// SchemesOf lists the schemes of `algorithm` for `operation`, the recommended one first.
std::vector<Scheme> SchemesOf(Algorithm algorithm, Operation operation);
bool IsAsymmetric(Algorithm algorithm);

}  // namespace vallum::module
