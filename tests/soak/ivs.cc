// SPDX-License-Identifier: Apache-2.0
// Requirement: gcm-iv
// Ten million IVs of one key, over restarts of the module: no two are the same. And a process that is
// killed while it encrypts within what it has reserved.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "base/file.h"
#include "soak.h"

namespace vallum::soak {
namespace {

using module::Algorithm;
using module::Module;
using module::Policy;
using Iv = std::array<std::uint8_t, 12>;

constexpr std::size_t kStarts = 4;
constexpr std::size_t kEach = 2'500'000;
constexpr unsigned kWorkers = 2;

struct Store {
  SecretBytes root;
  Bytes kek;
  Bytes blob;
  std::uint64_t reserved = 0;
};

Result<std::unique_ptr<Module>> OpenStore(const Place& place, Store& store) {
  auto module = TRY(Module::Start(ConfigOf(place, Policy::kOnly)));
  const bool first = store.blob.empty();
  if (first) {
    store.root = TRY(module->GenerateRootKey());
    store.kek = TRY(module->CreateKek(store.root));
  }
  TRY(module->Unseal(store.root, store.kek));
  if (first) {
    store.blob =
        TRY(module->GenerateKey({.algorithm = Algorithm::kAes256Gcm}, KeyId(), 1)).value.blob;
  }
  return module;
}

// Takes `out.size()` IVs; the rest of an earlier reservation is lost, as after a crash.
Result<std::uint64_t> TakeIvs(const Place& place, Store& store, std::span<Iv> out) {
  const auto module = TRY(OpenStore(place, store));
  const module::KeyRef key = TRY(module->OpenKey(store.blob, KeyId(), 1));
  if (module->Encrypt(*key, {}, {})) return Internal("an opened key encrypts without a grant");
  const std::uint64_t from = store.reserved;
  store.reserved += out.size();
  TRY(module->GrantInvocations(*key, from, store.reserved));
  std::atomic<std::uint64_t> wrong{0};
  const std::size_t part = out.size() / kWorkers;
  OnThreads(kWorkers, std::chrono::hours(1), [&](unsigned thread, std::uint64_t turn) {
    const auto sealed = module->Encrypt(*key, {}, {});
    if (sealed) out[thread * part + turn] = sealed->value.iv;
    if (!sealed) ++wrong;
    return turn + 1 < part;
  });
  if (module->Encrypt(*key, {}, {})) ++wrong;  // past the grant
  return wrong.load();
}

Result<Figures> IvsOverRestarts(const Place& place) {
  Store store;
  std::vector<Iv> ivs(kStarts * kEach);
  std::uint64_t wrong = 0;
  for (std::size_t start = 0; start < kStarts; ++start) {
    wrong += TRY(TakeIvs(place, store, std::span(ivs).subspan(start * kEach, kEach)));
  }
  std::ranges::sort(ivs);
  std::uint64_t repeats = 0;
  for (std::size_t i = 1; i < ivs.size(); ++i) repeats += ivs[i] == ivs[i - 1] ? 1 : 0;
  return Figures{wrong + repeats,
                 {{"ivs", ivs.size()}, {"starts of the module", kStarts}, {"repeats", repeats}}};
}

// Encrypts until killed. `file` holds the reservation and is durable before it is used;
// `file`.ivs gets each IV.
Result<Figures> UntilKilled(const Place& place) {
  constexpr std::uint64_t kBlock = 1000;
  const auto module = TRY(Operational(place));
  const auto key = TRY(Make(*module, Algorithm::kAes256Gcm));
  const std::string ivs_path = place.file.string() + ".ivs";
  const FileDescriptor ivs(open(ivs_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  std::uint64_t used = 0;
  for (std::uint64_t reserved = kBlock;; reserved += kBlock) {
    TRY(WriteFileDurably(place.file, AsBytes(std::to_string(reserved)), 0600));
    TRY(module->GrantInvocations(*key, 0, reserved));
    for (; used < reserved; ++used) {
      const auto sealed = TRY(module->Encrypt(*key, {}, {}));
      if (write(ivs.get(), sealed.value.iv.data(), sizeof(Iv)) != sizeof(Iv)) {
        return Storage("the IVs cannot be written");
      }
    }
    if (module->Encrypt(*key, {}, {})) return Internal("it encrypts past its grant");
  }
}

}  // namespace

const std::vector<Scenario>& IvScenarios() {
  static const std::vector<Scenario> scenarios = {{"ivs", IvsOverRestarts},
                                                  {"until-killed", UntilKilled}};
  return scenarios;
}

}  // namespace vallum::soak
