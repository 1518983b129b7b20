// SPDX-License-Identifier: Apache-2.0
#include "ossl/keywrap.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "ossl/error.h"

namespace vallum::ossl {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kLargest = 64 * 1024;
constexpr std::size_t kBlock = 8;

Result<CipherContext> Begin(LibraryContext& context, ByteSpan key, bool encrypt) {
  if (key.size() != kKeySize) return Internal("a KWP key has 32 bytes");
  CipherContext cipher(EVP_CIPHER_CTX_new());
  TRY(CheckPointer(cipher, "making a cipher context"));
  EVP_CIPHER_CTX_set_flags(cipher.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  TRY(Check(EVP_CipherInit_ex2(cipher.get(), context.kwp(), key.data(), nullptr, encrypt ? 1 : 0,
                               nullptr),
            "setting up AES-KWP"));
  return cipher;
}

}  // namespace

Result<Bytes> WrapKwp(LibraryContext& context, ByteSpan wrapping_key, ByteSpan material) {
  if (material.empty() || material.size() > kLargest) {
    return InvalidArgument("AES-KWP wraps 1 to 65536 bytes of key material");
  }
  CipherContext cipher = TRY(Begin(context, wrapping_key, true));
  Bytes wrapped((material.size() + kBlock - 1) / kBlock * kBlock + kBlock);
  int size = 0;
  TRY(Check(EVP_CipherUpdate(cipher.get(), wrapped.data(), &size, material.data(),
                             static_cast<int>(material.size())),
            "wrapping a key"));
  if (static_cast<std::size_t>(size) != wrapped.size()) return Internal("AES-KWP output size");
  return wrapped;
}

Result<SecretBytes> UnwrapKwp(LibraryContext& context, ByteSpan wrapping_key, ByteSpan wrapped) {
  if (wrapped.size() < 2 * kBlock || wrapped.size() % kBlock != 0 ||
      wrapped.size() > kLargest + kBlock) {
    return InvalidArgument("a KWP-wrapped key has a multiple of 8 bytes, 16 to 65544");
  }
  CipherContext cipher = TRY(Begin(context, wrapping_key, false));
  SecretBytes work = TRY(SecretBytes::Create(wrapped.size()));
  int size = 0;
  if (EVP_CipherUpdate(cipher.get(), work.mutable_span().data(), &size, wrapped.data(),
                       static_cast<int>(wrapped.size())) != 1 ||
      size <= 0) {
    ERR_clear_error();
    return Error(Code::kVerifyFailed,
                 "the wrapped key was altered, or the wrapping key is another");
  }
  return SecretBytes::CopyOf(work.span().first(static_cast<std::size_t>(size)));
}

}  // namespace vallum::ossl
