// SPDX-License-Identifier: Apache-2.0
// A call counts itself in, then looks for the library; C_Finalize takes the library away, then waits for the
// counts. A forked child finds neither library nor module: what it inherited is left where it is, since
// locks in it may be held by threads that the child does not have.
#include "p11/abi/library.h"

#include <dlfcn.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/memory_copy.h"
#include "p11/token/embedded_token.h"
#include "p11/token/remote_token.h"

namespace vallum::p11 {
namespace {

namespace fs = std::filesystem;

struct alignas(64) Inside {
  std::atomic<std::uint64_t> count{0};
};
constexpr std::size_t kShards = 16;

struct Process {
  explicit Process(std::uint64_t here) : memory_copy(here) {}
  const std::uint64_t memory_copy;
  std::atomic<Library*> library{nullptr};
  std::array<Inside, kShards> inside;
  std::mutex control;
  module::Module* module = nullptr;
};

// That of this copy of the memory: a forked child begins with one of its own, and nobody waits for a lock
// that a thread of the parent held. Never destroyed: calls may come while the process ends.
Process& TheProcess() {
  static std::atomic<Process*> current{nullptr};
  Process* process = current.load();
  const std::uint64_t here = MemoryCopy();
  if (process != nullptr && process->memory_copy == here) return *process;
  auto fresh = std::make_unique<Process>(here);
  if (!current.compare_exchange_strong(process, fresh.get())) return *process;
  return *fresh.release();
}

// The boundary's files stand in vallum/ beside this library; beside a program, in ../lib/vallum.
fs::path ProviderFolder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&TheProcess), &info) == 0) return {};
  std::error_code error;
  const fs::path own = fs::canonical(info.dli_fname, error).parent_path();
  if (fs::exists(own / "vallum" / "fips.so", error)) return own / "vallum";
  return own.parent_path() / "lib" / "vallum";
}

// The module outlives C_Finalize, so that an application may initialise again at no cost. It has a
// key-encryption key that dies with the process; each token brings its own.
Result<module::Module*> TheModule(module::Policy policy) {
  Process& process = TheProcess();
  if (process.module != nullptr) return process.module;
  const fs::path folder = ProviderFolder();
  module::ModuleConfig config{.provider_path = folder / "fips.so",
                              .profile = TRY(module::LoadProfile(folder / "fips-profile.toml")),
                              .policy = policy};
  auto module = TRY(module::Module::Start(config));
  TRY(module->UnsealEphemeral());
  process.module = module.release();
  return process.module;
}

std::unique_ptr<Token> MakeToken(module::Module& module, const TokenConfig& config) {
  if (config.remote) return MakeRemoteToken(module, *config.remote);
  return MakeEmbeddedToken(module, config.path);
}

std::size_t ThisShard() { return static_cast<std::size_t>(pthread_self() >> 12) % kShards; }

}  // namespace

Ck<std::unique_ptr<Library>> Library::Start(std::string_view argument) {
  const Config config = TRY(FindConfig(argument));
  module::Module* module = TRY(TheModule(config.policy));
  auto library = std::make_unique<Library>();
  for (const TokenConfig& token : config.tokens) {
    library->slots_.push_back(
        std::make_unique<Slot>(library->slots_.size(), *module, MakeToken(*module, token)));
  }
  return library;
}

Ck<Slot*> Library::FindSlot(CK_SLOT_ID id) {
  if (id >= slots_.size()) return Fail(CKR_SLOT_ID_INVALID);
  return slots_[id].get();
}

Done Library::CloseSession(CK_SESSION_HANDLE handle) {
  const SessionPtr session = sessions_.Close(handle);
  if (session == nullptr) return Fail(CKR_SESSION_HANDLE_INVALID);
  const std::lock_guard lock(session->mutex);
  session->closed = true;
  session->slot.Closed(*session);
  return {};
}

Done Install(std::string_view argument) {
  Process& process = TheProcess();
  const std::lock_guard lock(process.control);
  if (process.library.load() != nullptr) return Fail(CKR_CRYPTOKI_ALREADY_INITIALIZED);
  process.library.store(TRY(Library::Start(argument)).release());
  return {};
}

Done Uninstall() {
  Process& process = TheProcess();
  const std::lock_guard lock(process.control);
  const std::unique_ptr<Library> library(process.library.exchange(nullptr));
  if (library == nullptr) return Fail(CKR_CRYPTOKI_NOT_INITIALIZED);
  process.library.notify_all();
  for (Inside& shard : process.inside) {
    while (shard.count.load() != 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  for (const auto& slot : library->slots()) {
    for (const CK_SESSION_HANDLE handle : library->sessions().HandlesOf(*slot)) {
      (void)library->CloseSession(handle);
    }
  }
  return {};
}

void WaitForUninstall(Library& library) { TheProcess().library.wait(&library); }

Entered::Entered() {
  Process& process = TheProcess();
  count_ = &process.inside[ThisShard()].count;
  count_->fetch_add(1);
  library_ = process.library.load();
}

Entered::~Entered() { count_->fetch_sub(1); }

}  // namespace vallum::p11
