// SPDX-License-Identifier: Apache-2.0
// The module's door against the bare provider, in one process: both sides use the same libcrypto, the
// same fips.so and the same allocator, take turns, and the best of many short turns counts for each.
// Prints JSON.
//
//   vallum-module-bench PATH/lib/vallum [ready]      ready: only the time from start to operational
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "module/module.h"

namespace {

using vallum::Bytes;
using vallum::ByteSpan;
using vallum::module::Module;

constexpr int kTurns = 400;
constexpr double kTurnSeconds = 0.004;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "vallum-module-bench: %s\n", what.c_str());
  std::exit(1);
}

void Check(bool ok, const char* what) {
  if (!ok) Die(std::string(what) + " failed");
}

template <typename T>
T Must(vallum::Result<T> result) {
  if (!result) Die(result.error().ToString());
  return *std::move(result);
}

double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Calls something as often as asked. The loop is inside: each function between it and what is measured
// would cost a mispredicted return (docs/decisions/0014-limits-of-speed.md).
using Operation = std::function<void(int)>;

template <typename Call>
Operation Repeat(Call call) {
  return [call = std::move(call)](int times) mutable {
    for (int i = 0; i < times; ++i) call();
  };
}

// Microseconds of CPU for one call, over one short turn.
double Turn(const Operation& operation) {
  std::uint64_t calls = 0;
  const double begin = ThreadSeconds();
  double now = begin;
  while (now - begin < kTurnSeconds) {
    constexpr int kTimes = 256;  // reading the clock is a system call
    operation(kTimes);
    calls += kTimes;
    now = ThreadSeconds();
  }
  return (now - begin) * 1e6 / static_cast<double>(calls);
}

// What each needs at its best; they take turns so that a noisy neighbour meets all alike.
std::vector<double> Best(const std::vector<Operation>& operations) {
  std::vector<double> best(operations.size(), 1e9);
  for (int turn = 0; turn < kTurns; ++turn) {
    for (std::size_t i = 0; i < operations.size(); ++i) {
      best[i] = std::min(best[i], Turn(operations[i]));
    }
  }
  return best;
}

// CPU microseconds for a call with one thread and with two: locks and shared lines that threads
// meet at show as a dearer call.
std::array<double, 2> OneAndTwoThreads(const std::function<Operation()>& make) {
  std::array<double, 2> best{1e9, 1e9};
  for (int turn = 0; turn < kTurns / 4; ++turn) {
    for (std::size_t count = 1; count <= 2; ++count) {
      std::array<double, 2> took{};
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&took, i, operation = make()] {
          for (int j = 0; j < 4; ++j) took[i] += Turn(operation) / 4;
        });
      }
      for (auto& thread : threads) thread.join();
      best[count - 1] = std::min(best[count - 1], count == 1 ? took[0] : (took[0] + took[1]) / 2);
    }
  }
  return best;
}

vallum::module::KeyRef NewKey(Module& module, vallum::module::Algorithm algorithm) {
  auto made = Must(module.GenerateKey({.algorithm = algorithm, .usages = {}, .extractable = false},
                                      vallum::KeyId(), 1));
  (void)module.GrantInvocations(*made.value.key, 0, std::uint64_t{1} << 32);
  return made.value.key;
}

// ---- The bare provider --------------------------------------------------------------------------

struct BareGcm {
  BareGcm(OSSL_LIB_CTX* libctx, std::size_t size)
      : library(libctx), plaintext(size, 7), ciphertext(size + 16) {
    EVP_CIPHER* cipher = EVP_CIPHER_fetch(libctx, "AES-256-GCM", nullptr);
    RAND_bytes_ex(libctx, key.data(), key.size(), 0);
    for (EVP_CIPHER_CTX* context : {keyed, reused, counting}) {
      Check(EVP_EncryptInit_ex2(context, cipher, key.data(), nullptr, nullptr) == 1, "GCM key");
    }
    Check(RAND_bytes_ex(libctx, iv.data(), 4, 0) == 1 &&
              EVP_CIPHER_CTX_ctrl(counting, EVP_CTRL_AEAD_SET_IV_FIXED, 4, iv.data()) == 1,
          "GCM first IV");
  }
  void Run(EVP_CIPHER_CTX* context) {
    int written = 0, last = 0;
    Check(EVP_EncryptUpdate(context, ciphertext.data(), &written, plaintext.data(),
                            static_cast<int>(plaintext.size())) == 1 &&
              EVP_EncryptFinal_ex(context, ciphertext.data() + written, &last) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag.size(), tag.data()) == 1,
          "GCM");
  }
  // The provider counts on from an IV that came from its generator: what the module does.
  void WithNextIv() {
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_GET_IV_GEN,
                                                             iv.data(), iv.size()),
                           OSSL_PARAM_construct_end()};
    Check(EVP_CIPHER_CTX_get_params(counting, params) == 1, "GCM next IV");
    Run(counting);
  }
  // The provider draws each IV, which it does only in a context that never had one.
  void WithDrawnIv() {
    Check(EVP_CIPHER_CTX_copy(working, keyed) == 1, "GCM copy");
    Run(working);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_IV, iv.data(), iv.size()),
        OSSL_PARAM_construct_end()};
    Check(EVP_CIPHER_CTX_get_params(working, params) == 1, "GCM IV");
    EVP_CIPHER_CTX_reset(working);
  }
  // The caller brings the IV, a counter here: the usual way, and not approved.
  void WithCallersIv() {
    for (std::size_t i = iv.size(); i > 0 && ++iv[i - 1] == 0; --i) {
    }
    Check(EVP_EncryptInit_ex2(reused, nullptr, nullptr, iv.data(), nullptr) == 1, "GCM IV");
    Run(reused);
  }
  OSSL_LIB_CTX* library;
  EVP_CIPHER_CTX* keyed = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* reused = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* counting = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* working = EVP_CIPHER_CTX_new();
  std::array<unsigned char, 32> key{};
  std::array<unsigned char, 12> iv{};
  std::array<unsigned char, 16> tag{};
  Bytes plaintext, ciphertext;
};

Operation BareSign(OSSL_LIB_CTX* library, const Bytes& digest) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(library, nullptr, "EC", "P-256");
  Check(key != nullptr, "EC key generation");
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(library, key, nullptr);
  Check(EVP_PKEY_sign_init(context) == 1, "sign init");
  return Repeat([context, &digest, signature = Bytes(128)]() mutable {
    std::size_t size = signature.size();
    Check(EVP_PKEY_sign(context, signature.data(), &size, digest.data(), digest.size()) == 1,
          "ECDSA");
  });
}

Operation BareDigest(OSSL_LIB_CTX* library, const Bytes& message) {
  EVP_MD* sha256 = EVP_MD_fetch(library, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  return Repeat([sha256, context, &message, out = std::array<unsigned char, 32>()]() mutable {
    unsigned int size = 0;
    Check(EVP_DigestInit_ex2(context, sha256, nullptr) == 1 &&
              EVP_DigestUpdate(context, message.data(), message.size()) == 1 &&
              EVP_DigestFinal_ex(context, out.data(), &size) == 1,
          "SHA-256");
  });
}

// ---- The table ----------------------------------------------------------------------------------

struct Bench {
  Module& module;
  OSSL_LIB_CTX* library;
  Bytes digest = Bytes(32, 7), block = Bytes(64, 7), page = Bytes(1024, 7);
  vallum::module::KeyRef gcm = NewKey(module, vallum::module::Algorithm::kAes256Gcm);
  vallum::module::KeyRef p256 = NewKey(module, vallum::module::Algorithm::kEcP256);

  Operation Encrypt(const Bytes& plaintext) {
    return Repeat([this, &plaintext, iv = std::array<std::uint8_t, 12>(),
                   out = Bytes(plaintext.size()), tag = std::array<std::uint8_t, 16>()]() mutable {
      Must(module.EncryptInto(*gcm, plaintext, {}, iv, out, tag));
    });
  }
  Operation Sign() {
    return Repeat(
        [this] { Must(module.SignDigest(*p256, vallum::module::Scheme::kEcdsaSha256, digest)); });
  }
  Operation Digest() {
    return Repeat([this] { Must(module.Sha256({page})); });
  }

  void Gcm(const char* name, const Bytes& plaintext) {
    BareGcm bare(library, plaintext.size());
    const auto best =
        Best({Encrypt(plaintext), Repeat([&] { bare.WithNextIv(); }),
              Repeat([&] { bare.WithDrawnIv(); }), Repeat([&] { bare.WithCallersIv(); })});
    std::printf("\"%s\":{\"door\":%.4f,\"bare\":%.4f,\"drawn_iv\":%.4f,\"callers_iv\":%.4f},\n",
                name, best[0], best[1], best[2], best[3]);
  }
  void Pair(const char* name, const Operation& door, const Operation& bare) {
    const auto best = Best({door, bare});
    std::printf("\"%s\":{\"door\":%.4f,\"bare\":%.4f},\n", name, best[0], best[1]);
  }
  void Threads(const char* name, const std::function<Operation()>& make, const char* end) {
    const auto best = OneAndTwoThreads(make);
    std::printf("\"%s\":{\"one\":%.4f,\"two\":%.4f}%s\n", name, best[0], best[1], end);
  }

  void Run() {
    std::printf("{\n");
    Gcm("gcm_64", block);
    Gcm("gcm_1024", page);
    Pair("p256_sign", Sign(), BareSign(library, digest));
    Pair("sha256_1024", Digest(), BareDigest(library, page));
    Threads(
        "threads_p256_sign", [this] { return Sign(); }, ",");
    Threads(
        "threads_gcm_64", [this] { return Encrypt(block); }, ",");
    Threads(
        "threads_sha256_1024", [this] { return Digest(); }, "");
    std::printf("}\n");
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) Die("usage: vallum-module-bench PATH/lib/vallum [ready]");
  const std::filesystem::path folder = std::filesystem::absolute(argv[1]);
  const auto begin = std::chrono::steady_clock::now();
  vallum::module::ModuleConfig config;
  config.provider_path = folder / "fips.so";
  config.profile = Must(vallum::module::LoadProfile(folder / "fips-profile.toml"));
  auto module = Must(Module::Start(config));
  if (auto unsealed = module->UnsealEphemeral(); !unsealed) Die(unsealed.error().ToString());
  if (argc > 2) {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::printf("{\"ready_ms\":%.2f}\n", took.count());
    return 0;
  }
  Bench{.module = *module, .library = Must(module->TlsLibrary())}.Run();
}
