// SPDX-License-Identifier: Apache-2.0
#include "p11/token/pin.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "p11/token/pin_turn.h"

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

std::uint32_t& FailuresOf(TokenRecord& record, User user) {
  return user == User::kOfficer ? record.officer_failures : record.user_failures;
}

// Whoever guesses waits longer each time, and not in the way of others.
void Throttle(std::uint32_t failures) {
  if (failures < 3) return;
  const std::uint32_t doublings = std::min<std::uint32_t>(failures - 3, 4);
  std::this_thread::sleep_for(std::chrono::milliseconds(50U << doublings));
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

Ck<SecretBytes> PinGuard::Check(User user, const SecretBytes& pin) {
  TokenFile::Read before = TRY(file_.ReadToken());
  Throttle(FailuresOf(before.record, user));
  const PinTurn turn(file_.path(), turn_);
  Bytes pepper;
  PinRecord expected;
  TRY(file_.Edit([&](TokenRecord& record) -> Done {
    if (user == User::kUser && !record.user) return Fail(CKR_USER_PIN_NOT_INITIALIZED);
    if (FailuresOf(record, user) >= kMostPinFailures) return Fail(CKR_PIN_LOCKED);
    ++FailuresOf(record, user);
    pepper = ToBytes(record.pepper);
    expected = user == User::kOfficer ? record.officer : *record.user;
    return {};
  }));
  auto root = OpenUnderPin(module_, pepper, pin, expected);
  if (!root && root.error().code() == Code::kVerifyFailed) return Fail(CKR_PIN_INCORRECT);
  const bool right = root.has_value();
  TRY(file_.Edit([user, right](TokenRecord& record) -> Done {
    std::uint32_t& failures = FailuresOf(record, user);
    // What the module could not check was no guess.
    failures = right || failures == 0 ? 0 : failures - 1;
    return {};
  }));
  if (!root) return root.error();
  return *std::move(root);
}

}  // namespace vallum::p11
