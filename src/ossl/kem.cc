// SPDX-License-Identifier: Apache-2.0
#include "ossl/kem.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "ossl/error.h"

namespace vallum::ossl {
namespace {

constexpr std::size_t kSharedSecretSize = 32;

struct Sizes {
  std::size_t ciphertext = 0;
  std::size_t secret = 0;
};

Result<std::unique_ptr<PkeyOperation>> TakeReady(KeyPair& key, PkeyUse use) {
  auto operation = TRY(key.Take());
  const auto wanted = static_cast<std::uint32_t>(use);
  if (operation->setup == wanted) return operation;
  operation->setup = 0;
  evp_pkey_ctx_st* context = operation->context.get();
  TRY(Check(use == PkeyUse::kEncapsulate ? EVP_PKEY_encapsulate_init(context, nullptr)
                                         : EVP_PKEY_decapsulate_init(context, nullptr),
            "setting up key encapsulation"));
  operation->setup = wanted;
  return operation;
}

}  // namespace

Result<Encapsulation> Encapsulate(KeyPair& key) {
  auto operation = TRY(TakeReady(key, PkeyUse::kEncapsulate));
  evp_pkey_ctx_st* context = operation->context.get();
  Sizes sizes;
  TRY(Check(EVP_PKEY_encapsulate(context, nullptr, &sizes.ciphertext, nullptr, &sizes.secret),
            "asking for encapsulation sizes"));
  Encapsulation result{Bytes(sizes.ciphertext), TRY(SecretBytes::Create(sizes.secret))};
  TRY(Check(EVP_PKEY_encapsulate(context, result.ciphertext.data(), &sizes.ciphertext,
                                 result.shared_secret.mutable_span().data(), &sizes.secret),
            "encapsulating"));
  key.Give(std::move(operation));
  return result;
}

Result<SecretBytes> Decapsulate(KeyPair& key, ByteSpan ciphertext) {
  auto operation = TRY(TakeReady(key, PkeyUse::kDecapsulate));
  evp_pkey_ctx_st* context = operation->context.get();
  SecretBytes secret = TRY(SecretBytes::Create(kSharedSecretSize));
  std::size_t size = secret.size();
  if (EVP_PKEY_decapsulate(context, secret.mutable_span().data(), &size, ciphertext.data(),
                           ciphertext.size()) != 1 ||
      size != kSharedSecretSize) {
    return ProviderError(
        fmt::format("a ciphertext of {} bytes does not fit this key", ciphertext.size()),
        Code::kInvalidArgument);
  }
  key.Give(std::move(operation));
  return secret;
}

}  // namespace vallum::ossl
