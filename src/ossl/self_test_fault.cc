// SPDX-License-Identifier: Apache-2.0
#include "ossl/self_test_fault.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/self_test.h>

#include <string_view>

namespace vallum::ossl {
namespace {

OSSL_CALLBACK* original = nullptr;
void* original_argument = nullptr;
std::string corrupted;

std::string_view Text(const OSSL_PARAM* params, const char* key) {
  const char* value = nullptr;
  const OSSL_PARAM* param = OSSL_PARAM_locate_const(params, key);
  if (param == nullptr || OSSL_PARAM_get_utf8_string_ptr(param, &value) != 1) return "";
  return value;
}

int CorruptOrForward(const OSSL_PARAM* params, void*) {
  std::string name(Text(params, OSSL_PROV_PARAM_SELF_TEST_TYPE));
  name.append("/").append(Text(params, OSSL_PROV_PARAM_SELF_TEST_DESC));
  const bool ask = Text(params, OSSL_PROV_PARAM_SELF_TEST_PHASE) == OSSL_SELF_TEST_PHASE_CORRUPT;
  if (ask && name == corrupted) return 0;
  return original(params, original_argument);
}

}  // namespace

SelfTestFault::SelfTestFault(ossl_lib_ctx_st* context, std::string test) : context_(context) {
  OSSL_SELF_TEST_get_callback(context, &original, &original_argument);
  corrupted = std::move(test);
  OSSL_SELF_TEST_set_callback(context, CorruptOrForward, nullptr);
}

SelfTestFault::~SelfTestFault() {
  OSSL_SELF_TEST_set_callback(context_, original, original_argument);
}

}  // namespace vallum::ossl
