// SPDX-License-Identifier: Apache-2.0
// An in-process provider with two algorithms of OpenSSL's type EVP_RAND:
//   VALLUM-NOISE   parent of the root generator; its seeds are SeedFeed's bytes
//   VALLUM-SEED    libcrypto's seed source; its seeds are the root's output
// libcrypto makes its seed source only together with its own primary generator, and falls back to
// the kernel as long as there is none: so Install asks for that generator, and fails if it cannot
// be had.
#include "ossl/seed_source.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <new>

#include "base/secret.h"
#include "ossl/error.h"

namespace vallum::ossl {
namespace {

constexpr const char* kProviderName = "vallum-entropy";
constexpr const char* kProperties = "provider=vallum-entropy,fips=no";
constexpr const char* kQuery = "provider=vallum-entropy,-fips";
constexpr unsigned kStrength = 256;
constexpr std::size_t kMaxRequest = 1 << 16;
constexpr std::size_t kExtraSize = 16;

// The root asks the feed again after so many seeds or so much time, whichever comes first.
constexpr unsigned kRootReseedRequests = 256;
constexpr long kRootReseedSeconds = 3600;

// OpenSSL hands nothing of ours to a built-in provider's init function, which runs within Install.
thread_local SeedTree* installing = nullptr;

enum class Kind : std::uint8_t { kNoise, kSeed };

struct SourceContext {
  SeedTree* tree;
  Kind kind;
  int state = EVP_RAND_STATE_UNINITIALISED;

  bool Deliver(MutableByteSpan out) const {
    if (state != EVP_RAND_STATE_READY) return false;
    return kind == Kind::kNoise ? tree->FeedRoot(out) : tree->SeedGenerator(out);
  }
};

SourceContext* Context(void* context) { return static_cast<SourceContext*>(context); }

template <Kind kKind>
void* NewContext(void* provider, void*, const OSSL_DISPATCH*) {
  void* memory = OPENSSL_malloc(sizeof(SourceContext));
  if (memory == nullptr) return nullptr;
  return new (memory) SourceContext{static_cast<SeedTree*>(provider), kKind};
}

void FreeContext(void* context) { OPENSSL_free(context); }

// Requirement: drbg
int Instantiate(void* context, unsigned, int, const unsigned char*, std::size_t,
                const OSSL_PARAM*) {
  Context(context)->state = EVP_RAND_STATE_READY;
  return 1;
}

int Uninstantiate(void* context) {
  Context(context)->state = EVP_RAND_STATE_UNINITIALISED;
  return 1;
}

int Generate(void* context, unsigned char* out, std::size_t size, unsigned strength, int,
             const unsigned char*, std::size_t) {
  if (strength > kStrength) return 0;
  return Context(context)->Deliver({out, size}) ? 1 : 0;
}

std::size_t GetSeed(void* context, unsigned char** out, int entropy, std::size_t least,
                    std::size_t most, int, const unsigned char*, std::size_t) {
  const std::size_t needed = entropy > 0 ? (static_cast<std::size_t>(entropy) + 7) / 8 : 0;
  const std::size_t size = std::max(needed, least);
  if (size == 0 || size > most || size > kMaxRequest) return 0;
  auto* seed = static_cast<unsigned char*>(OPENSSL_secure_malloc(size));
  if (seed == nullptr) return 0;
  if (!Context(context)->Deliver({seed, size})) {
    OPENSSL_secure_clear_free(seed, size);
    return 0;
  }
  *out = seed;
  return size;
}

void ClearSeed(void*, unsigned char* seed, std::size_t size) {
  OPENSSL_secure_clear_free(seed, size);
}

// The tree locks for itself: the root has OpenSSL's own lock, the feed has its own.
int EnableLocking(void*) { return 1; }
int Lock(void*) { return 1; }
void Unlock(void*) {}

int VerifyZeroization(void*) { return 1; }

int GetContextParams(void* context, OSSL_PARAM* params) {
  OSSL_PARAM* param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
  if (param != nullptr && OSSL_PARAM_set_int(param, Context(context)->state) != 1) return 0;
  param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
  if (param != nullptr && OSSL_PARAM_set_uint(param, kStrength) != 1) return 0;
  param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
  return param == nullptr || OSSL_PARAM_set_size_t(param, kMaxRequest) == 1 ? 1 : 0;
}

const OSSL_PARAM* GettableContextParams(void*, void*) {
  static const OSSL_PARAM kGettable[] = {OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, nullptr),
                                         OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, nullptr),
                                         OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, nullptr),
                                         OSSL_PARAM_END};
  return kGettable;
}

template <typename Function>
OSSL_DISPATCH Entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

template <Kind kKind>
const OSSL_DISPATCH* Functions() {
  static const OSSL_DISPATCH kFunctions[] = {
      Entry(OSSL_FUNC_RAND_NEWCTX, NewContext<kKind>),
      Entry(OSSL_FUNC_RAND_FREECTX, FreeContext),
      Entry(OSSL_FUNC_RAND_INSTANTIATE, Instantiate),
      Entry(OSSL_FUNC_RAND_UNINSTANTIATE, Uninstantiate),
      Entry(OSSL_FUNC_RAND_GENERATE, Generate),
      Entry(OSSL_FUNC_RAND_GET_SEED, GetSeed),
      Entry(OSSL_FUNC_RAND_CLEAR_SEED, ClearSeed),
      Entry(OSSL_FUNC_RAND_ENABLE_LOCKING, EnableLocking),
      Entry(OSSL_FUNC_RAND_LOCK, Lock),
      Entry(OSSL_FUNC_RAND_UNLOCK, Unlock),
      Entry(OSSL_FUNC_RAND_VERIFY_ZEROIZATION, VerifyZeroization),
      Entry(OSSL_FUNC_RAND_GET_CTX_PARAMS, GetContextParams),
      Entry(OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, GettableContextParams),
      OSSL_DISPATCH_END};
  return kFunctions;
}

const OSSL_ALGORITHM* QueryOperation(void*, int operation, int* no_cache) {
  static const OSSL_ALGORITHM kAlgorithms[] = {
      {"VALLUM-NOISE", kProperties, Functions<Kind::kNoise>(), nullptr},
      {"VALLUM-SEED", kProperties, Functions<Kind::kSeed>(), nullptr},
      {nullptr, nullptr, nullptr, nullptr}};
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? kAlgorithms : nullptr;
}

int InitProvider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                 void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      Entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, QueryOperation), OSSL_DISPATCH_END};
  *out = kFunctions;
  *context = installing;
  return installing != nullptr ? 1 : 0;
}

Result<RandContext> MakeRand(ossl_lib_ctx_st* context, const char* name, const char* query,
                             evp_rand_ctx_st* parent) {
  const Rand algorithm(EVP_RAND_fetch(context, name, query));
  TRY(CheckPointer(algorithm, "fetching a random bit generator"));
  RandContext made(EVP_RAND_CTX_new(algorithm.get(), parent));
  TRY(CheckPointer(made, "making a random bit generator"));
  return made;
}

}  // namespace

SeedTree::~SeedTree() = default;

Result<std::unique_ptr<SeedTree>> SeedTree::Install(ossl_lib_ctx_st* context,
                                                    std::shared_ptr<SeedFeed> feed) {
  std::unique_ptr<SeedTree> tree(new SeedTree(std::move(feed)));
  TRY(tree->InstallProvider(context));
  TRY(tree->MakeRoot(context));
  if (RAND_get0_primary(context) == nullptr || tree->bytes_to_generators() == 0) {
    return ProviderError("libcrypto does not take its seeds from the module's source",
                         Code::kEntropy);
  }
  return tree;
}

Status SeedTree::InstallProvider(ossl_lib_ctx_st* context) {
  TRY(Check(OSSL_PROVIDER_add_builtin(context, kProviderName, InitProvider),
            "adding the seed provider"));
  installing = this;
  provider_.reset(OSSL_PROVIDER_load(context, kProviderName));
  installing = nullptr;
  TRY(CheckPointer(provider_, "loading the seed provider"));
  return Check(RAND_set_seed_source_type(context, "VALLUM-SEED", kQuery),
               "setting the seed source (was something random used already?)");
}

Status SeedTree::MakeRoot(ossl_lib_ctx_st* context) {
  noise_ = TRY(MakeRand(context, "VALLUM-NOISE", kQuery, nullptr));
  TRY(Check(EVP_RAND_instantiate(noise_.get(), 0, 0, nullptr, 0, nullptr),
            "starting the noise source"));
  root_ = TRY(MakeRand(context, "CTR-DRBG", "fips=yes", noise_.get()));
  TRY(Check(EVP_RAND_enable_locking(root_.get()), "locking the root generator"));
  int use_df = 1;
  unsigned requests = kRootReseedRequests;
  time_t seconds = kRootReseedSeconds;
  const std::array params = {
      OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_CIPHER, const_cast<char*>("AES-256-CTR"), 0),
      OSSL_PARAM_construct_int(OSSL_DRBG_PARAM_USE_DF, &use_df),
      OSSL_PARAM_construct_uint(OSSL_DRBG_PARAM_RESEED_REQUESTS, &requests),
      OSSL_PARAM_construct_time_t(OSSL_DRBG_PARAM_RESEED_TIME_INTERVAL, &seconds),
      OSSL_PARAM_construct_end()};
  const ByteSpan label = AsBytes("Vallum root RBG");
  if (EVP_RAND_instantiate(root_.get(), kStrength, 0, label.data(), label.size(), params.data()) ==
      1) {
    return {};
  }
  return ProviderError("the root random bit generator got no seed", Code::kEntropy);
}

bool SeedTree::SeedGenerator(MutableByteSpan out) {
  std::array<std::uint8_t, kExtraSize> extra{};
  const std::size_t size = feed_->Extra(extra);
  const bool done = feed_->Working() &&
                    EVP_RAND_generate(root_.get(), out.data(), out.size(), kStrength, 0,
                                      size == 0 ? nullptr : extra.data(), size) == 1 &&
                    feed_->Working();
  Wipe(extra.data(), extra.size());
  if (!done) {
    Wipe(out.data(), out.size());
    return false;
  }
  bytes_.fetch_add(out.size(), std::memory_order_relaxed);
  return true;
}

}  // namespace vallum::ossl
