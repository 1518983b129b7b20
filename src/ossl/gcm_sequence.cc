// SPDX-License-Identifier: Apache-2.0
#include "ossl/gcm_sequence.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/memory_copy.h"
#include "ossl/error.h"
#include "ossl/indicator.h"
#include "ossl/random.h"
#include "ossl/scratch.h"

namespace vallum::ossl {
namespace {

constexpr std::size_t kDrawnByUs =
    4;  // the least that the provider takes; it draws the other eight

bool NextIv(evp_cipher_ctx_st* context, MutableByteSpan iv) {
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_GET_IV_GEN,
                                                           iv.data(), iv.size()),
                         OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_get_params(context, params) == 1;
}

bool Tag(evp_cipher_ctx_st* context, MutableByteSpan tag) {
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
      OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_get_params(context, params) == 1;
}

}  // namespace

bool HasRoomForSequence(const std::array<std::uint8_t, kGcmIvSize>& iv) {
  constexpr std::size_t kCounted = 2;  // bytes that a sequence can run through
  static_assert(kGcmSequenceLength <= std::uint32_t{1} << 8 * kCounted);
  return std::any_of(iv.begin() + kDrawnByUs, iv.end() - kCounted,
                     [](std::uint8_t byte) { return byte != 0xff; });
}

Result<std::unique_ptr<GcmSequence>> GcmSequence::Create(LibraryContext& library,
                                                         const evp_cipher_ctx_st* keyed) {
  CipherContext context(EVP_CIPHER_CTX_dup(keyed));
  TRY(CheckPointer(context, "copying an AES-GCM context"));
  std::unique_ptr<GcmSequence> sequence(new GcmSequence(std::move(context)));
  TRY(sequence->Begin(library));
  return sequence;
}

bool GcmSequence::MayGoOn() const {
  return left_ > 0 && memory_copy_ != 0 && memory_copy_ == MemoryCopy();
}

Status GcmSequence::Begin(LibraryContext& library) {
  std::array<std::uint8_t, kGcmIvSize> iv{};
  unsigned int generated = 0;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_IV, iv.data(), iv.size()),
      OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_AEAD_IV_GENERATED, &generated),
      OSSL_PARAM_construct_end()};
  memory_copy_ = MemoryCopy();
  do {
    TRY(Random(library, MutableByteSpan(iv).first(kDrawnByUs)));
    TRY(Check(
        EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_IV_FIXED, kDrawnByUs, iv.data()),
        "making the first IV of a sequence"));
    TRY(Check(EVP_CIPHER_CTX_get_params(context_.get(), params), "reading the first IV"));
  } while (!HasRoomForSequence(iv));
  confirmed_ = generated == 1;
  left_ = kGcmSequenceLength;
  return {};
}

Status GcmSequence::Encrypt(LibraryContext& library, ByteSpan plaintext, ByteSpan aad,
                            const GcmOutput& out) {
  if (!MayGoOn()) TRY(Begin(library));
  --left_;
  std::array<std::uint8_t, kGcmTagSize> nothing;
  int written = 0;
  evp_cipher_ctx_st* context = context_.get();
  if (!NextIv(context, out.iv) || Feed(context, aad, nullptr) == kFeedFailed ||
      Feed(context, plaintext, out.ciphertext.data()) == kFeedFailed ||
      EVP_CipherFinal_ex(context, nothing.data(), &written) != 1 || !Tag(context, out.tag)) {
    return ProviderError("AES-GCM encryption failed");
  }
  if (!confirmed_) ReportObjection();
  return {};
}

}  // namespace vallum::ossl
