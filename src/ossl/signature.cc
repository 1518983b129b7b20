// SPDX-License-Identifier: Apache-2.0
#include "ossl/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {
namespace {

std::uint32_t SetupOf(PkeyUse use, const DigestScheme& scheme) {
  return static_cast<std::uint32_t>(use) | static_cast<std::uint32_t>(scheme.padding) << 8 |
         static_cast<std::uint32_t>(scheme.hash);
}

Status SetPadding(evp_pkey_ctx_st* context, const DigestScheme& scheme, const evp_md_st* md) {
  if (scheme.padding == Padding::kPkcs1) {
    return Check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), "setting the padding");
  }
  TRY(Check(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), "setting the padding"));
  TRY(Check(EVP_PKEY_CTX_set_rsa_mgf1_md(context, md), "setting the mask hash"));
  return Check(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST),
               "setting the salt length");
}

Result<std::unique_ptr<PkeyOperation>> TakeReady(KeyPair& key, PkeyUse use,
                                                 const DigestScheme& scheme) {
  auto operation = TRY(key.Take());
  const std::uint32_t wanted = SetupOf(use, scheme);
  if (operation->setup == wanted) return operation;
  operation->setup = 0;
  evp_pkey_ctx_st* context = operation->context.get();
  TRY(Check(use == PkeyUse::kSign ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context),
            "setting up a signature"));
  const evp_md_st* md = key.context().md(scheme.hash);
  TRY(Check(EVP_PKEY_CTX_set_signature_md(context, md), "setting the signature's hash"));
  if (scheme.padding != Padding::kNone) TRY(SetPadding(context, scheme, md));
  operation->setup = wanted;
  return operation;
}

Error BadSignature() {
  ERR_clear_error();
  return {Code::kVerifyFailed, "the signature does not match the message, the key or the scheme"};
}

Result<Bytes> FinishSigning(KeyPair& key, std::unique_ptr<PkeyOperation> operation,
                            ByteSpan input) {
  Bytes signature(key.max_output());
  std::size_t size = signature.size();
  TRY(Check(
      EVP_PKEY_sign(operation->context.get(), signature.data(), &size, input.data(), input.size()),
      "signing"));
  ReadIndicator(operation->context.get());
  key.Give(std::move(operation));
  signature.resize(size);
  return signature;
}

Status FinishVerifying(KeyPair& key, std::unique_ptr<PkeyOperation> operation, ByteSpan input,
                       ByteSpan signature) {
  const int rc = EVP_PKEY_verify(operation->context.get(), signature.data(), signature.size(),
                                 input.data(), input.size());
  if (rc != 1) return BadSignature();
  ReadIndicator(operation->context.get());
  key.Give(std::move(operation));
  return {};
}

Status RequirePure(const KeyPair& key) {
  if (key.pure_signature() != nullptr) return {};
  return Internal("this key type signs digests, not messages");
}

}  // namespace

Result<Bytes> SignDigest(KeyPair& key, const DigestScheme& scheme, ByteSpan digest) {
  auto operation = TRY(TakeReady(key, PkeyUse::kSign, scheme));
  return FinishSigning(key, std::move(operation), digest);
}

Status VerifyDigest(KeyPair& key, const DigestScheme& scheme, ByteSpan digest, ByteSpan signature) {
  auto operation = TRY(TakeReady(key, PkeyUse::kVerify, scheme));
  return FinishVerifying(key, std::move(operation), digest, signature);
}

Result<Bytes> SignMessage(KeyPair& key, ByteSpan message) {
  TRY(RequirePure(key));
  auto operation = TRY(key.Take());
  operation->setup = 0;
  TRY(Check(EVP_PKEY_sign_message_init(operation->context.get(), key.pure_signature(), nullptr),
            "setting up a signature"));
  return FinishSigning(key, std::move(operation), message);
}

Status VerifyMessage(KeyPair& key, ByteSpan message, ByteSpan signature) {
  TRY(RequirePure(key));
  auto operation = TRY(key.Take());
  operation->setup = 0;
  TRY(Check(EVP_PKEY_verify_message_init(operation->context.get(), key.pure_signature(), nullptr),
            "setting up a verification"));
  return FinishVerifying(key, std::move(operation), message, signature);
}

}  // namespace vallum::ossl
