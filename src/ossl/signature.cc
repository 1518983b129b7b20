// SPDX-License-Identifier: Apache-2.0
#include "ossl/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>

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
  return Check(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, scheme.salt_size),
               "setting the salt length");
}

Result<std::unique_ptr<PkeyOperation>> TakeReady(KeyPair& key, PkeyUse use,
                                                 const DigestScheme& scheme) {
  auto operation = TRY(key.Take());
  const bool usual = scheme.salt_size == kSaltAsDigest;
  const std::uint32_t wanted = SetupOf(use, scheme);
  if (usual && operation->setup == wanted) return operation;
  operation->setup = 0;
  evp_pkey_ctx_st* context = operation->context.get();
  TRY(Check(use == PkeyUse::kSign ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context),
            "setting up a signature"));
  const evp_md_st* md = key.context().md(scheme.hash);
  TRY(Check(EVP_PKEY_CTX_set_signature_md(context, md), "setting the signature's hash"));
  if (scheme.padding != Padding::kNone) TRY(SetPadding(context, scheme, md));
  if (usual) operation->setup = wanted;
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

// The parameters of a signature over a message. Each is left out where it is what the provider does
// anyway, since not every key type knows it.
class MessageParameters {
 public:
  explicit MessageParameters(const MessageScheme& scheme) {
    if (!scheme.context.empty()) {
      Add(OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_CONTEXT_STRING,
                                            const_cast<std::uint8_t*>(scheme.context.data()),
                                            scheme.context.size()));
    }
    if (scheme.randomness == Randomness::kDeterministic) {
      Add(OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_DETERMINISTIC, &yes_));
    }
    if (scheme.form == MessageForm::kMu) {
      Add(OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_MU, &yes_));
    }
    Add(OSSL_PARAM_construct_end());
  }
  MessageParameters(const MessageParameters&) = delete;
  MessageParameters& operator=(const MessageParameters&) = delete;
  const OSSL_PARAM* get() const { return params_.data(); }

 private:
  void Add(const OSSL_PARAM& param) { params_[count_++] = param; }
  int yes_ = 1;
  std::size_t count_ = 0;
  std::array<OSSL_PARAM, 4> params_{};
};

Result<evp_signature_st*> AlgorithmOf(const KeyPair& key, const MessageScheme& scheme) {
  evp_signature_st* algorithm =
      scheme.form == MessageForm::kPrehash ? key.prehash_signature() : key.pure_signature();
  if (algorithm == nullptr) return Internal("this key type does not sign messages that way");
  return algorithm;
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

Result<Bytes> SignMessage(KeyPair& key, const MessageScheme& scheme, ByteSpan message) {
  evp_signature_st* algorithm = TRY(AlgorithmOf(key, scheme));
  auto operation = TRY(key.Take());
  operation->setup = 0;
  const MessageParameters parameters(scheme);
  TRY(Check(EVP_PKEY_sign_message_init(operation->context.get(), algorithm, parameters.get()),
            "setting up a signature"));
  return FinishSigning(key, std::move(operation), message);
}

Status VerifyMessage(KeyPair& key, const MessageScheme& scheme, ByteSpan message,
                     ByteSpan signature) {
  evp_signature_st* algorithm = TRY(AlgorithmOf(key, scheme));
  auto operation = TRY(key.Take());
  operation->setup = 0;
  const MessageParameters parameters(scheme);
  TRY(Check(EVP_PKEY_verify_message_init(operation->context.get(), algorithm, parameters.get()),
            "setting up a verification"));
  return FinishVerifying(key, std::move(operation), message, signature);
}

}  // namespace vallum::ossl
