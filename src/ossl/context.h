// SPDX-License-Identifier: Apache-2.0
// LibraryContext: an OSSL_LIB_CTX of our own with the FIPS provider in it, loaded strictly and
// without files or environment, and the algorithms fetched once.
//
//   auto context = TRY(LibraryContext::Load({.provider = "/usr/lib/vallum/fips.so", .mac = mac}));
//   TRY(Sha256(*context, {message}));
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "ossl/cipher_mode.h"
#include "ossl/handle.h"
#include "ossl/pool.h"
#include "ossl/seed_source.h"
#include "ossl/selftest.h"

namespace vallum::ossl {

enum class Hash : std::uint8_t {
  kSha256,
  kSha384,
  kSha512,
  kSha224,
  kSha512_224,
  kSha512_256,
  kSha3_224,
  kSha3_256,
  kSha3_384,
  kSha3_512,
};
inline constexpr std::size_t kHashCount = 10;
/// Size of a digest in bytes.
std::size_t HashSize(Hash hash);
/// The name that OpenSSL knows a hash by.
const char* HashName(Hash hash);

/// Sizes of an AES key in bytes; XTS has two keys of the first or the last.
inline constexpr std::array<std::size_t, 3> kAesKeySizes = {16, 24, 32};

/// Key derivation functions of the provider.
enum class KdfKind : std::uint8_t { kHkdf, kSskdf, kX963, kKbkdf, kPbkdf2, kTls13, kTls1Prf };
inline constexpr std::size_t kKdfCount = 7;

/// Whether the provider refuses what SP 800-131A and SP 800-132 call too weak (MAC and derivation keys
/// below 112 bits, few iterations, unsuitable hashes) or only objects to it.
enum class WeakInput : std::uint8_t { kRefuse, kFlag };

struct LoadOptions {
  std::filesystem::path provider;  ///< absolute, ending in /fips.so
  std::string mac;                 ///< "module-mac": what the provider checks its own file against
  WeakInput weak_input = WeakInput::kRefuse;
  /// Where random bit generators get their seeds. Null: libcrypto's own way to the kernel, for tests
  /// of other things.
  std::shared_ptr<SeedFeed> seed = nullptr;
};

/// LibraryContext holds the `fips` and `base` providers, never `default`; the process's default
/// library context gets the `null` provider, so that a call that forgot its context fails.
/// Immutable after Load, so thread-safe. Whoever holds objects made in it holds it too, by
/// shared_ptr.
class LibraryContext {
 public:
  /// Load runs the provider's self-tests (seen by a SelfTestLog of this thread, unless this process
  /// ran them for the same file before). kIntegrity when the file does not match `mac`,
  /// kSelfTestFailed with the name of the first test that failed, else kProvider.
  static Result<std::shared_ptr<LibraryContext>> Load(const LoadOptions& options);
  ~LibraryContext();
  LibraryContext(const LibraryContext&) = delete;
  LibraryContext& operator=(const LibraryContext&) = delete;

  ossl_lib_ctx_st* get() const { return context_.get(); }
  /// ProviderVersion is what the loaded provider says.
  Result<std::string> ProviderVersion() const;
  /// ProviderRunning is false once the provider is in its error state, which it never leaves.
  bool ProviderRunning() const;
  /// seeds is null when it was loaded without a SeedFeed.
  const SeedTree* seeds() const { return seeds_.get(); }
  /// FirstFailedTest names the self-test that put it there, or is empty.
  std::string FirstFailedTest() const { return self_tests_.FirstFailure(); }
  /// RunSelfTests runs all of them again on this thread; kSelfTestFailed names the first failure.
  Status RunSelfTests();

  /// AES in `mode` for a key of `key_size` bytes; null when there is none.
  const evp_cipher_st* cipher(Mode mode, std::size_t key_size) const;
  const evp_md_st* md(Hash hash) const { return digests_[static_cast<std::size_t>(hash)].get(); }
  const evp_md_st* shake(int bits) const { return bits == 128 ? shake128_.get() : shake256_.get(); }
  evp_mac_st* hmac() const { return hmac_.get(); }
  evp_kdf_st* kdf(KdfKind kind) const { return kdfs_[static_cast<std::size_t>(kind)].get(); }
  WeakInput weak_input() const { return weak_input_; }
  evp_mac_st* cmac() const { return cmac_.get(); }
  evp_mac_st* kmac(int bits) const { return bits == 128 ? kmac128_.get() : kmac256_.get(); }

  /// Idle hashing contexts of this library context.
  using DigestPool = Pool<evp_md_ctx_st, Release<evp_md_ctx_st>, 16>;
  DigestPool& digest_pool() { return digest_pool_; }

 private:
  LibraryContext() = default;
  Status LoadProviders(const LoadOptions& options);
  Status FetchAlgorithms();
  Status FetchCiphers();
  Status FetchMacs();

  SelfTestWatch self_tests_;  ///< before the context, which calls it
  LibCtx context_;
  Provider fips_;
  Provider base_;
  std::unique_ptr<SeedTree> seeds_;
  std::array<std::array<Cipher, kAesKeySizes.size()>, kModeCount> ciphers_;
  std::array<Digest, kHashCount> digests_;
  Digest shake128_;
  Digest shake256_;
  Mac hmac_;
  std::array<Kdf, kKdfCount> kdfs_;
  WeakInput weak_input_ = WeakInput::kRefuse;
  Mac cmac_;
  Mac kmac128_;
  Mac kmac256_;
  DigestPool digest_pool_;
};

using ContextRef = std::shared_ptr<LibraryContext>;

}  // namespace vallum::ossl
