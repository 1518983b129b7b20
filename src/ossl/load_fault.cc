// SPDX-License-Identifier: Apache-2.0
// A program that uses LoadFault has its own OSSL_SELF_TEST_set_callback, found by the dynamic linker
// before libcrypto's: it puts the fault between the provider and whoever registers.
#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/self_test.h>

#include <optional>
#include <string_view>

#include "ossl/self_test_fault.h"

namespace vallum::ossl {
namespace {

std::optional<std::size_t> corrupted;
std::size_t begun = 0;
OSSL_CALLBACK* registered = nullptr;
void* registered_argument = nullptr;

std::string_view Phase(const OSSL_PARAM* params) {
  const char* value = nullptr;
  const OSSL_PARAM* param = OSSL_PARAM_locate_const(params, OSSL_PROV_PARAM_SELF_TEST_PHASE);
  if (param == nullptr || OSSL_PARAM_get_utf8_string_ptr(param, &value) != 1) return "";
  return value;
}

int CorruptOrForward(const OSSL_PARAM* params, void*) {
  if (Phase(params) == OSSL_SELF_TEST_PHASE_START) ++begun;
  const bool ask = Phase(params) == OSSL_SELF_TEST_PHASE_CORRUPT;
  if (ask && corrupted && begun == *corrupted + 1) return 0;
  return registered(params, registered_argument);
}

void Register(OSSL_LIB_CTX* context, OSSL_CALLBACK* callback, void* argument) {
  static const auto real = reinterpret_cast<decltype(&OSSL_SELF_TEST_set_callback)>(
      dlsym(RTLD_NEXT, "OSSL_SELF_TEST_set_callback"));
  if (!corrupted) return real(context, callback, argument);
  begun = 0;
  registered = callback;
  registered_argument = argument;
  real(context, CorruptOrForward, nullptr);
}

}  // namespace

LoadFault::LoadFault(std::size_t ordinal) { corrupted = ordinal; }
LoadFault::~LoadFault() { corrupted.reset(); }

}  // namespace vallum::ossl

extern "C" void OSSL_SELF_TEST_set_callback(OSSL_LIB_CTX* context, OSSL_CALLBACK* callback,
                                            void* argument) {
  vallum::ossl::Register(context, callback, argument);
}
