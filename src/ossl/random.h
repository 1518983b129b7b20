// SPDX-License-Identifier: Apache-2.0
// The provider's DRBG (SP 800-90A CTR_DRBG), one per thread, reseeded after a fork.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/context.h"

namespace vallum::ossl {

/// Random fills `out` for values that may be seen (nonces, identifiers); kEntropy on failure.
Status Random(LibraryContext& context, MutableByteSpan out);
/// RandomSecret makes `size` bytes of key material from the private DRBG.
Result<SecretBytes> RandomSecret(LibraryContext& context, std::size_t size);

/// UninstantiateRandom wipes the state (SP 800-90A: V and Key) of the root generator and of this
/// thread's (SP 800-90A, 9.4). The next request instantiates them anew from fresh entropy, and other
/// threads' generators reseed from the root.
void UninstantiateRandom(LibraryContext& context);

}  // namespace vallum::ossl
