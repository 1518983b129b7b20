// SPDX-License-Identifier: Apache-2.0
// For boundary_test.py: starts the module beside which it lies, and prints what it says of itself.
//
//   integrity_probe LIB_FOLDER [only|on|log] [deny-pipe]
//
// Exit code 0: it started and passed a self-test on demand; 3: it did not, the reason is on standard error.
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string_view>

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

Policy PolicyOf(std::string_view name) {
  if (name == "on") return Policy::kOn;
  return name == "log" ? Policy::kLog : Policy::kOnly;
}

void Print(const ModuleStatus& status) {
  fmt::print("version {}\nprovider {} {}\nsealed {}\n", status.module_version, status.provider.name,
             status.provider_version, status.integrity.sealed);
  for (const BoundaryObject& object : status.integrity.objects) {
    fmt::print("object {} {}\n", object.name, object.sealed_mac);
  }
}

Status Run(const std::filesystem::path& lib, Policy policy) {
  ModuleConfig config{.provider_path = std::filesystem::absolute(lib / "vallum/fips.so"),
                      .profile = TRY(LoadProfile(lib / "vallum/fips-profile.toml")),
                      .policy = policy};
  const auto module = TRY(Module::Start(config));
  TRY(module->UnsealEphemeral());
  TRY(module->SelfTest());
  Print(module->status());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const Policy policy = PolicyOf(argc > 2 ? argv[2] : "only");
  if (argc > 3 && std::string_view(argv[3]) == "deny-pipe" && !DenyPipe()) return 2;
  const Status done = Run(argv[1], policy);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().message());
  return kRefused;
}
