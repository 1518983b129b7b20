// SPDX-License-Identifier: Apache-2.0
// HKDF (RFC 5869) and PBKDF2 (RFC 8018).
#include <string_view>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/kdf.h"

namespace vallum::vectors {
namespace {

using module::DigestAlgorithm;
using module::Hkdf;
using module::Pbkdf2;
using module::Reason;

constexpr std::size_t kMostBytes = 8192;
constexpr std::size_t kLeastPassword = 14;
constexpr std::size_t kLeastSalt = 16;
constexpr std::uint64_t kLeastIterations = 1000;

DigestAlgorithm HashOf(std::string_view name) {
  return name.ends_with("512") ? DigestAlgorithm::kSha512 : DigestAlgorithm::kSha256;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofHkdf(const WycheproofCase& one) {
  const auto size = static_cast<std::size_t>(one.test.Integer("size"));
  if (one.valid() && size > kMostBytes) {
    return NotRun("more than 8192 bytes at once are not offered");
  }
  const Bytes base = one.test.Hex("ikm");
  const Bytes expected = one.test.Hex("okm");
  if (one.group.Bits("keySize") != base.size()) return Wrong("the key has another size");
  const Hkdf how{
      .hash = HashOf(one.name), .salt = one.test.Hex("salt"), .info = one.test.Hex("info")};
  if (one.valid()) {
    return RunDerivation(
        {.derivation = {.base = base, .how = how, .size = size}, .expected = expected});
  }
  const auto derived = Derive({.base = base, .how = how, .size = size});
  if (derived) return Wrong("more than the hash can give was derived");
  return Refused();
}

Result<Verdict> RunWycheproofPbkdf2(const WycheproofCase& one) {
  const Bytes password = one.test.Hex("password");
  if (password.empty()) return NotRun("an empty password is not offered: it is no key");
  const Pbkdf2 how{.hash = HashOf(one.name),
                   .salt = one.test.Hex("salt"),
                   .iterations = static_cast<std::uint64_t>(one.test.Integer("iterationCount"))};
  const bool weak = how.salt.size() < kLeastSalt || how.iterations < kLeastIterations;
  const auto bit = [](bool set, Reason reason) {
    return set ? static_cast<std::uint32_t>(reason) : 0;
  };
  const std::uint32_t reasons = (password.size() < kLeastPassword ? kUsesShortKey : 0) |
                                bit(weak, Reason::kWeakParameters) |
                                bit(weak, Reason::kProviderIndicator);
  return RunDerivation({.derivation = {.base = password,
                                       .how = how,
                                       .size = static_cast<std::size_t>(one.test.Integer("dkLen"))},
                        .expected = one.test.Hex("dk"),
                        .reasons = reasons});
}

}  // namespace vallum::vectors
