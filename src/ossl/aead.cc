// SPDX-License-Identifier: Apache-2.0
// A key is scheduled once into a template. What takes a caller's IV works on a copy of it that is gone
// afterwards; encryptions with an IV of ours go on in a context that is kept (gcm_sequence.h).
#include "ossl/aead.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/secret.h"
#include "ossl/error.h"
#include "ossl/gcm_sequence.h"
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

GcmKey::GcmKey(ContextRef library, CipherContext scheduled)
    : context_(std::move(library)), template_(std::move(scheduled)) {}

GcmKey::~GcmKey() = default;

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
  if (auto* own = own_sequences_.Mine()) return EncryptIn(*own, plaintext, aad, out);
  std::unique_ptr<GcmSequence> shared = shared_sequences_.Take();
  Status done = EncryptIn(shared, plaintext, aad, out);
  if (shared != nullptr) shared_sequences_.Give(std::move(shared));
  return done;
}

// A sequence that failed goes.
Status GcmKey::EncryptIn(std::unique_ptr<GcmSequence>& sequence, ByteSpan plaintext, ByteSpan aad,
                         const GcmOutput& out) const {
  if (sequence == nullptr) sequence = TRY(GcmSequence::Create(*context_, template_.get()));
  Status done = sequence->Encrypt(*context_, plaintext, aad, out);
  if (!done) {
    sequence.reset();
    Wipe(out.ciphertext.data(), out.ciphertext.size());
  }
  return done;
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
