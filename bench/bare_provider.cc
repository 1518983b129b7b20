// SPDX-License-Identifier: Apache-2.0
// What the bare FIPS provider needs for the same operations, called through EVP at its best: keys and
// algorithms prepared, contexts reused. Prints CPU microseconds for one operation as JSON.
//
//   vallum-bare PATH/fips.so MODULE-MAC-HEX [--wipe | --load-only]
//
// --wipe takes the module's wiping allocator, for what that costs; --load-only stops after the load.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "ossl/memory.h"

namespace {

OSSL_LIB_CTX* g_library = nullptr;

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "vallum-bare: %s failed\n", what);
  std::exit(1);
}

void Check(bool ok, const char* what) {
  if (!ok) Die(what);
}

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double MicrosecondsPerCall(double seconds, const std::function<void()>& operation) {
  for (int i = 0; i < 16; ++i) operation();
  const double begin = CpuSeconds();
  std::uint64_t calls = 0;
  while (CpuSeconds() - begin < seconds) {
    for (int i = 0; i < 16; ++i) operation();
    calls += 16;
  }
  return (CpuSeconds() - begin) * 1e6 / static_cast<double>(calls);
}

void Load(const char* path, char* mac) {
  const std::filesystem::path file(path);
  g_library = OSSL_LIB_CTX_new();
  OSSL_PROVIDER_set_default_search_path(g_library, file.parent_path().c_str());
  char activate[] = "1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string("module-mac", mac, 0),
      OSSL_PARAM_construct_utf8_string("activate", activate, 0),
      OSSL_PARAM_construct_utf8_string("conditional-errors", activate, 0),
      OSSL_PARAM_construct_utf8_string("security-checks", activate, 0),
      OSSL_PARAM_construct_end(),
  };
  Check(OSSL_PROVIDER_load_ex(g_library, "fips", parameters) != nullptr, "loading the provider");
  Check(OSSL_PROVIDER_load(g_library, "base") != nullptr, "loading base");
  Check(EVP_set_default_properties(g_library, "fips=yes") == 1, "default properties");
}

double SignEcdsa() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(g_library, nullptr, "EC", "P-256");
  Check(key != nullptr, "EC key generation");
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(g_library, key, nullptr);
  Check(EVP_PKEY_sign_init(context) == 1, "sign init");
  const std::vector<unsigned char> digest(32, 7);
  std::vector<unsigned char> signature(128);
  return MicrosecondsPerCall(1.0, [&] {
    std::size_t size = signature.size();
    Check(EVP_PKEY_sign(context, signature.data(), &size, digest.data(), digest.size()) == 1,
          "ECDSA");
  });
}

double SignRsa() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(g_library, nullptr, "RSA", std::size_t{2048});
  Check(key != nullptr, "RSA key generation");
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(g_library, key, nullptr);
  EVP_MD* sha256 = EVP_MD_fetch(g_library, "SHA256", nullptr);
  Check(EVP_PKEY_sign_init(context) == 1 &&
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_signature_md(context, sha256) == 1,
        "RSA parameters");
  const std::vector<unsigned char> digest(32, 7);
  std::vector<unsigned char> signature(256);
  return MicrosecondsPerCall(1.5, [&] {
    std::size_t size = signature.size();
    Check(EVP_PKEY_sign(context, signature.data(), &size, digest.data(), digest.size()) == 1,
          "RSA");
  });
}

double EncryptGcm(std::size_t size) {
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(g_library, "AES-256-GCM", nullptr);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  unsigned char key[32], iv[12], tag[16];
  RAND_bytes_ex(g_library, key, sizeof key, 0);
  Check(EVP_EncryptInit_ex2(context, cipher, key, nullptr, nullptr) == 1, "GCM key");
  const std::vector<unsigned char> plaintext(size, 7);
  std::vector<unsigned char> ciphertext(size + 16);
  return MicrosecondsPerCall(0.5, [&] {
    int written = 0, last = 0;
    Check(RAND_bytes_ex(g_library, iv, sizeof iv, 0) == 1, "IV");
    Check(EVP_EncryptInit_ex2(context, nullptr, nullptr, iv, nullptr) == 1, "GCM IV");
    Check(EVP_EncryptUpdate(context, ciphertext.data(), &written, plaintext.data(),
                            static_cast<int>(size)) == 1,
          "GCM update");
    Check(EVP_EncryptFinal_ex(context, ciphertext.data() + written, &last) == 1, "GCM final");
    Check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag) == 1, "GCM tag");
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) Die("usage: vallum-bare PATH/fips.so MODULE-MAC-HEX; reading the arguments");
  const std::string_view option = argc > 3 ? argv[3] : "";
  if (option == "--wipe") {
    Check(vallum::ossl::InstallWipingAllocator().has_value(), "the wiping allocator");
  }
  const auto begin = std::chrono::steady_clock::now();
  Load(argv[1], argv[2]);
  const double load =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  if (option == "--load-only") {
    std::printf("{\"provider_load_ms\":%.2f}\n", load);
    return 0;
  }
  const double ecdsa = SignEcdsa(), rsa = SignRsa(), gcm = EncryptGcm(1024);
  std::printf(
      "{\"provider_load_ms\":%.1f,\"ecdsa_p256_sign_us\":%.2f,\"rsa_2048_pss_sign_us\":%.2f,"
      "\"aes_256_gcm_1k_us\":%.3f}\n",
      load, ecdsa, rsa, gcm);
}
