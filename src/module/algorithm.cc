// SPDX-License-Identifier: Apache-2.0
#include "module/algorithm.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "module/approved_table.h"

namespace vallum::module {
namespace {

constexpr std::array<std::string_view, 18> kOperationNames = {
    "generate",    "import", "export-public", "encrypt", "decrypt", "sign",
    "verify",      "mac",    "verify-mac",    "wrap",    "unwrap",  "encapsulate",
    "decapsulate", "random", "digest",        "derive",  "agree",   "export-secret"};
static_assert(kOperationNames.size() == static_cast<std::size_t>(Operation::kExportSecret) + 1);

constexpr std::array<std::string_view, kSchemeCount> kSchemeNames = {"default",
                                                                     "rsa-pss-sha256",
                                                                     "rsa-pss-sha384",
                                                                     "rsa-pss-sha512",
                                                                     "rsa-pkcs1-sha256",
                                                                     "rsa-pkcs1-sha384",
                                                                     "rsa-pkcs1-sha512",
                                                                     "rsa-oaep-sha256",
                                                                     "rsa-oaep-sha384",
                                                                     "rsa-oaep-sha512",
                                                                     "ecdsa-sha256",
                                                                     "ecdsa-sha384",
                                                                     "ecdsa-sha512",
                                                                     "ed25519",
                                                                     "ml-dsa",
                                                                     "hkdf",
                                                                     "one-step-kdf",
                                                                     "kbkdf",
                                                                     "pbkdf2",
                                                                     "x963-kdf",
                                                                     "tls12-kdf",
                                                                     "tls13-kdf",
                                                                     "aes-gcm",
                                                                     "aes-ccm",
                                                                     "aes-cbc",
                                                                     "aes-cbc-pad",
                                                                     "aes-ctr",
                                                                     "aes-ecb",
                                                                     "aes-xts",
                                                                     "aes-kw",
                                                                     "aes-kwp",
                                                                     "aes-cmac",
                                                                     "rsa-pss-sha224",
                                                                     "rsa-pss-sha512-224",
                                                                     "rsa-pss-sha512-256",
                                                                     "rsa-pss-sha3-224",
                                                                     "rsa-pss-sha3-256",
                                                                     "rsa-pss-sha3-384",
                                                                     "rsa-pss-sha3-512",
                                                                     "rsa-pkcs1-sha224",
                                                                     "rsa-pkcs1-sha512-224",
                                                                     "rsa-pkcs1-sha512-256",
                                                                     "rsa-pkcs1-sha3-224",
                                                                     "rsa-pkcs1-sha3-256",
                                                                     "rsa-pkcs1-sha3-384",
                                                                     "rsa-pkcs1-sha3-512",
                                                                     "ecdsa-sha3-256",
                                                                     "ecdsa-sha3-384",
                                                                     "ecdsa-sha3-512",
                                                                     "ed25519ph",
                                                                     "ed448",
                                                                     "ed448ph",
                                                                     "slh-dsa",
                                                                     "ml-dsa-mu"};
static_assert(!kSchemeNames.back().empty());

constexpr std::array<std::string_view, kDigestAlgorithmCount> kDigestNames = {
    "sha256",     "sha384",   "sha512",   "sha224",   "sha512-224",
    "sha512-256", "sha3-224", "sha3-256", "sha3-384", "sha3-512"};

constexpr std::array<Operation, 11> kOperationsWithUsage = {
    Operation::kEncrypt,     Operation::kDecrypt,     Operation::kSign,  Operation::kVerify,
    Operation::kMac,         Operation::kVerifyMac,   Operation::kWrap,  Operation::kUnwrap,
    Operation::kEncapsulate, Operation::kDecapsulate, Operation::kDerive};

// Callers across the door may come with numbers that are none.
template <typename Names>
std::string_view NameAt(const Names& names, std::size_t at) {
  return at < names.size() ? names[at] : "unknown";
}

template <typename Names>
std::string UnknownName(std::string_view what, std::string_view name, const Names& names) {
  return fmt::format("there is no {} \"{}\"; use one of {}", what, name.substr(0, 64),
                     fmt::join(names, ", "));
}

}  // namespace

std::string_view Name(Algorithm algorithm) {
  const AlgorithmFacts* facts = FindAlgorithm(algorithm);
  return facts != nullptr ? facts->name : "unknown";
}

std::string_view Name(Operation operation) {
  return NameAt(kOperationNames, static_cast<std::size_t>(operation));
}

std::string_view Name(Scheme scheme) {
  return NameAt(kSchemeNames, static_cast<std::size_t>(scheme));
}

std::string_view Name(Usage usage) {
  for (const Operation operation : kOperationsWithUsage) {
    if (UsageOf(operation) == Usages(usage)) return Name(operation);
  }
  return "unknown";
}

std::string_view Name(DigestAlgorithm algorithm) {
  return NameAt(kDigestNames, static_cast<std::size_t>(algorithm));
}

Result<Algorithm> ParseAlgorithm(std::string_view name) {
  std::vector<std::string_view> names;
  for (const AlgorithmFacts& facts : kAlgorithms) {
    if (facts.name == name) return facts.algorithm;
    names.push_back(facts.name);
  }
  return Unsupported(UnknownName("algorithm", name, names));
}

Result<Scheme> ParseScheme(std::string_view name) {
  for (std::size_t i = 0; i < kSchemeNames.size(); ++i) {
    if (kSchemeNames[i] == name) return static_cast<Scheme>(i);
  }
  return Unsupported(UnknownName("scheme", name, kSchemeNames));
}

Result<Usages> ParseUsages(const std::vector<std::string_view>& names) {
  const std::vector<std::string_view> known = UsageNames(Usages(~0u));
  Usages usages;
  for (const std::string_view name : names) {
    const Usages before = usages;
    for (const Operation operation : kOperationsWithUsage) {
      if (Name(operation) == name) usages = usages | UsageOf(operation);
    }
    const bool repeated = usages == before;
    if (repeated && std::ranges::find(known, name) == known.end()) {
      return Unsupported(UnknownName("usage", name, known));
    }
  }
  return usages;
}

std::vector<std::string_view> UsageNames(Usages usages) {
  std::vector<std::string_view> names;
  for (const Operation operation : kOperationsWithUsage) {
    if (UsageOf(operation).IsSubsetOf(usages)) names.push_back(Name(operation));
  }
  return names;
}

Usages AllUsages(Algorithm algorithm) {
  Usages usages;
  const AlgorithmFacts* facts = FindAlgorithm(algorithm);
  if (facts == nullptr) return usages;
  for (const Operation operation : kOperationsWithUsage) {
    if (FindService(*facts, operation, Scheme::kDefault) != nullptr) {
      usages = usages | UsageOf(operation);
    }
  }
  if (FindService(*facts, Operation::kAgree, Scheme::kDefault) != nullptr) {
    usages = usages | Usage::kDerive;
  }
  return usages;
}

Usages DefaultUsages(Algorithm algorithm) {
  const Usages all = AllUsages(algorithm);
  if (!all.Has(Usage::kSign)) return all;
  return Usages(all.bits() & ~Usages(Usage::kDerive).bits());
}

std::vector<Algorithm> Algorithms() {
  std::vector<Algorithm> algorithms;
  algorithms.reserve(kAlgorithms.size());
  for (const AlgorithmFacts& facts : kAlgorithms) algorithms.push_back(facts.algorithm);
  return algorithms;
}

std::vector<Scheme> SchemesOf(Algorithm algorithm, Operation operation) {
  std::vector<Scheme> schemes;
  const AlgorithmFacts* facts = FindAlgorithm(algorithm);
  if (facts == nullptr) return schemes;
  for (const Service& service : kServices) {
    if (IsOffered(*facts, service) && service.operations.Has(operation)) {
      schemes.push_back(service.scheme);
    }
  }
  return schemes;
}

bool IsAsymmetric(Algorithm algorithm) {
  const AlgorithmFacts* facts = FindAlgorithm(algorithm);
  return facts != nullptr && facts->provider_name != nullptr;
}

}  // namespace vallum::module
