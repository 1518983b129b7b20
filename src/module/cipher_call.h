// SPDX-License-Identifier: Apache-2.0
// What one-shot and multi-part encryption share: the checks of a request against the rules.
#pragma once

#include "module/cipher_rules.h"
#include "module/impl.h"

namespace vallum::module {

/// CipherRequest is a checked wish to encrypt or decrypt.
struct CipherRequest {
  ossl::Direction direction;
  const CipherParameters& parameters;
  std::size_t tag_size;  ///< of the tag to make or to check
};

/// OpenCipherCall finds the rules of the scheme that `call` (begun) runs, checks sizes against them,
/// and objects to what is not approved.
Result<const CipherRules*> OpenCipherCall(ServiceCall& call, const CipherRequest& request);

/// CheckDataSize is kInvalidArgument when a message of `size` bytes does not fit the scheme.
Status CheckDataSize(const CipherRules& rules, ossl::Direction direction, std::uint64_t size);

/// TakeIv returns the IV to encrypt with: the caller's, or a new one. GCM makes its own later: then
/// it is empty. It counts an invocation where the scheme says so.
Result<Bytes> TakeIv(Module::Impl& impl, Key& key, const CipherRules& rules, ByteSpan given);

}  // namespace vallum::module
