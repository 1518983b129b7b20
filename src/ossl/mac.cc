// SPDX-License-Identifier: Apache-2.0
#include "ossl/mac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {

Result<std::unique_ptr<HmacKey>> HmacKey::Create(ContextRef context, Hash hash, ByteSpan key) {
  MacContext scheduled(EVP_MAC_CTX_new(context->hmac()));
  TRY(CheckPointer(scheduled, "making a MAC context"));
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(HashName(hash)), 0),
      OSSL_PARAM_construct_end()};
  TRY(Check(EVP_MAC_init(scheduled.get(), key.data(), key.size(), params), "setting up HMAC"));
  ReadIndicator(scheduled.get());
  return std::unique_ptr<HmacKey>(new HmacKey(std::move(context), std::move(scheduled)));
}

Result<DigestValue> HmacKey::Compute(ByteSpan message) {
  MacContext mac = pool_.Take();
  if (mac == nullptr) mac.reset(EVP_MAC_CTX_dup(template_.get()));
  TRY(CheckPointer(mac, "making a MAC context"));
  DigestValue value;
  TRY(Check(EVP_MAC_init(mac.get(), nullptr, 0, nullptr), "computing an HMAC"));
  TRY(Check(EVP_MAC_update(mac.get(), message.data(), message.size()), "computing an HMAC"));
  TRY(Check(EVP_MAC_final(mac.get(), value.bytes.data(), &value.size, value.bytes.size()),
            "computing an HMAC"));
  ReadIndicator(mac.get());
  pool_.Give(std::move(mac));
  return value;
}

}  // namespace vallum::ossl
