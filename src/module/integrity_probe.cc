// SPDX-License-Identifier: Apache-2.0
// For boundary_test.py: starts the module beside which it lies, and prints what it says of itself.
//
//   integrity_probe LIB_FOLDER [only|on|log] [deny-pipe | jitter | beside LIBCRYPTO]
//
// Exit code 0: it started and passed a self-test on demand; 3: it did not, the reason is on standard error.
#include <dlfcn.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "module/module.h"

namespace {

using namespace vallum;
using namespace vallum::module;

constexpr int kRefused = 3;

/// From here on pipe2(2) fails, as in a sandbox that does not let memory be tested.
bool DenyPipe() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pipe2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = std::size(program), .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

// Somebody else's constructor, before main: the module is not started, and says so.
bool refused_early = false;

__attribute__((constructor)) void StartTooEarly() {
  const auto started = Module::Start({});
  refused_early = !started && Module::Start({}).error().code() != Code::kModuleState;
}

/// The host's own libcrypto, in the same process and open to every symbol look-up.
class HostLibcrypto {
 public:
  explicit HostLibcrypto(const char* path) : library_(dlopen(path, RTLD_NOW | RTLD_GLOBAL)) {
    if (library_ == nullptr) return;
    sha256_ = reinterpret_cast<Sha256*>(dlsym(library_, "SHA256"));
    version_ = reinterpret_cast<Version*>(dlsym(library_, "OpenSSL_version"));
  }
  bool works() const { return sha256_ != nullptr && version_ != nullptr; }
  std::string version() const { return version_(0); }
  std::array<std::uint8_t, 32> Hash(ByteSpan message) const {
    std::array<std::uint8_t, 32> digest{};
    sha256_(message.data(), message.size(), digest.data());
    return digest;
  }

 private:
  using Sha256 = std::uint8_t*(const std::uint8_t*, std::size_t, std::uint8_t*);
  using Version = const char*(int);
  void* library_;
  Sha256* sha256_ = nullptr;
  Version* version_ = nullptr;
};

// Both hash at once, the module through a self-test.
Status WorkSideBySide(Module& module, const HostLibcrypto& host) {
  constexpr std::string_view kMessage = "one message, two libraries";
  const auto expected = TRY(module.Sha256({AsBytes(kMessage)}));
  std::atomic<bool> same = host.Hash(AsBytes(kMessage)) == expected;
  {
    const std::jthread hashing([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (host.Hash(AsBytes(kMessage)) != expected) same = false;
      }
    });
    TRY(module.SelfTest());
    for (int i = 0; i < 1000; ++i) {
      if (TRY(module.Sha256({AsBytes(kMessage)})) != expected) same = false;
    }
  }
  if (!same) return Internal("the two libraries differ");
  fmt::print("beside {}\n", host.version());
  return {};
}

Policy PolicyOf(std::string_view name) {
  if (name == "on") return Policy::kOn;
  return name == "log" ? Policy::kLog : Policy::kOnly;
}

void Print(const ModuleStatus& status) {
  fmt::print("version {}\nprovider {} {}\nsealed {}\n", status.module_version, status.provider.name,
             status.provider_version, status.integrity.sealed);
  if (status.entropy.kernel_fips_mode) fmt::print("kernel in FIPS mode\n");
  for (const BoundaryObject& object : status.integrity.objects) {
    fmt::print("object {} {}\n", object.name, object.sealed_mac);
  }
}

Status Run(const std::filesystem::path& lib, Policy policy, EntropySource entropy,
           const HostLibcrypto* host) {
  ModuleConfig config{.provider_path = std::filesystem::absolute(lib / "vallum/fips.so"),
                      .profile = TRY(LoadProfile(lib / "vallum/fips-profile.toml")),
                      .policy = policy,
                      .entropy = entropy};
  const auto module = TRY(Module::Start(config));
  TRY(module->UnsealEphemeral());
  TRY(module->SelfTest());
  Print(module->status());
  if (host != nullptr) return WorkSideBySide(*module, *host);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || !refused_early) return 2;
  const Policy policy = PolicyOf(argc > 2 ? argv[2] : "only");
  const std::string_view how = argc > 3 ? argv[3] : "";
  if (how == "deny-pipe" && !DenyPipe()) return 2;
  std::optional<HostLibcrypto> host;
  if (how == "beside" && !host.emplace(argc > 4 ? argv[4] : "").works()) return 2;
  const Status done =
      Run(argv[1], policy, how == "jitter" ? EntropySource::kJitter : EntropySource::kOs,
          host ? &*host : nullptr);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().message());
  return kRefused;
}
