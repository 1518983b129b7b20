// SPDX-License-Identifier: Apache-2.0
// For the files of this folder: work on copies of keyed contexts.
#pragma once

#include <openssl/evp.h>

#include <algorithm>

#include "base/bytes.h"
#include "ossl/handle.h"

namespace vallum::ossl {

/// ScratchCopy is this thread's working copy of a template (or an empty context), emptied (and so
/// wiped) after each use. One at a time a thread.
class ScratchCopy {
 public:
  ScratchCopy();
  explicit ScratchCopy(const evp_cipher_ctx_st* source);
  ~ScratchCopy();
  ScratchCopy(const ScratchCopy&) = delete;
  ScratchCopy& operator=(const ScratchCopy&) = delete;

  bool copied() const { return copied_; }
  evp_cipher_ctx_st* get() const { return scratch_; }

 private:
  evp_cipher_ctx_st* scratch_;  // the thread's
  bool copied_;
};

/// Feed passes `in` through a cipher; EVP counts in int, so long inputs go in pieces. A null `out`
/// feeds additional data. It returns how many bytes came out, or SIZE_MAX on failure.
/// Inline, as what calls it: the provider's system call costs every frame above it a mispredicted return.
inline constexpr std::size_t kFeedFailed = SIZE_MAX;
[[gnu::always_inline]] inline std::size_t Feed(evp_cipher_ctx_st* context, ByteSpan in,
                                               std::uint8_t* out) {
  constexpr std::size_t kLargestUpdate = std::size_t{1} << 30;
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
