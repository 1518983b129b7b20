// SPDX-License-Identifier: Apache-2.0
#include "p11/token/pin.h"

#include <algorithm>

namespace vallum::p11 {
namespace {

constexpr std::string_view kPurpose = "vallum token root key";
constexpr std::uint64_t kMostIterations = 10'000'000;

Result<module::KeyRef> PinKey(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                              const PinRecord& record) {
  if (record.iterations > kMostIterations)
    return Integrity("a PIN of the token has a broken record");
  SecretBytes password = TRY(SecretBytes::Create(pepper.size() + pin.size()));
  const auto behind = std::ranges::copy(pepper, password.mutable_span().begin()).out;
  std::ranges::copy(pin.span(), behind);
  const auto base = TRY(module.EnterKey(
      {.algorithm = module::Algorithm::kGenericSecret, .usages = module::Usage::kDerive},
      password));
  const module::Pbkdf2 how{.hash = module::DigestAlgorithm::kSha256,
                           .salt = ToBytes(record.salt),
                           .iterations = record.iterations};
  auto key = TRY(module::DeriveKey(module, *base.value, how,
                                   {.algorithm = module::Algorithm::kAes256Gcm}, KeyId(), 1));
  TRY(module.GrantInvocations(*key.value.key, 0, 1));
  return std::move(key.value.key);
}

}  // namespace

Result<PinRecord> SealUnderPin(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                               const SecretBytes& root_key) {
  PinRecord record;
  record.iterations = kPinIterations;
  TRY(module.Random(record.salt));
  const module::KeyRef key = TRY(PinKey(module, pepper, pin, record));
  const auto sealed = TRY(module.Encrypt(*key, root_key.span(), AsBytes(kPurpose)));
  record.iv = sealed.value.iv;
  record.tag = sealed.value.tag;
  std::ranges::copy(sealed.value.data, record.sealed.begin());
  return record;
}

Result<SecretBytes> OpenUnderPin(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                                 const PinRecord& record) {
  const module::KeyRef key = TRY(PinKey(module, pepper, pin, record));
  auto opened = TRY(module.Decrypt(*key, record.iv, record.sealed, record.tag, AsBytes(kPurpose)));
  return std::move(opened.value);
}

}  // namespace vallum::p11
