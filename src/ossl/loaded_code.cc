// SPDX-License-Identifier: Apache-2.0
#include "ossl/loaded_code.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

namespace vallum::ossl {

const void* LibcryptoAddress() { return reinterpret_cast<const void*>(&OpenSSL_version_num); }

Result<const void*> ProviderAddress(const std::filesystem::path& path) {
  void* const handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
  const void* address = handle == nullptr ? nullptr : dlsym(handle, "OSSL_provider_init");
  if (handle != nullptr) dlclose(handle);  // libcrypto holds the object too
  if (address != nullptr) return address;
  return Error(Code::kProvider, fmt::format("{} is not loaded as a provider", path.string()));
}

}  // namespace vallum::ossl
