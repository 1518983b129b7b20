// SPDX-License-Identifier: Apache-2.0
#include "ossl/random.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "ossl/error.h"

namespace vallum::ossl {

Status Random(LibraryContext& context, MutableByteSpan out) {
  if (RAND_bytes_ex(context.get(), out.data(), out.size(), 0) == 1) return {};
  return ProviderError("the random bit generator could not deliver", Code::kEntropy);
}

Result<SecretBytes> RandomSecret(LibraryContext& context, std::size_t size) {
  SecretBytes secret = TRY(SecretBytes::Create(size));
  MutableByteSpan out = secret.mutable_span();
  if (RAND_priv_bytes_ex(context.get(), out.data(), out.size(), 0) == 1) return secret;
  return ProviderError("the random bit generator could not deliver a key", Code::kEntropy);
}

void UninstantiateRandom(LibraryContext& context) {
  for (EVP_RAND_CTX* generator : {RAND_get0_public(context.get()), RAND_get0_private(context.get()),
                                  RAND_get0_primary(context.get())}) {
    if (generator != nullptr) EVP_RAND_uninstantiate(generator);
  }
  ERR_clear_error();
}

}  // namespace vallum::ossl
