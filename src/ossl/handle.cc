// SPDX-License-Identifier: Apache-2.0
#include "ossl/handle.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

namespace vallum::ossl {

#define VALLUM_RELEASE(Type, Free)                              \
  template <>                                                   \
  void Release<Type>::operator()(Type* object) const noexcept { \
    Free(object);                                               \
  }
VALLUM_RELEASE(bio_st, BIO_free_all)
VALLUM_RELEASE(evp_cipher_ctx_st, EVP_CIPHER_CTX_free)
VALLUM_RELEASE(evp_cipher_st, EVP_CIPHER_free)
VALLUM_RELEASE(evp_kdf_ctx_st, EVP_KDF_CTX_free)
VALLUM_RELEASE(evp_kdf_st, EVP_KDF_free)
VALLUM_RELEASE(evp_mac_ctx_st, EVP_MAC_CTX_free)
VALLUM_RELEASE(evp_mac_st, EVP_MAC_free)
VALLUM_RELEASE(evp_md_ctx_st, EVP_MD_CTX_free)
VALLUM_RELEASE(evp_md_st, EVP_MD_free)
VALLUM_RELEASE(evp_pkey_ctx_st, EVP_PKEY_CTX_free)
VALLUM_RELEASE(evp_pkey_st, EVP_PKEY_free)
VALLUM_RELEASE(evp_rand_ctx_st, EVP_RAND_CTX_free)
VALLUM_RELEASE(evp_rand_st, EVP_RAND_free)
VALLUM_RELEASE(evp_signature_st, EVP_SIGNATURE_free)
VALLUM_RELEASE(ossl_lib_ctx_st, OSSL_LIB_CTX_free)
VALLUM_RELEASE(ossl_provider_st, OSSL_PROVIDER_unload)
VALLUM_RELEASE(x509_st, X509_free)
VALLUM_RELEASE(X509_req_st, X509_REQ_free)
#undef VALLUM_RELEASE

}  // namespace vallum::ossl
