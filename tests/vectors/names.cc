// SPDX-License-Identifier: Apache-2.0
// The files' names become the door's canonical ones, and the door says whether it knows them: what it
// comes to offer is run without a change here.
#include "vectors/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::DigestAlgorithm;
using module::Scheme;

struct Hash {
  std::string_view acvp;
  std::string_view wycheproof;
  std::string_view door;
  std::size_t size;
  std::optional<DigestAlgorithm> digest;
};

constexpr std::array kHashes = {
    Hash{"SHA-1", "SHA-1", "sha1", 20, {}},
    Hash{"SHA2-224", "SHA-224", "sha224", 28, DigestAlgorithm::kSha224},
    Hash{"SHA2-256", "SHA-256", "sha256", 32, DigestAlgorithm::kSha256},
    Hash{"SHA2-384", "SHA-384", "sha384", 48, DigestAlgorithm::kSha384},
    Hash{"SHA2-512", "SHA-512", "sha512", 64, DigestAlgorithm::kSha512},
    Hash{"SHA2-512/224", "SHA-512/224", "sha512-224", 28, DigestAlgorithm::kSha512_224},
    Hash{"SHA2-512/256", "SHA-512/256", "sha512-256", 32, DigestAlgorithm::kSha512_256},
    Hash{"SHA3-224", "SHA3-224", "sha3-224", 28, DigestAlgorithm::kSha3_224},
    Hash{"SHA3-256", "SHA3-256", "sha3-256", 32, DigestAlgorithm::kSha3_256},
    Hash{"SHA3-384", "SHA3-384", "sha3-384", 48, DigestAlgorithm::kSha3_384},
    Hash{"SHA3-512", "SHA3-512", "sha3-512", 64, DigestAlgorithm::kSha3_512},
};

const Hash* FindHash(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kHashes, [name](const Hash& hash) { return hash.acvp == name || hash.wycheproof == name; });
  return found == kHashes.end() ? nullptr : found;
}

std::optional<Algorithm> AlgorithmOf(std::string_view door_name) {
  const auto algorithm = module::ParseAlgorithm(door_name);
  if (!algorithm) return std::nullopt;
  return *algorithm;
}

std::optional<Scheme> SchemeOf(std::string_view kind, std::string_view hash) {
  const Hash* found = FindHash(hash);
  if (found == nullptr) return std::nullopt;
  const auto scheme = module::ParseScheme(fmt::format("{}-{}", kind, found->door));
  if (!scheme) return std::nullopt;
  return *scheme;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

}  // namespace

std::optional<DigestAlgorithm> DigestOf(std::string_view name) {
  const Hash* found = FindHash(name);
  return found == nullptr ? std::nullopt : found->digest;
}

std::optional<Algorithm> HmacOf(std::string_view name) {
  constexpr std::string_view kPrefix = "HMAC-";
  const Hash* found = name.starts_with(kPrefix) ? FindHash(name.substr(kPrefix.size())) : nullptr;
  if (found == nullptr) return std::nullopt;
  return AlgorithmOf(fmt::format("hmac-{}", found->door));
}

std::optional<Algorithm> EcOf(std::string_view curve) {
  constexpr std::string_view kAcvp = "P-";
  constexpr std::string_view kWycheproof = "secp";
  std::string_view size;
  if (curve.starts_with(kAcvp)) size = curve.substr(kAcvp.size());
  if (curve.starts_with(kWycheproof)) size = curve.substr(kWycheproof.size(), 3);
  return AlgorithmOf(fmt::format("ec-p{}", size));
}

std::optional<Algorithm> RsaOf(std::int64_t bits) {
  return AlgorithmOf(fmt::format("rsa-{}", bits));
}
std::optional<Algorithm> MlDsaOf(std::string_view name) { return AlgorithmOf(LowerCase(name)); }
std::optional<Algorithm> MlKemOf(std::string_view name) { return AlgorithmOf(LowerCase(name)); }

std::optional<Scheme> EcdsaOf(std::string_view hash) { return SchemeOf("ecdsa", hash); }
std::optional<Scheme> PssOf(std::string_view hash) { return SchemeOf("rsa-pss", hash); }
std::optional<Scheme> Pkcs1Of(std::string_view hash) { return SchemeOf("rsa-pkcs1", hash); }
std::optional<Scheme> OaepOf(std::string_view hash) { return SchemeOf("rsa-oaep", hash); }

std::size_t HashSize(std::string_view hash) {
  const Hash* found = FindHash(hash);
  return found == nullptr ? 0 : found->size;
}

bool Offers(Algorithm algorithm, module::Operation operation, Scheme scheme) {
  const auto schemes = module::SchemesOf(algorithm, operation);
  return std::ranges::find(schemes, scheme) != schemes.end();
}

}  // namespace vallum::vectors
