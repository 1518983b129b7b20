// SPDX-License-Identifier: Apache-2.0
#include "ossl/indicator.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/indicator.h>
#include <openssl/kdf.h>

namespace vallum::ossl {
namespace {

// Requirement: ind-threads
thread_local bool provider_objected = false;

int OnIndicator(const char*, const char*, const OSSL_PARAM*) {
  provider_objected = true;
  return 1;
}

template <typename Getter, typename Context>
void Read(Getter getter, Context* context) {
  int approved = 1;
  const OSSL_PARAM end = OSSL_PARAM_construct_end();
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_int(OSSL_ALG_PARAM_FIPS_APPROVED_INDICATOR, &approved), end};
  if (getter(context, params) != 1) ERR_clear_error();
  if (approved != 1) provider_objected = true;
}

}  // namespace

IndicatorWatch::IndicatorWatch() : outer_(provider_objected) { provider_objected = false; }
IndicatorWatch::~IndicatorWatch() { provider_objected = provider_objected || outer_; }

bool IndicatorWatch::objected() const { return provider_objected; }

void ReportObjection() { provider_objected = true; }

void WatchIndicator(ossl_lib_ctx_st* context) { OSSL_INDICATOR_set_callback(context, OnIndicator); }

void ReadIndicator(evp_kdf_ctx_st* context) { Read(EVP_KDF_CTX_get_params, context); }
void ReadIndicator(evp_mac_ctx_st* context) { Read(EVP_MAC_CTX_get_params, context); }
void ReadIndicator(evp_pkey_ctx_st* context) { Read(EVP_PKEY_CTX_get_params, context); }

}  // namespace vallum::ossl
