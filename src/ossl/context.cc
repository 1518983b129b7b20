// SPDX-License-Identifier: Apache-2.0
// Loading by parameters: OSSL_PROVIDER_load_ex takes every setting that fipsinstall would have put
// into a configuration file, so there is no file to forget, to copy to the wrong machine, or to edit.
#include "ossl/context.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/fips_names.h>
#include <openssl/kdf.h>
#include <openssl/provider.h>
#include <openssl/self_test.h>

#include <vector>

#include "ossl/error.h"
#include "ossl/indicator.h"
#include "ossl/memory.h"

namespace vallum::ossl {
namespace {

// libcrypto's random generator looks for a provider of exactly this name.
constexpr const char* kProviderName = "fips";
constexpr const char* kProviderFile = "fips.so";

// What `openssl fipsinstall -pedantic` sets to 1, but for those that follow policy.
constexpr std::array kStrictSwitches = {
    OSSL_PROV_FIPS_PARAM_CONDITIONAL_ERRORS, OSSL_PROV_PARAM_SECURITY_CHECKS,
    OSSL_PROV_PARAM_TLS1_PRF_EMS_CHECK,      OSSL_PROV_PARAM_NO_SHORT_MAC,
    OSSL_PROV_PARAM_DRBG_TRUNC_DIGEST,       OSSL_PROV_PARAM_SIGNATURE_DIGEST_CHECK,
    OSSL_PROV_PARAM_SSHKDF_DIGEST_CHECK,     OSSL_PROV_PARAM_DSA_SIGN_DISABLED,
    OSSL_PROV_PARAM_TDES_ENCRYPT_DISABLED,   OSSL_PROV_PARAM_RSA_PKCS15_PAD_DISABLED,
    OSSL_PROV_PARAM_RSA_PSS_SALTLEN_CHECK,   OSSL_PROV_PARAM_RSA_SIGN_X931_PAD_DISABLED,
    OSSL_PROV_PARAM_SSHKDF_KEY_CHECK,        OSSL_PROV_PARAM_X942KDF_KEY_CHECK,
    OSSL_PROV_PARAM_ECDH_COFACTOR_CHECK,
};

constexpr std::array<const char*, kKdfCount> kKdfNames = {
    OSSL_KDF_NAME_HKDF,   OSSL_KDF_NAME_SSKDF,      OSSL_KDF_NAME_X963KDF, OSSL_KDF_NAME_KBKDF,
    OSSL_KDF_NAME_PBKDF2, OSSL_KDF_NAME_TLS1_3_KDF, OSSL_KDF_NAME_TLS1_PRF};

constexpr std::array kWeakInputSwitches = {
    OSSL_PROV_PARAM_HMAC_KEY_CHECK,           OSSL_PROV_PARAM_KMAC_KEY_CHECK,
    OSSL_PROV_PARAM_PBKDF2_LOWER_BOUND_CHECK, OSSL_PROV_PARAM_HKDF_DIGEST_CHECK,
    OSSL_PROV_PARAM_TLS13_KDF_DIGEST_CHECK,   OSSL_PROV_PARAM_TLS1_PRF_DIGEST_CHECK,
    OSSL_PROV_PARAM_SSKDF_DIGEST_CHECK,       OSSL_PROV_PARAM_X963KDF_DIGEST_CHECK,
    OSSL_PROV_PARAM_HKDF_KEY_CHECK,           OSSL_PROV_PARAM_KBKDF_KEY_CHECK,
    OSSL_PROV_PARAM_TLS13_KDF_KEY_CHECK,      OSSL_PROV_PARAM_TLS1_PRF_KEY_CHECK,
    OSSL_PROV_PARAM_SSKDF_KEY_CHECK,          OSSL_PROV_PARAM_X963KDF_KEY_CHECK,
};

Status PutNullProviderInDefaultContext() {
  static const ossl_provider_st* const null_provider = OSSL_PROVIDER_load(nullptr, "null");
  return CheckPointer(null_provider, "loading the null provider into the default library context");
}

OSSL_PARAM Setting(const char* key, const char* value) {
  return OSSL_PARAM_construct_utf8_string(key, const_cast<char*>(value), 0);
}

// Requirement: env-hostile
std::vector<OSSL_PARAM> ProviderSettings(const LoadOptions& options) {
  std::vector<OSSL_PARAM> settings;
  for (const char* key : kStrictSwitches) settings.push_back(Setting(key, "1"));
  const bool refuse = options.weak_input == WeakInput::kRefuse;
  for (const char* key : kWeakInputSwitches) settings.push_back(Setting(key, refuse ? "1" : "0"));
  settings.push_back(Setting("activate", "1"));
  settings.push_back(Setting(OSSL_PROV_FIPS_PARAM_MODULE_MAC, options.mac.c_str()));
  settings.push_back(OSSL_PARAM_construct_end());
  return settings;
}

// Requirement: cast-fault
Error LoadError(const LoadOptions& options, const SelfTestLog& log) {
  const std::string path = options.provider.string();
  const std::string failed = log.FirstFailure();
  if (failed.starts_with(OSSL_SELF_TEST_TYPE_MODULE_INTEGRITY)) {
    return ProviderError(
        fmt::format("{} is not the file that its profile pins (module-mac {} does not match); "
                    "reinstall it together with its profile",
                    path, options.mac),
        Code::kIntegrity);
  }
  if (!failed.empty()) {
    return ProviderError(
        fmt::format("the self-test {} of {} failed; the module stays out of service", failed, path),
        Code::kSelfTestFailed);
  }
  return ProviderError(fmt::format("loading the FIPS provider {}", path));
}

}  // namespace

std::size_t HashSize(Hash hash) {
  constexpr std::array<std::size_t, kHashCount> kSizes = {32, 48, 64, 28, 28, 32, 28, 32, 48, 64};
  return kSizes[static_cast<std::size_t>(hash)];
}

const char* HashName(Hash hash) {
  constexpr std::array<const char*, kHashCount> kNames = {
      "SHA2-256",     "SHA2-384", "SHA2-512", "SHA2-224", "SHA2-512/224",
      "SHA2-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"};
  return kNames[static_cast<std::size_t>(hash)];
}

LibraryContext::~LibraryContext() = default;

Result<std::shared_ptr<LibraryContext>> LibraryContext::Load(const LoadOptions& options) {
  if (!options.provider.is_absolute() || options.provider.filename() != kProviderFile) {
    return InvalidArgument(
        "the FIPS provider must be given by an absolute path ending in /fips.so");
  }
  TRY(InstallWipingAllocator());
  ERR_clear_error();
  TRY(PutNullProviderInDefaultContext());
  std::shared_ptr<LibraryContext> context(new LibraryContext);
  context->weak_input_ = options.weak_input;
  TRY(context->LoadProviders(options));
  TRY(context->FetchAlgorithms());
  return context;
}

Status LibraryContext::LoadProviders(const LoadOptions& options) {
  context_.reset(OSSL_LIB_CTX_new());
  TRY(CheckPointer(context_, "making a library context"));
  self_tests_.Attach(get());
  WatchIndicator(get());

  SelfTestLog log;
  std::vector<OSSL_PARAM> settings = ProviderSettings(options);
  TRY(Check(OSSL_PROVIDER_set_default_search_path(get(), options.provider.parent_path().c_str()),
            "setting the provider's folder"));
  fips_.reset(OSSL_PROVIDER_load_ex(get(), kProviderName, settings.data()));
  if (fips_ == nullptr) return LoadError(options, log);
  if (log.events().empty()) TRY(RunSelfTests());

  if (options.seed != nullptr) seeds_ = TRY(SeedTree::Install(get(), options.seed));
  base_.reset(OSSL_PROVIDER_load(get(), "base"));
  TRY(CheckPointer(base_, "loading the base provider"));
  return Check(EVP_set_default_properties(get(), "fips=yes"), "setting default properties");
}

Status LibraryContext::FetchAlgorithms() {
  TRY(FetchCiphers());
  TRY(FetchMacs());
  shake128_.reset(EVP_MD_fetch(get(), "SHAKE-128", nullptr));
  shake256_.reset(EVP_MD_fetch(get(), "SHAKE-256", nullptr));
  TRY(CheckPointer(shake128_, "fetching SHAKE-128"));
  TRY(CheckPointer(shake256_, "fetching SHAKE-256"));
  for (std::size_t i = 0; i < kHashCount; ++i) {
    digests_[i].reset(EVP_MD_fetch(get(), HashName(static_cast<Hash>(i)), nullptr));
    TRY(CheckPointer(digests_[i], "fetching a digest"));
  }
  for (std::size_t i = 0; i < kKdfCount; ++i) {
    kdfs_[i].reset(EVP_KDF_fetch(get(), kKdfNames[i], nullptr));
    TRY(CheckPointer(kdfs_[i], "fetching a key derivation function"));
  }
  return {};
}

Status LibraryContext::FetchCiphers() {
  for (std::size_t mode = 0; mode < kModeCount; ++mode) {
    const bool two_keys = static_cast<Mode>(mode) == Mode::kXts;
    for (std::size_t i = 0; i < kAesKeySizes.size(); ++i) {
      const std::size_t key_size = kAesKeySizes[i] * (two_keys ? 2 : 1);
      const char* name = CipherName(static_cast<Mode>(mode), key_size);
      if (name == nullptr) continue;
      ciphers_[mode][i].reset(EVP_CIPHER_fetch(get(), name, nullptr));
      TRY(CheckPointer(ciphers_[mode][i], name));
    }
  }
  return {};
}

Status LibraryContext::FetchMacs() {
  hmac_.reset(EVP_MAC_fetch(get(), "HMAC", nullptr));
  cmac_.reset(EVP_MAC_fetch(get(), "CMAC", nullptr));
  kmac128_.reset(EVP_MAC_fetch(get(), "KMAC-128", nullptr));
  kmac256_.reset(EVP_MAC_fetch(get(), "KMAC-256", nullptr));
  TRY(CheckPointer(hmac_, "fetching HMAC"));
  TRY(CheckPointer(cmac_, "fetching CMAC"));
  TRY(CheckPointer(kmac128_, "fetching KMAC-128"));
  return CheckPointer(kmac256_, "fetching KMAC-256");
}

const evp_cipher_st* LibraryContext::cipher(Mode mode, std::size_t key_size) const {
  if (CipherName(mode, key_size) == nullptr) return nullptr;
  const std::size_t size = mode == Mode::kXts ? key_size / 2 : key_size;
  return ciphers_[static_cast<std::size_t>(mode)][size / 8 - 2].get();
}

Result<std::string> LibraryContext::ProviderVersion() const {
  const char* version = nullptr;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_VERSION, const_cast<char**>(&version), 0),
      OSSL_PARAM_construct_end()};
  TRY(Check(OSSL_PROVIDER_get_params(fips_.get(), params), "asking the provider for its version"));
  if (version == nullptr) return Error(Code::kProvider, "the provider does not say its version");
  return std::string(version);
}

bool LibraryContext::ProviderRunning() const {
  int running = 0;
  OSSL_PARAM params[] = {OSSL_PARAM_construct_int(OSSL_PROV_PARAM_STATUS, &running),
                         OSSL_PARAM_construct_end()};
  const bool asked = OSSL_PROVIDER_get_params(fips_.get(), params) == 1;
  ERR_clear_error();
  return asked && running == 1;
}

Status LibraryContext::RunSelfTests() {
  SelfTestLog log;
  const int rc = OSSL_PROVIDER_self_test(fips_.get());
  const std::string failed = log.FirstFailure();
  if (rc == 1 && failed.empty()) return {};
  return ProviderError(
      fmt::format("the self-test {} failed; the module stays out of service until a restart",
                  failed.empty() ? "of the provider" : failed),
      Code::kSelfTestFailed);
}

}  // namespace vallum::ossl
