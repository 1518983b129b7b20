// SPDX-License-Identifier: Apache-2.0
// The provider generates an IV only in a context that never had one. So a key is scheduled once into
// a template, and each message works on a copy: no key schedule, and the IV is made inside the
// provider's own boundary, which its `iv-generated` then confirms.
#include "ossl/aead.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/secret.h"
#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {
namespace {

constexpr std::size_t kLargestUpdate = std::size_t{1} << 30;

// ScratchCopy is this thread's working copy of a template, emptied (and so wiped) after each use.
class ScratchCopy {
 public:
  explicit ScratchCopy(const evp_cipher_ctx_st* source) {
    if (scratch_ == nullptr) scratch_.reset(EVP_CIPHER_CTX_new());
    copied_ = scratch_ != nullptr && EVP_CIPHER_CTX_copy(scratch_.get(), source) == 1;
  }
  ~ScratchCopy() {
    if (scratch_ != nullptr) EVP_CIPHER_CTX_reset(scratch_.get());
  }
  ScratchCopy(const ScratchCopy&) = delete;
  ScratchCopy& operator=(const ScratchCopy&) = delete;

  bool copied() const { return copied_; }
  evp_cipher_ctx_st* get() const { return scratch_.get(); }

 private:
  static thread_local CipherContext scratch_;
  bool copied_ = false;
};
thread_local CipherContext ScratchCopy::scratch_;

// EVP counts in int, so long inputs go in pieces. A null `out` feeds additional data.
bool Feed(evp_cipher_ctx_st* context, ByteSpan in, std::uint8_t* out) {
  while (!in.empty()) {
    const std::size_t count = std::min(in.size(), kLargestUpdate);
    int written = 0;
    if (EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(count)) != 1) {
      return false;
    }
    in = in.subspan(count);
    if (out != nullptr) out += count;
  }
  return true;
}

bool Finish(evp_cipher_ctx_st* context) {
  std::array<std::uint8_t, kGcmTagSize> nothing;
  int written = 0;
  return EVP_CipherFinal_ex(context, nothing.data(), &written) == 1;
}

bool ReadIvAndTag(evp_cipher_ctx_st* context, GcmIvAndTag& result, unsigned int& iv_generated) {
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_IV, result.iv.data(), result.iv.size()),
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, result.tag.data(),
                                        result.tag.size()),
      OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_AEAD_IV_GENERATED, &iv_generated),
      OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_get_params(context, params) == 1;
}

bool OpenMessage(evp_cipher_ctx_st* context, ByteSpan iv, ByteSpan tag) {
  return EVP_CipherInit_ex2(context, nullptr, nullptr, iv.data(), 0, nullptr) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                             const_cast<std::uint8_t*>(tag.data())) == 1;
}

}  // namespace

Result<std::unique_ptr<GcmKey>> GcmKey::Create(ContextRef context, ByteSpan key) {
  if (key.size() != 16 && key.size() != 32) return InvalidArgument("an AES key has 16 or 32 bytes");
  CipherContext scheduled(EVP_CIPHER_CTX_new());
  TRY(CheckPointer(scheduled, "making a cipher context"));
  TRY(Check(
      EVP_EncryptInit_ex2(scheduled.get(), context->gcm(key.size()), key.data(), nullptr, nullptr),
      "setting up AES-GCM"));
  return std::unique_ptr<GcmKey>(new GcmKey(std::move(context), std::move(scheduled)));
}

Result<GcmIvAndTag> GcmKey::Encrypt(ByteSpan plaintext, ByteSpan aad,
                                    MutableByteSpan ciphertext) const {
  if (ciphertext.size() != plaintext.size()) return Internal("AES-GCM output has the wrong size");
  const ScratchCopy work(template_.get());
  GcmIvAndTag result;
  unsigned int iv_generated = 0;
  if (!work.copied() || !Feed(work.get(), aad, nullptr) ||
      !Feed(work.get(), plaintext, ciphertext.data()) || !Finish(work.get()) ||
      !ReadIvAndTag(work.get(), result, iv_generated)) {
    Wipe(ciphertext.data(), ciphertext.size());
    return ProviderError("AES-GCM encryption failed");
  }
  if (iv_generated != 1) ReportObjection();
  return result;
}

Status GcmKey::Decrypt(ByteSpan iv, ByteSpan ciphertext, ByteSpan tag, ByteSpan aad,
                       MutableByteSpan plaintext) const {
  if (iv.size() != kGcmIvSize || tag.size() != kGcmTagSize) {
    return InvalidArgument("AES-GCM needs an IV of 12 bytes and a tag of 16 bytes");
  }
  if (ciphertext.size() != plaintext.size()) return Internal("AES-GCM output has the wrong size");
  const ScratchCopy work(template_.get());
  if (!work.copied() || !OpenMessage(work.get(), iv, tag)) {
    return ProviderError("AES-GCM decryption failed");
  }
  if (Feed(work.get(), aad, nullptr) && Feed(work.get(), ciphertext, plaintext.data()) &&
      Finish(work.get())) {
    return {};
  }
  Wipe(plaintext.data(), plaintext.size());
  ERR_clear_error();
  return Error(Code::kVerifyFailed,
               "the ciphertext, its IV, tag or additional data was altered, or the key is another");
}

}  // namespace vallum::ossl
