// SPDX-License-Identifier: Apache-2.0
// THE DOOR of the cryptographic module: the only header of this folder that others include.
//
//   auto module = TRY(Module::Start(config));
//   TRY(module->Unseal(root_key));
//   auto made = TRY(module->GenerateKey({.algorithm = Algorithm::kEcP384, .usages = ...}, id, 1));
//   auto signature = TRY(module->Sign(*made.value.key, Scheme::kEcdsaSha384, message));
//   signature.value, signature.indicator.approved()
//
// Requests and results are values, keys are opaque handles: the module could move into a process of
// its own. Every service passes the gate on the way in and again before its result leaves
// (FIPS 140-3: output is inhibited in self-test and error states). Unless said otherwise a service
//   - is thread-safe, and any number may run at once;
//   - fails with kModuleState outside State::kOperational, kKeyUsage when the key's usages do not
//     include it, kUnsupported when the key's algorithm or the scheme does not fit,
//     kNotApproved when policy `only` refuses it, kProvider when the provider failed;
//   - copies nothing of a key out, and wipes its temporaries.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "module/algorithm.h"
#include "module/boundary.h"
#include "module/cipher.h"
#include "module/entropy_status.h"
#include "module/error_cause.h"
#include "module/indicator.h"
#include "module/profile.h"
#include "module/role.h"
#include "module/state.h"
#include "module/zeroise.h"

// Native handles of the boundary's own libcrypto, for libssl in src/net and nothing else.
struct ossl_lib_ctx_st;
struct evp_pkey_st;

namespace vallum::module {

/// Where a key's material came from; bound into its blob (numbers are stored).
enum class Origin : std::uint8_t {
  kGenerated = 1,
  kImportedWrapped = 2,
  kEntered = 3,
  kDerived = 4,
};

/// KeyAttributes are bound into the key blob as authenticated data: editing a stored row cannot
/// widen what a key may do.
struct KeyAttributes {
  Algorithm algorithm = Algorithm::kAes256Gcm;
  Usages usages;
  bool extractable = false;
  Origin origin = Origin::kGenerated;
  Policy made_under = Policy::kOnly;
  bool made_approved =
      true;  ///< by an approved service; such a key's uses are not approved otherwise
  KeyId id;
  std::uint32_t version = 0;
  bool operator==(const KeyAttributes&) const = default;
};

/// Key is an open key inside the module. Share it by KeyRef; the last one to go wipes it.
class Key;
using KeyRef = std::shared_ptr<Key>;
const KeyAttributes& AttributesOf(const Key& key);

struct KeySpec {
  Algorithm algorithm = Algorithm::kAes256Gcm;
  Usages usages = {};        ///< empty means DefaultUsages(algorithm)
  bool extractable = false;  ///< may leave wrapped under another key
  std::uint32_t bits = 0;    ///< of a new key whose algorithm takes any size; 0: its usual one
};

struct NewKey {
  KeyRef key;
  Bytes blob;  ///< docs/formats/key-blob.md; opened again with OpenKey
};

/// AES-GCM output. The 96-bit IV is made by the approved DRBG inside (IG C.H, scenario 2).
struct Ciphertext {
  std::array<std::uint8_t, 12> iv{};
  Bytes data;
  std::array<std::uint8_t, 16> tag{};
};

struct MacParameters {
  Scheme scheme = Scheme::kDefault;
  ByteSpan customization = {};  ///< KMAC, up to 512 bytes
  std::size_t size = 0;         ///< in bytes, from 4; 0: all of it (KMAC-128: 32, KMAC-256: 64)
};

struct Encapsulated {
  Bytes ciphertext;
  SecretBytes shared_secret;  ///< 32 bytes
};

struct SelfTestResult {
  std::string name;  ///< the provider's own type and description, "KAT_Signature/ECDSA"
  bool passed = false;
  std::int64_t microseconds = 0;
};

/// ConditionalTestCount sums up the pair-wise consistency tests of one kind since the start.
struct ConditionalTestCount {
  std::string name;  ///< "Conditional_PCT/ECDSA"
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::int64_t last_microseconds = 0;
};

/// ModuleStatus answers: which module, which provider, which state, since when, and why.
struct ModuleStatus {
  State state = State::kPowerOff;
  Policy policy = Policy::kOnly;
  std::string module_version;
  ProviderProfile provider;                  ///< as pinned
  std::string provider_version;              ///< as the loaded provider says it
  std::string first_error;                   ///< message of `cause`, else empty
  std::optional<ErrorCause> cause;           ///< first cause of State::kErrorHard
  std::optional<ErrorCause> soft_cause;      ///< of the last visit to State::kErrorSoft
  std::uint64_t soft_errors = 0;             ///< visits to State::kErrorSoft
  std::uint64_t services_entering_keys = 0;  ///< now in State::kSspEntry
  std::uint64_t services_testing = 0;        ///< now in State::kConditionalTest
  std::int64_t provider_load_microseconds = 0;
  std::int64_t start_microseconds = 0;  ///< of Module::Start, all in all
  std::uint64_t services_approved = 0;
  std::uint64_t services_not_approved = 0;
  EntropyStatus entropy;  ///< say Caveat(entropy.source) wherever strength is claimed
  std::vector<SelfTestResult> self_tests;  ///< of the last run
  TimePoint self_tests_ended;              ///< when that was
  IntegrityStatus integrity;               ///< of the last run
  std::vector<ConditionalTestCount> conditional_tests;
  std::optional<ZeroiseReport> last_zeroisation;  ///< complete, of one key or of everything
};

struct ModuleConfig {
  std::filesystem::path provider_path;  ///< absolute path of fips.so
  ProviderProfile profile;              ///< what that file must be
  Policy policy = Policy::kOnly;
  /// How much time RunPeriodicSelfTests lets pass between two runs; 0 turns it off.
  std::chrono::milliseconds periodic_self_test = std::chrono::hours(24);
  /// How long a self-test, a zeroisation or a shutdown waits for services that are running.
  std::chrono::milliseconds drain_limit{30'000};
  /// What the random bit generators are seeded from; kEntropy at Start when this machine lacks it.
  EntropySource entropy = EntropySource::kOs;
  RoleModel roles = RoleModel::kImplicit;  ///< frozen as the policy is
  AuditSink audit = {};                    ///< may be empty
};

class Module {
 public:
  /// Start checks the provider file against its profile (kIntegrity: the message says what differs),
  /// loads it strictly, waits for its self-tests (kSelfTestFailed names the first), and tests the
  /// integrity of the whole boundary in memory (kIntegrity, "integrity:mismatch", ":unreadable" or
  /// ":unsealed"). A build that is not sealed refuses policy `only`. It ends in State::kUninitialised. At most one Module a process: a second one is kModuleState.
  static Result<std::unique_ptr<Module>> Start(const ModuleConfig& config);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // ---- Status and control -------------------------------------------------------------------
  /// status answers in every state.
  ModuleStatus status() const;
  State state() const;
  /// SelfTest runs the integrity test and every self-test of the provider again (about 0.1 s). No
  /// service returns a result between its start and its end: callers wait, and go on or fail
  /// afterwards. kTimeout, and no test ran, when a service inside did not end within
  /// ModuleConfig::drain_limit.
  Result<Approved<std::vector<SelfTestResult>>> SelfTest();
  /// RunPeriodicSelfTests is SelfTest when the last run, by whomever, is as long ago as
  /// ModuleConfig::periodic_self_test says; otherwise it does nothing and returns false. The module
  /// has no thread of its own: the host calls this now and then. The provider can only repeat all of
  /// its tests together.
  Result<bool> RunPeriodicSelfTests(std::chrono::steady_clock::time_point now);
  /// Shutdown refuses everything from then on and wipes what it can reach, once no service uses it.
  void Shutdown();

  // ---- The root key and the store's key-encryption key ---------------------------------------
  /// GenerateRootKey makes 32 bytes for a seal to keep (any state after the self-tests).
  Result<SecretBytes> GenerateRootKey();
  /// CreateKek makes the store's key-encryption key, wrapped under `root_key`.
  Result<Bytes> CreateKek(const SecretBytes& root_key);
  /// Unseal unwraps `kek_blob` with the root key and makes the module operational.
  /// kIntegrity when they do not belong together.
  Status Unseal(const SecretBytes& root_key, ByteSpan kek_blob);
  /// UnsealEphemeral uses a fresh key-encryption key that dies with the process: for clients that
  /// keep no keys, and for tests. Blobs made under it cannot be opened later.
  Status UnsealEphemeral();

  // ---- Keys -----------------------------------------------------------------------------------
  /// GenerateKey makes a key (SP 800-133r2; for key pairs with the provider's pair-wise consistency
  /// test) and its blob.
  Result<Approved<NewKey>> GenerateKey(const KeySpec& spec, const KeyId& id, std::uint32_t version);
  /// OpenKey opens a blob. kIntegrity when it was altered, was made under another key-encryption
  /// key, or is not that of `id` and `version`.
  Result<KeyRef> OpenKey(ByteSpan blob, const KeyId& id, std::uint32_t version);
  /// UnwrapKey enters a key that was wrapped by AES-KWP or AES-KW (SP 800-38F) under `wrapping_key`,
  /// which needs Usage::kUnwrap. Symmetric keys are their raw bytes, private keys PKCS#8 DER.
  Result<Approved<NewKey>> UnwrapKey(Key& wrapping_key, ByteSpan wrapped, const KeySpec& spec,
                                     const KeyId& id, std::uint32_t version,
                                     Scheme scheme = Scheme::kDefault);
  /// WrapKey is the export gate: `key` under `wrapping_key`. kNotExportable unless the key was made
  /// extractable; kInvalidArgument when AES-KW is to wrap what is no multiple of 8 bytes.
  Result<Approved<Bytes>> WrapKey(Key& wrapping_key, const Key& key,
                                  Scheme scheme = Scheme::kDefault);
  /// EnterKey takes a plaintext secret key for this process only (ISO/IEC 19790 electronic entry):
  /// used by clients with a data key from the server. The key has no blob.
  Result<Approved<KeyRef>> EnterKey(const KeySpec& spec, const SecretBytes& material);
  /// EnterPublicKey takes somebody's public key (DER SubjectPublicKeyInfo, validated), for this process
  /// only and for Verify only: to check signatures without a server.
  Result<Approved<KeyRef>> EnterPublicKey(Algorithm algorithm, ByteSpan spki);
  /// PublicKey returns the SubjectPublicKeyInfo (DER, RFC 5280) of a key pair.
  Result<Bytes> PublicKey(const Key& key);

  // ---- Authenticated encryption ---------------------------------------------------------------
  /// GrantInvocations lets an AES-GCM key encrypt until it has been used `total` times in all; the
  /// caller has made `total` durable before. A new or opened key has 0; past its grant Encrypt is
  /// kInvocationLimit, and `total` is capped at 2^32 (SP 800-38D, 8.3). Threads count ahead, so that some
  /// hundreds of a large grant may stay unused.
  Status GrantInvocations(Key& key, std::uint64_t used, std::uint64_t total);
  Result<Approved<Ciphertext>> Encrypt(Key& key, ByteSpan plaintext, ByteSpan aad);
  /// EncryptInto is Encrypt into the caller's memory: 12 bytes for the IV, 16 for the tag, and
  /// `ciphertext` is as long as `plaintext` and may be the same bytes. On failure all of it is
  /// wiped, or as it was.
  Result<Indicator> EncryptInto(Key& key, ByteSpan plaintext, ByteSpan aad, MutableByteSpan iv,
                                MutableByteSpan ciphertext, MutableByteSpan tag);
  /// Decrypt is kVerifyFailed, with no output, when anything was altered.
  Result<Approved<SecretBytes>> Decrypt(Key& key, ByteSpan iv, ByteSpan ciphertext, ByteSpan tag,
                                        ByteSpan aad);
  /// DecryptInto writes to `plaintext` (as long as `ciphertext`); on failure it is wiped.
  Result<Indicator> DecryptInto(Key& key, ByteSpan iv, ByteSpan ciphertext, ByteSpan tag,
                                ByteSpan aad, MutableByteSpan plaintext);
  /// EncryptWith encrypts a whole message in any mode of AES that the key offers. See
  /// module/cipher.h for who makes the IV. Sizes that do not fit are kInvalidArgument. GCM always, CCM
  /// and CTR with a module-made IV count an invocation.
  Result<Approved<Encrypted>> EncryptWith(Key& key, const CipherParameters& parameters,
                                          ByteSpan plaintext);
  /// DecryptWith takes the tag of GCM and CCM; otherwise it is empty. kVerifyFailed when the tag or
  /// the padding does not match. Only a tag says that nothing was altered.
  Result<Approved<SecretBytes>> DecryptWith(Key& key, const CipherParameters& parameters,
                                            ByteSpan ciphertext, ByteSpan tag);
  /// Streams of module/cipher.h, for messages in pieces.
  Result<std::unique_ptr<EncryptionStream>> BeginEncryption(KeyRef key,
                                                            const CipherParameters& parameters);
  Result<std::unique_ptr<DecryptionStream>> BeginDecryption(KeyRef key,
                                                            const CipherParameters& parameters);
  /// RSA-OAEP (SP 800-56B) with empty label. Encrypt is allowed on the public part.
  Result<Approved<Bytes>> EncryptOaep(Key& key, Scheme scheme, ByteSpan plaintext);
  Result<Approved<SecretBytes>> DecryptOaep(Key& key, Scheme scheme, ByteSpan ciphertext);

  // ---- Signatures and MACs ----------------------------------------------------------------------
  /// Sign signs a message (ECDSA as DER, RFC 3279). kDefault takes the algorithm's first scheme.
  Result<Approved<Bytes>> Sign(Key& key, Scheme scheme, ByteSpan message);
  /// SignDigest signs a digest made by the caller with the scheme's hash (exact length); for EdDSA,
  /// ML-DSA and SLH-DSA it is kUnsupported: they take the message itself.
  Result<Approved<Bytes>> SignDigest(Key& key, Scheme scheme, ByteSpan digest);
  /// Verify and VerifyDigest succeed when the signature is right; kVerifyFailed when it is not.
  Result<Indicator> Verify(Key& key, Scheme scheme, ByteSpan message, ByteSpan signature);
  Result<Indicator> VerifyDigest(Key& key, Scheme scheme, ByteSpan digest, ByteSpan signature);
  Result<Approved<Bytes>> Mac(Key& key, ByteSpan message);
  Result<Indicator> VerifyMac(Key& key, ByteSpan message, ByteSpan mac);
  /// MacWith is Mac with parameters; kInvalidArgument for sizes out of range.
  Result<Approved<Bytes>> MacWith(Key& key, const MacParameters& parameters, ByteSpan message);
  /// VerifyMacWith needs all of the MAC that these parameters make: a shorter one does not match.
  Result<Indicator> VerifyMacWith(Key& key, const MacParameters& parameters, ByteSpan message,
                                  ByteSpan mac);

  // ---- Key encapsulation (FIPS 203) -------------------------------------------------------------
  Result<Approved<Encapsulated>> Encapsulate(Key& key);
  Result<Approved<SecretBytes>> Decapsulate(Key& key, ByteSpan ciphertext);

  // ---- Keyless ------------------------------------------------------------------------------------
  /// Random fills `out` from the approved DRBG (SP 800-90A CTR_DRBG); kEntropy on failure.
  Result<Indicator> Random(MutableByteSpan out);
  /// Sha256 hashes the concatenation of the parts; also available in State::kUninitialised.
  Result<std::array<std::uint8_t, 32>> Sha256(std::initializer_list<ByteSpan> parts);
  /// Hash is one-shot hashing; Shake (FIPS 202) gives 1 to 65536 bytes. As Sha256 otherwise.
  Result<Approved<Bytes>> Hash(DigestAlgorithm algorithm, ByteSpan message);
  Result<Approved<Bytes>> Shake(ShakeAlgorithm algorithm, ByteSpan message, std::size_t size);
  /// Digest is multi-part hashing: Begin, Update..., Finish (once).
  class Digest;
  Result<std::unique_ptr<Digest>> BeginDigest(DigestAlgorithm algorithm);

  // ---- For libssl in src/net -------------------------------------------------------------------------
  /// The library context with the FIPS provider, for TLS; also in State::kUninitialised. Valid as long
  /// as the module. Like TlsKey it is the service use-for-tls: whoever has it reaches the provider
  /// without the door.
  Result<ossl_lib_ctx_st*> TlsLibrary();
  /// The native handle of a key pair that may sign, for a TLS credential: the key stays in the
  /// boundary's libcrypto. Borrowed, as long as `key`; libssl adds a reference of its own.
  Result<evp_pkey_st*> TlsKey(const Key& key);
  /// RunTlsStep runs `step`, one piece of work of libssl that neither waits nor calls a service, inside
  /// the gate: it waits while the module tests itself or zeroises, and these wait for it.
  /// kModuleState, without the step, in the error states; kModuleState after it when the module failed
  /// or was zeroised meanwhile: drop the connection then. Also in State::kUninitialised.
  Status RunTlsStep(const std::function<void()>& step);

  struct Impl;  ///< for the files of this folder, as is impl()
  Impl& impl() { return *impl_; }

 private:
  explicit Module(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Multi-part hashing. Not thread-safe; distinct objects are.
class Module::Digest {
 public:
  virtual ~Digest() = default;
  virtual Status Update(ByteSpan bytes) = 0;
  virtual Result<Bytes> Finish() = 0;
  /// FinishApproved is Finish with the indicator.
  virtual Result<Approved<Bytes>> FinishApproved() = 0;
};

}  // namespace vallum::module

#include "module/agreement.h"
#include "module/authentication.h"
#include "module/certificate.h"
#include "module/derivation.h"
#include "module/entry.h"
#include "module/signing.h"
#include "module/store_key.h"
