// SPDX-License-Identifier: Apache-2.0
// AES key wrap with padding (SP 800-38F, KWP).
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/context.h"

namespace vallum::ossl {

/// WrapKwp wraps 1 to 64 KiB of key material under a 32-byte key. Thread-safe.
Result<Bytes> WrapKwp(LibraryContext& context, ByteSpan wrapping_key, ByteSpan material);
/// UnwrapKwp is kVerifyFailed when `wrapped` was altered or made under another key.
Result<SecretBytes> UnwrapKwp(LibraryContext& context, ByteSpan wrapping_key, ByteSpan wrapped);

}  // namespace vallum::ossl
