// SPDX-License-Identifier: Apache-2.0
#include "ossl/agreement.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {

Result<SecretBytes> Agree(const KeyPair& own, const KeyPair& peer) {
  constexpr int kValidate = 1;
  constexpr int kWithCofactor = 1;
  const PkeyContext agreement(EVP_PKEY_CTX_new_from_pkey(own.context().get(), own.get(), nullptr));
  TRY(CheckPointer(agreement, "making a key context"));
  TRY(Check(EVP_PKEY_derive_init(agreement.get()), "starting a key agreement"));
  TRY(Check(EVP_PKEY_CTX_set_ecdh_cofactor_mode(agreement.get(), kWithCofactor),
            "setting the cofactor mode"));
  if (EVP_PKEY_derive_set_peer_ex(agreement.get(), peer.get(), kValidate) != 1) {
    return ProviderError("the other side's public key does not fit", Code::kInvalidArgument);
  }
  std::size_t size = 0;
  TRY(Check(EVP_PKEY_derive(agreement.get(), nullptr, &size), "asking for the secret's size"));
  SecretBytes secret = TRY(SecretBytes::Create(size));
  TRY(Check(EVP_PKEY_derive(agreement.get(), secret.mutable_span().data(), &size),
            "agreeing on a secret"));
  if (size != secret.size()) return Internal("the size of a shared secret changed");
  ReadIndicator(agreement.get());
  return secret;
}

}  // namespace vallum::ossl
