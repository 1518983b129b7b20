// SPDX-License-Identifier: Apache-2.0
#include "vectors/names.h"

#include <algorithm>
#include <array>

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::DigestAlgorithm;
using module::Scheme;

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

template <typename T, std::size_t n>
std::optional<T> Find(const std::array<Named<T>, n>& table, std::string_view name) {
  const auto* found = std::ranges::find(table, name, &Named<T>::name);
  if (found == table.end()) return std::nullopt;
  return found->value;
}

/// One hash: ACVP's name, Wycheproof's, its size, and the schemes with it.
struct Hash {
  std::string_view acvp;
  std::string_view wycheproof;
  std::size_t size;
  std::optional<Scheme> ecdsa;
  std::optional<Scheme> pss;
  std::optional<Scheme> pkcs1;
  std::optional<Scheme> oaep;
};

constexpr std::array kHashes = {
    Hash{"SHA-1", "SHA-1", 20, {}, {}, {}, {}},
    Hash{"SHA2-224", "SHA-224", 28, {}, {}, {}, {}},
    Hash{"SHA2-256", "SHA-256", 32, Scheme::kEcdsaSha256, Scheme::kRsaPssSha256,
         Scheme::kRsaPkcs1Sha256, Scheme::kRsaOaepSha256},
    Hash{"SHA2-384", "SHA-384", 48, Scheme::kEcdsaSha384, Scheme::kRsaPssSha384,
         Scheme::kRsaPkcs1Sha384, Scheme::kRsaOaepSha384},
    Hash{"SHA2-512", "SHA-512", 64, Scheme::kEcdsaSha512, Scheme::kRsaPssSha512,
         Scheme::kRsaPkcs1Sha512, Scheme::kRsaOaepSha512},
    Hash{"SHA2-512/224", "SHA-512/224", 28, {}, {}, {}, {}},
    Hash{"SHA2-512/256", "SHA-512/256", 32, {}, {}, {}, {}},
    Hash{"SHA3-224", "SHA3-224", 28, {}, {}, {}, {}},
    Hash{"SHA3-256", "SHA3-256", 32, {}, {}, {}, {}},
    Hash{"SHA3-384", "SHA3-384", 48, {}, {}, {}, {}},
    Hash{"SHA3-512", "SHA3-512", 64, {}, {}, {}, {}},
};

const Hash* FindHash(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kHashes, [name](const Hash& hash) { return hash.acvp == name || hash.wycheproof == name; });
  return found == kHashes.end() ? nullptr : found;
}

constexpr std::array kDigests = {
    Named<DigestAlgorithm>{"SHA2-256", DigestAlgorithm::kSha256},
    Named<DigestAlgorithm>{"SHA2-384", DigestAlgorithm::kSha384},
    Named<DigestAlgorithm>{"SHA2-512", DigestAlgorithm::kSha512},
    Named<DigestAlgorithm>{"SHA2-224", DigestAlgorithm::kSha224},
    Named<DigestAlgorithm>{"SHA2-512/224", DigestAlgorithm::kSha512_224},
    Named<DigestAlgorithm>{"SHA2-512/256", DigestAlgorithm::kSha512_256},
    Named<DigestAlgorithm>{"SHA3-224", DigestAlgorithm::kSha3_224},
    Named<DigestAlgorithm>{"SHA3-256", DigestAlgorithm::kSha3_256},
    Named<DigestAlgorithm>{"SHA3-384", DigestAlgorithm::kSha3_384},
    Named<DigestAlgorithm>{"SHA3-512", DigestAlgorithm::kSha3_512},
};

constexpr std::array kAlgorithms = {
    Named<Algorithm>{"HMAC-SHA2-256", Algorithm::kHmacSha256},
    Named<Algorithm>{"HMAC-SHA2-384", Algorithm::kHmacSha384},
    Named<Algorithm>{"HMAC-SHA2-512", Algorithm::kHmacSha512},
    Named<Algorithm>{"P-256", Algorithm::kEcP256},
    Named<Algorithm>{"P-384", Algorithm::kEcP384},
    Named<Algorithm>{"P-521", Algorithm::kEcP521},
    Named<Algorithm>{"secp256r1", Algorithm::kEcP256},
    Named<Algorithm>{"secp384r1", Algorithm::kEcP384},
    Named<Algorithm>{"secp521r1", Algorithm::kEcP521},
    Named<Algorithm>{"ML-DSA-44", Algorithm::kMlDsa44},
    Named<Algorithm>{"ML-DSA-65", Algorithm::kMlDsa65},
    Named<Algorithm>{"ML-DSA-87", Algorithm::kMlDsa87},
    Named<Algorithm>{"ML-KEM-512", Algorithm::kMlKem512},
    Named<Algorithm>{"ML-KEM-768", Algorithm::kMlKem768},
    Named<Algorithm>{"ML-KEM-1024", Algorithm::kMlKem1024},
};

}  // namespace

std::optional<DigestAlgorithm> DigestOf(std::string_view name) { return Find(kDigests, name); }
std::optional<Algorithm> HmacOf(std::string_view name) { return Find(kAlgorithms, name); }
std::optional<Algorithm> EcOf(std::string_view curve) { return Find(kAlgorithms, curve); }
std::optional<Algorithm> MlDsaOf(std::string_view name) { return Find(kAlgorithms, name); }
std::optional<Algorithm> MlKemOf(std::string_view name) { return Find(kAlgorithms, name); }

std::optional<Algorithm> RsaOf(std::int64_t bits) {
  switch (bits) {
    case 2048:
      return Algorithm::kRsa2048;
    case 3072:
      return Algorithm::kRsa3072;
    case 4096:
      return Algorithm::kRsa4096;
    default:
      return std::nullopt;
  }
}

std::optional<Scheme> EcdsaOf(std::string_view hash) {
  const Hash* found = FindHash(hash);
  return found == nullptr ? std::nullopt : found->ecdsa;
}
std::optional<Scheme> PssOf(std::string_view hash) {
  const Hash* found = FindHash(hash);
  return found == nullptr ? std::nullopt : found->pss;
}
std::optional<Scheme> Pkcs1Of(std::string_view hash) {
  const Hash* found = FindHash(hash);
  return found == nullptr ? std::nullopt : found->pkcs1;
}
std::optional<Scheme> OaepOf(std::string_view hash) {
  const Hash* found = FindHash(hash);
  return found == nullptr ? std::nullopt : found->oaep;
}

std::size_t HashSize(std::string_view hash) {
  const Hash* found = FindHash(hash);
  return found == nullptr ? 0 : found->size;
}

bool Offers(Algorithm algorithm, module::Operation operation, Scheme scheme) {
  const auto schemes = module::SchemesOf(algorithm, operation);
  return std::ranges::find(schemes, scheme) != schemes.end();
}

}  // namespace vallum::vectors
