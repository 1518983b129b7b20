// SPDX-License-Identifier: Apache-2.0
// PINs: the token's root key under a key derived from a PIN (docs/decisions/0013-embedded-token.md).
#pragma once

#include "base/secret.h"
#include "module/module.h"
#include "p11/token/record.h"
#include "p11/token/token.h"
#include "p11/token/token_file.h"

namespace vallum::p11 {

/// How often PBKDF2 goes round for a new PIN.
inline constexpr std::uint64_t kPinIterations = 20'000;

/// SealUnderPin makes the record of `root_key` under `pin`, which the token's pepper goes before.
Result<PinRecord> SealUnderPin(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                               const SecretBytes& root_key);
/// OpenUnderPin is kVerifyFailed when the PIN is not the one of the record.
Result<SecretBytes> OpenUnderPin(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                                 const PinRecord& record);

/// PinGuard answers for the PINs of one token. It is thread-safe.
class PinGuard {
 public:
  PinGuard(module::Module& module, TokenFile& file) : module_(module), file_(file) {}

  /// Check gives the root key behind a PIN. The attempt is a failure, durably, from before the PIN is
  /// looked at until it has turned out right: however many processes guess side by side, and whenever
  /// they are killed, no more than kMostPinFailures wrong PINs are ever tried in a row.
  /// CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_PIN_NOT_INITIALIZED, CKR_TOKEN_NOT_INITIALIZED.
  Ck<SecretBytes> Check(User user, const SecretBytes& pin);

 private:
  module::Module& module_;
  TokenFile& file_;
  std::mutex turn_;
};

}  // namespace vallum::p11
