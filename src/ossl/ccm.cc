// SPDX-License-Identifier: Apache-2.0
// The provider takes nonce and tag sizes first, and only then the key: what it derives from them is
// fixed with the key schedule, so there is no template to copy as for the other modes. Then follow
// the length of the message, all additional data in one call, and the whole message in one call. An
// empty message is a call of its own: it is what makes the tag, or checks it.
#include "ossl/ccm.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <climits>

#include "base/secret.h"
#include "ossl/error.h"
#include "ossl/scratch.h"

namespace vallum::ossl {
namespace {

Status CheckSizes(const CcmInput& input, std::size_t message, std::size_t room, std::size_t tag) {
  if (input.nonce.size() < 7 || input.nonce.size() > 13) {
    return InvalidArgument("AES-CCM needs a nonce of 7 to 13 bytes");
  }
  if (tag < 4 || tag > 16 || tag % 2 != 0) {
    return InvalidArgument("an AES-CCM tag has 4, 6, 8, 10, 12, 14 or 16 bytes");
  }
  const std::size_t length_bits = 8 * (15 - input.nonce.size());
  const bool too_long = length_bits < 32 && message >> length_bits != 0;
  if (too_long || message > INT_MAX || input.aad.size() > INT_MAX) {
    return InvalidArgument(
        "the message is too long for AES-CCM with this nonce; a shorter nonce "
        "takes a longer message");
  }
  if (room != message) return Internal("AES-CCM output has the wrong size");
  return {};
}

bool Update(evp_cipher_ctx_st* context, std::uint8_t* out, const std::uint8_t* in,
            std::size_t size) {
  int written = 0;
  return EVP_CipherUpdate(context, out, &written, in, static_cast<int>(size)) == 1;
}

struct Opening {
  const evp_cipher_st* cipher;
  ByteSpan key;
  std::size_t message;
  std::size_t tag_size;
  const std::uint8_t* tag;  // to check; null when one is made
};

bool OpenMessage(evp_cipher_ctx_st* context, const CcmInput& input, const Opening& opening) {
  const int encrypt = opening.tag == nullptr ? 1 : 0;
  return EVP_CipherInit_ex2(context, opening.cipher, nullptr, nullptr, encrypt, nullptr) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(input.nonce.size()),
                             nullptr) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(opening.tag_size),
                             const_cast<std::uint8_t*>(opening.tag)) == 1 &&
         EVP_CipherInit_ex2(context, nullptr, opening.key.data(), input.nonce.data(), encrypt,
                            nullptr) == 1 &&
         Update(context, nullptr, nullptr, opening.message) &&
         (input.aad.empty() || Update(context, nullptr, input.aad.data(), input.aad.size()));
}

bool PassMessage(evp_cipher_ctx_st* context, ByteSpan in, MutableByteSpan out) {
  const std::uint8_t no_input = 0;
  std::uint8_t no_output = 0;
  return Update(context, in.empty() ? &no_output : out.data(), in.empty() ? &no_input : in.data(),
                in.size());
}

}  // namespace

Result<std::unique_ptr<CcmKey>> CcmKey::Create(ContextRef context, ByteSpan key) {
  if (context->cipher(Mode::kCcm, key.size()) == nullptr) {
    return InvalidArgument("an AES key has 16, 24 or 32 bytes");
  }
  return std::unique_ptr<CcmKey>(new CcmKey(std::move(context), TRY(SecretBytes::CopyOf(key))));
}

Status CcmKey::Encrypt(const CcmInput& input, ByteSpan plaintext, MutableByteSpan ciphertext,
                       MutableByteSpan tag) const {
  TRY(CheckSizes(input, plaintext.size(), ciphertext.size(), tag.size()));
  const ScratchCopy work;
  const Opening opening{library_->cipher(Mode::kCcm, key_.size()), key_.span(), plaintext.size(),
                        tag.size(), nullptr};
  if (work.copied() && OpenMessage(work.get(), input, opening) &&
      PassMessage(work.get(), plaintext, ciphertext) &&
      EVP_CIPHER_CTX_ctrl(work.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                          tag.data()) == 1) {
    return {};
  }
  Wipe(ciphertext.data(), ciphertext.size());
  return ProviderError("AES-CCM encryption failed");
}

Status CcmKey::Decrypt(const CcmInput& input, ByteSpan ciphertext, ByteSpan tag,
                       MutableByteSpan plaintext) const {
  TRY(CheckSizes(input, ciphertext.size(), plaintext.size(), tag.size()));
  const ScratchCopy work;
  const Opening opening{library_->cipher(Mode::kCcm, key_.size()), key_.span(), ciphertext.size(),
                        tag.size(), tag.data()};
  if (!work.copied() || !OpenMessage(work.get(), input, opening)) {
    return ProviderError("AES-CCM decryption failed");
  }
  if (PassMessage(work.get(), ciphertext, plaintext)) return {};
  Wipe(plaintext.data(), plaintext.size());
  ERR_clear_error();
  return Error(
      Code::kVerifyFailed,
      "the ciphertext, its nonce, tag or additional data was altered, or the key is another");
}

}  // namespace vallum::ossl
