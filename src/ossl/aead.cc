// SPDX-License-Identifier: Apache-2.0
// The provider generates an IV only in a context that never had one. So a key is scheduled once into
// a template, and each message works on a copy: no key schedule, and the IV is made inside the
// provider's own boundary, which its `iv-generated` then confirms.
#include "ossl/aead.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/secret.h"
#include "ossl/error.h"
#include "ossl/indicator.h"
#include "ossl/scratch.h"

namespace vallum::ossl {
namespace {

inline bool Finish(evp_cipher_ctx_st* context) {
  std::array<std::uint8_t, kGcmTagSize> nothing;
  int written = 0;
  return EVP_CipherFinal_ex(context, nothing.data(), &written) == 1;
}

[[gnu::always_inline]] inline bool Pass(evp_cipher_ctx_st* context, ByteSpan aad, ByteSpan in,
                                        std::uint8_t* out) {
  return Feed(context, aad, nullptr) != kFeedFailed && Feed(context, in, out) != kFeedFailed &&
         Finish(context);
}

bool ReadIvAndTag(evp_cipher_ctx_st* context, const GcmOutput& out, unsigned int& iv_generated) {
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_IV, out.iv.data(), out.iv.size()),
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, out.tag.data(), out.tag.size()),
      OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_AEAD_IV_GENERATED, &iv_generated),
      OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_get_params(context, params) == 1;
}

bool SetIv(evp_cipher_ctx_st* context, ByteSpan iv, Direction direction) {
  const bool sized =
      iv.size() == kGcmIvSize || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN,
                                                     static_cast<int>(iv.size()), nullptr) == 1;
  return sized && EVP_CipherInit_ex2(context, nullptr, nullptr, iv.data(),
                                     direction == Direction::kEncrypt ? 1 : 0, nullptr) == 1;
}

bool SetTag(evp_cipher_ctx_st* context, ByteSpan tag) {
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                             const_cast<std::uint8_t*>(tag.data())) == 1;
}

Status CheckSizes(ByteSpan iv, std::size_t tag) {
  if (iv.empty() || iv.size() > kGcmLargestIv) {
    return InvalidArgument("an AES-GCM IV has 1 to 128 bytes");
  }
  if (tag == 4 || tag == 8 || (tag >= 12 && tag <= kGcmTagSize)) return {};
  return InvalidArgument("an AES-GCM tag has 4, 8 or 12 to 16 bytes");
}

}  // namespace

Result<std::unique_ptr<GcmKey>> GcmKey::Create(ContextRef context, ByteSpan key) {
  const evp_cipher_st* cipher = context->cipher(Mode::kGcm, key.size());
  if (cipher == nullptr) return InvalidArgument("an AES key has 16, 24 or 32 bytes");
  CipherContext scheduled(EVP_CIPHER_CTX_new());
  TRY(CheckPointer(scheduled, "making a cipher context"));
  TRY(Check(EVP_EncryptInit_ex2(scheduled.get(), cipher, key.data(), nullptr, nullptr),
            "setting up AES-GCM"));
  return std::unique_ptr<GcmKey>(new GcmKey(std::move(context), std::move(scheduled)));
}

Status GcmKey::Encrypt(ByteSpan plaintext, ByteSpan aad, const GcmOutput& out) const {
  if (out.ciphertext.size() != plaintext.size() || out.iv.size() != kGcmIvSize ||
      out.tag.size() != kGcmTagSize) {
    return Internal("AES-GCM output has the wrong size");
  }
  const ScratchCopy work(template_.get());
  unsigned int iv_generated = 0;
  if (!work.copied() || !Pass(work.get(), aad, plaintext, out.ciphertext.data()) ||
      !ReadIvAndTag(work.get(), out, iv_generated)) {
    Wipe(out.ciphertext.data(), out.ciphertext.size());
    return ProviderError("AES-GCM encryption failed");
  }
  if (iv_generated != 1) ReportObjection();
  return {};
}

Status GcmKey::EncryptWithIv(ByteSpan iv, ByteSpan plaintext, ByteSpan aad,
                             MutableByteSpan ciphertext, MutableByteSpan tag) const {
  TRY(CheckSizes(iv, tag.size()));
  if (ciphertext.size() != plaintext.size()) return Internal("AES-GCM output has the wrong size");
  const ScratchCopy work(template_.get());
  if (work.copied() && SetIv(work.get(), iv, Direction::kEncrypt) &&
      Pass(work.get(), aad, plaintext, ciphertext.data()) &&
      EVP_CIPHER_CTX_ctrl(work.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                          tag.data()) == 1) {
    return {};
  }
  Wipe(ciphertext.data(), ciphertext.size());
  return ProviderError("AES-GCM encryption failed");
}

Status GcmKey::Decrypt(ByteSpan iv, ByteSpan ciphertext, ByteSpan tag, ByteSpan aad,
                       MutableByteSpan plaintext) const {
  TRY(CheckSizes(iv, tag.size()));
  if (ciphertext.size() != plaintext.size()) return Internal("AES-GCM output has the wrong size");
  const ScratchCopy work(template_.get());
  if (!work.copied() || !SetIv(work.get(), iv, Direction::kDecrypt) || !SetTag(work.get(), tag)) {
    return ProviderError("AES-GCM decryption failed");
  }
  if (Pass(work.get(), aad, ciphertext, plaintext.data())) return {};
  Wipe(plaintext.data(), plaintext.size());
  ERR_clear_error();
  return Error(Code::kVerifyFailed,
               "the ciphertext, its IV, tag or additional data was altered, or the key is another");
}

}  // namespace vallum::ossl
