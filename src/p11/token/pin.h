// SPDX-License-Identifier: Apache-2.0
// PINs: the token's root key under a key derived from a PIN (docs/decisions/0013-embedded-token.md).
#pragma once

#include "base/secret.h"
#include "module/module.h"
#include "p11/token/record.h"

namespace vallum::p11 {

/// How often PBKDF2 goes round for a new PIN.
inline constexpr std::uint64_t kPinIterations = 20'000;

/// SealUnderPin makes the record of `root_key` under `pin`, which the token's pepper goes before.
Result<PinRecord> SealUnderPin(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                               const SecretBytes& root_key);
/// OpenUnderPin is kVerifyFailed when the PIN is not the one of the record.
Result<SecretBytes> OpenUnderPin(module::Module& module, ByteSpan pepper, const SecretBytes& pin,
                                 const PinRecord& record);

}  // namespace vallum::p11
