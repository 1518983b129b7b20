// SPDX-License-Identifier: Apache-2.0
#include "vectors/aes.h"

#include <fmt/format.h>

namespace vallum::vectors {

using module::Algorithm;
using module::Scheme;

Result<module::KeyRef> EnterAes(ByteSpan key) {
  const Algorithm algorithm = key.size() == 16   ? Algorithm::kAes128
                              : key.size() == 24 ? Algorithm::kAes192
                                                 : Algorithm::kAes256;
  Entered entered = TRY(EnterSecret(algorithm, key));
  TRY(Ran(entered.indicator));
  constexpr std::uint64_t kPlenty = 1 << 20;
  TRY(Door().GrantInvocations(*entered.value, 0, kPlenty));
  return std::move(entered.value);
}

std::uint32_t WeakTag(Scheme scheme, std::size_t size) {
  const std::size_t least = scheme == Scheme::kAesGcm ? 12 : scheme == Scheme::kAesCcm ? 8 : 0;
  return size < least ? static_cast<std::uint32_t>(module::Reason::kWeakParameters) : 0;
}

Result<module::Approved<module::Encrypted>> EncryptAes(module::Key& key, const AesCase& one,
                                                       std::size_t tag_size) {
  return Door().EncryptWith(
      key, {.scheme = one.scheme, .iv = one.iv, .aad = one.aad, .tag_size = tag_size},
      one.plaintext);
}

Result<module::Approved<SecretBytes>> DecryptAes(module::Key& key, const AesCase& one) {
  return Door().DecryptWith(key, {.scheme = one.scheme, .iv = one.iv, .aad = one.aad},
                            one.ciphertext, one.tag);
}

// Requirement: ind-allow
Result<Verdict> CheckBothWays(const AesCase& one) {
  const module::KeyRef key = TRY(EnterAes(one.key));
  const std::uint32_t weak = WeakTag(one.scheme, one.tag.size());
  const std::size_t tag_size = one.tag.empty() ? 16 : one.tag.size();
  const auto encrypted = TRY(EncryptAes(*key, one, tag_size));
  TRY(Same("the ciphertext", encrypted.value.data, one.ciphertext));
  if (!one.tag.empty()) TRY(Same("the tag", encrypted.value.tag, one.tag));
  const auto decrypted = TRY(DecryptAes(*key, one));
  TRY(Same("the plaintext", decrypted.value.span(), one.plaintext));
  TRY(Ran(decrypted.indicator, weak));
  // Requirement: ind-deny
  const auto external = static_cast<std::uint32_t>(module::Reason::kExternalIv);
  return Ran(encrypted.indicator, weak | (one.scheme == Scheme::kAesGcm ? external : 0));
}

Result<Verdict> CheckRefused(const AesCase& one, Code code) {
  const module::KeyRef key = TRY(EnterAes(one.key));
  TRY(MustFail("a wrong ciphertext", DecryptAes(*key, one), code));
  return Refused();
}

}  // namespace vallum::vectors
