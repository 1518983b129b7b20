// SPDX-License-Identifier: Apache-2.0
#include "server/process.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>

#include "base/file.h"

namespace vallum::server {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  return signals;
}

void RaiseLimit(int resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(resource, &limit);
}

}  // namespace

Status HardenProcess() {
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return ErrnoError(errno, "forbidding core dumps (prctl)");
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return ErrnoError(errno, "forbidding core dumps");
  umask(S_IRWXG | S_IRWXO);
  (void)std::signal(SIGPIPE, SIG_IGN);
  RaiseLimit(RLIMIT_NOFILE);
  RaiseLimit(RLIMIT_MEMLOCK);
  return {};
}

Result<std::filesystem::path> ExecutableFolder() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return ErrnoError(error.value(), "finding this program's file (/proc/self/exe)");
  return path.parent_path();
}

void BlockSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int WaitForSignal() {
  const sigset_t signals = StopSignals();
  int number = 0;
  while (sigwait(&signals, &number) != 0) {
  }
  return number;
}

std::optional<int> WaitForSignal(std::chrono::seconds limit) {
  const sigset_t signals = StopSignals();
  const timespec wait{limit.count(), 0};
  const int number = sigtimedwait(&signals, nullptr, &wait);
  if (number > 0) return number;
  return std::nullopt;
}

void LetSignalsKill() {
  (void)std::signal(SIGINT, SIG_DFL);
  (void)std::signal(SIGTERM, SIG_DFL);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void NotifyServiceManager(std::string_view socket_address, std::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_address.empty() || socket_address.size() >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, socket_address.data(), socket_address.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const FileDescriptor fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return;
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_address.size());
  (void)sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace vallum::server
