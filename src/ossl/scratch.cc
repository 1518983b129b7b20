// SPDX-License-Identifier: Apache-2.0
#include "ossl/scratch.h"

#include <openssl/evp.h>

namespace vallum::ossl {
namespace {

evp_cipher_ctx_st* ThreadContext() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new());
  return context.get();
}

}  // namespace

ScratchCopy::ScratchCopy() : scratch_(ThreadContext()), copied_(scratch_ != nullptr) {}

ScratchCopy::ScratchCopy(const evp_cipher_ctx_st* source)
    : scratch_(ThreadContext()),
      copied_(scratch_ != nullptr && EVP_CIPHER_CTX_copy(scratch_, source) == 1) {}

ScratchCopy::~ScratchCopy() {
  if (scratch_ != nullptr) EVP_CIPHER_CTX_reset(scratch_);
}

}  // namespace vallum::ossl
