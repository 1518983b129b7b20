// SPDX-License-Identifier: Apache-2.0
#include "ossl/hmac_stream.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "ossl/error.h"

namespace vallum::ossl {

Result<HmacStream> HmacStream::Create(ContextRef context, Hash hash, ByteSpan key) {
  MacContext mac(EVP_MAC_CTX_new(context->hmac()));
  TRY(CheckPointer(mac, "making a MAC context"));
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(HashName(hash)), 0),
      OSSL_PARAM_construct_end()};
  TRY(Check(EVP_MAC_init(mac.get(), key.data(), key.size(), params), "setting up HMAC"));
  return HmacStream(std::move(context), std::move(mac));
}

Status HmacStream::Update(ByteSpan bytes) {
  return Check(EVP_MAC_update(mac_.get(), bytes.data(), bytes.size()), "computing an HMAC");
}

Result<DigestValue> HmacStream::Finish() && {
  DigestValue value;
  TRY(Check(EVP_MAC_final(mac_.get(), value.bytes.data(), &value.size, value.bytes.size()),
            "computing an HMAC"));
  return value;
}

}  // namespace vallum::ossl
