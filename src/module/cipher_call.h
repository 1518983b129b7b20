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

/// EncryptAny fills `out`, whose `iv` is that of TakeIv, from a whole message.
Status EncryptAny(Key& key, const CipherRules& rules, const CipherParameters& parameters,
                  ByteSpan plaintext, Encrypted& out);

/// DecryptAny writes to `plaintext`, as long as `ciphertext`, and returns how much of it is message.
Result<std::size_t> DecryptAny(Key& key, const CipherRules& rules,
                               const CipherParameters& parameters, ByteSpan ciphertext,
                               ByteSpan tag, MutableByteSpan plaintext);

constexpr ossl::Fill FillOf(Scheme scheme) {
  return scheme == Scheme::kAesCbcPad ? ossl::Fill::kPkcs7 : ossl::Fill::kNone;
}

/// TakeIv returns the IV to encrypt with: the caller's, or a new one. GCM makes its own later: then
/// it is empty. It counts an invocation where the scheme says so.
Result<Bytes> TakeIv(Module::Impl& impl, Key& key, const CipherRules& rules, ByteSpan given);

}  // namespace vallum::module
