// SPDX-License-Identifier: Apache-2.0
#include "ossl/scratch.h"

#include <openssl/evp.h>

#include <algorithm>

namespace vallum::ossl {
namespace {

constexpr std::size_t kLargestUpdate = std::size_t{1} << 30;

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

std::size_t Feed(evp_cipher_ctx_st* context, ByteSpan in, std::uint8_t* out) {
  std::size_t total = 0;
  while (!in.empty()) {
    const std::size_t count = std::min(in.size(), kLargestUpdate);
    int written = 0;
    if (EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(count)) != 1) {
      return kFeedFailed;
    }
    in = in.subspan(count);
    if (out != nullptr) out += written;
    total += static_cast<std::size_t>(written);
  }
  return total;
}

}  // namespace vallum::ossl
