// SPDX-License-Identifier: Apache-2.0
#include "module/kdf_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "module/scheme_map.h"
#include "ossl/context.h"

namespace vallum::module {
namespace {

constexpr std::uint64_t kMostIterations = 10'000'000;
constexpr std::uint64_t kLeastIterations = 1000;   // SP 800-132, 5.2
constexpr std::size_t kLeastSalt = 16;             // SP 800-132, 5.1
constexpr std::size_t kLeastOutput = 14;           // 112 bits, SP 800-131A
constexpr std::size_t kExtendedMasterSecret = 48;  // RFC 7627, 4

constexpr std::array kTls12Hashes = {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384,
                                     DigestAlgorithm::kSha512};
constexpr std::array kTls13Hashes = {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384};

constexpr std::uint32_t Bit(Reason reason) { return static_cast<std::uint32_t>(reason); }

template <typename Hashes>
std::uint32_t NotAmong(const Hashes& hashes, DigestAlgorithm hash) {
  return std::ranges::find(hashes, hash) == hashes.end() ? Bit(Reason::kNotInTable) : 0;
}

Status RequireSize(std::size_t size, std::size_t wanted, std::string_view what) {
  if (size == wanted) return {};
  return InvalidArgument(fmt::format("{} has {} bytes, not {}", what, wanted, size));
}

Status RequireExtractSize(DigestAlgorithm hash, std::size_t size) {
  return RequireSize(size, ossl::HashSize(HashOf(hash)), "what an extract gives");
}

struct Checker {
  std::size_t size;

  Status operator()(const Hkdf& kdf) const {
    if (kdf.step != Hkdf::Step::kExtract) return {};
    return RequireExtractSize(kdf.hash, size);
  }
  Status operator()(const OneStepKdf& kdf) const {
    if (kdf.function != OneStepKdf::Function::kHash || kdf.salt.empty()) return {};
    return InvalidArgument("a one-step derivation by hash takes no salt; use HMAC or KMAC");
  }
  Status operator()(const Kbkdf& kdf) const {
    if (kdf.counter_bits >= 8 && kdf.counter_bits <= 32 && kdf.counter_bits % 8 == 0) return {};
    return InvalidArgument("the counter of a key-based derivation has 8, 16, 24 or 32 bits");
  }
  Status operator()(const Pbkdf2& kdf) const {
    if (kdf.iterations >= 1 && kdf.iterations <= kMostIterations && !kdf.salt.empty()) return {};
    return InvalidArgument("PBKDF2 takes a salt and 1 to 10,000,000 iterations");
  }
  Status operator()(const X963Kdf&) const { return {}; }
  Status operator()(const Tls12Kdf& kdf) const {
    if (kdf.seed.empty()) return InvalidArgument("the PRF of TLS 1.2 needs a seed");
    if (kdf.label != Tls12Kdf::Label::kExtendedMasterSecret) return {};
    return RequireSize(size, kExtendedMasterSecret, "a master secret");
  }
  Status operator()(const Tls13Extract& kdf) const { return RequireExtractSize(kdf.hash, size); }
  Status operator()(const Tls13Expand& kdf) const {
    if (kdf.label.size() <= 249 && kdf.context.size() <= 255) return {};
    return InvalidArgument("a label has at most 249 bytes, a context at most 255");
  }
};

struct Judge {
  std::uint32_t operator()(const Pbkdf2& kdf) const {
    const bool weak = kdf.salt.size() < kLeastSalt || kdf.iterations < kLeastIterations;
    return weak ? Bit(Reason::kWeakParameters) : 0;
  }
  std::uint32_t operator()(const Tls12Kdf& kdf) const { return NotAmong(kTls12Hashes, kdf.hash); }
  std::uint32_t operator()(const Tls13Extract& kdf) const {
    return NotAmong(kTls13Hashes, kdf.hash);
  }
  std::uint32_t operator()(const Tls13Expand& kdf) const {
    return NotAmong(kTls13Hashes, kdf.hash);
  }
  template <typename Other>
  std::uint32_t operator()(const Other&) const {
    return 0;
  }
};

struct OffersHash {
  template <typename Kdf>
  bool operator()(const Kdf& kdf) const {
    return static_cast<int>(kdf.hash) < kDigestAlgorithmCount;
  }
};

bool IsFinished(const KdfParameters& parameters) {
  const auto* tls = std::get_if<Tls12Kdf>(&parameters);
  return tls != nullptr && (tls->label == Tls12Kdf::Label::kClientFinished ||
                            tls->label == Tls12Kdf::Label::kServerFinished);
}

}  // namespace

Status CheckParameters(const KdfParameters& parameters, std::size_t size) {
  if (!std::visit(OffersHash{}, parameters)) {
    return Unsupported("the module does not offer this digest");
  }
  return std::visit(Checker{size}, parameters);
}

std::uint32_t WeaknessOf(const KdfParameters& parameters, std::size_t size) {
  // The 12 bytes of a Finished message are no key.
  const bool weak_output = size < kLeastOutput && !IsFinished(parameters);
  return std::visit(Judge{}, parameters) | (weak_output ? Bit(Reason::kShortKey) : 0);
}

}  // namespace vallum::module
