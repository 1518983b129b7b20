// SPDX-License-Identifier: Apache-2.0
#include "ossl/oaep.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {
namespace {

Result<std::unique_ptr<PkeyOperation>> TakeReady(KeyPair& key, PkeyUse use, Hash hash) {
  auto operation = TRY(key.Take());
  const std::uint32_t wanted = static_cast<std::uint32_t>(use) | static_cast<std::uint32_t>(hash);
  if (operation->setup == wanted) return operation;
  operation->setup = 0;
  evp_pkey_ctx_st* context = operation->context.get();
  TRY(Check(
      use == PkeyUse::kEncrypt ? EVP_PKEY_encrypt_init(context) : EVP_PKEY_decrypt_init(context),
      "setting up RSA-OAEP"));
  TRY(Check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), "setting OAEP padding"));
  const evp_md_st* md = key.context().md(hash);
  TRY(Check(EVP_PKEY_CTX_set_rsa_oaep_md(context, md), "setting the OAEP hash"));
  TRY(Check(EVP_PKEY_CTX_set_rsa_mgf1_md(context, md), "setting the mask hash"));
  operation->setup = wanted;
  return operation;
}

}  // namespace

Result<Bytes> EncryptOaep(KeyPair& key, Hash hash, ByteSpan plaintext) {
  const std::size_t largest = key.max_output() - 2 * HashSize(hash) - 2;
  if (plaintext.size() > largest) {
    return InvalidArgument(
        fmt::format("RSA-OAEP with this key and hash takes at most {} bytes; encrypt a data key "
                    "instead of the data",
                    largest));
  }
  auto operation = TRY(TakeReady(key, PkeyUse::kEncrypt, hash));
  Bytes ciphertext(key.max_output());
  std::size_t size = ciphertext.size();
  TRY(Check(EVP_PKEY_encrypt(operation->context.get(), ciphertext.data(), &size, plaintext.data(),
                             plaintext.size()),
            "RSA-OAEP encryption failed"));
  ReadIndicator(operation->context.get());
  key.Give(std::move(operation));
  ciphertext.resize(size);
  return ciphertext;
}

Result<SecretBytes> DecryptOaep(KeyPair& key, Hash hash, ByteSpan ciphertext) {
  auto operation = TRY(TakeReady(key, PkeyUse::kDecrypt, hash));
  SecretBytes work = TRY(SecretBytes::Create(key.max_output()));
  std::size_t size = work.size();
  if (EVP_PKEY_decrypt(operation->context.get(), work.mutable_span().data(), &size,
                       ciphertext.data(), ciphertext.size()) != 1) {
    ERR_clear_error();
    return Error(Code::kVerifyFailed,
                 "the ciphertext cannot be decrypted with this key and scheme");
  }
  ReadIndicator(operation->context.get());
  key.Give(std::move(operation));
  return SecretBytes::CopyOf(work.span().first(size));
}

}  // namespace vallum::ossl
