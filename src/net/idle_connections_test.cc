// SPDX-License-Identifier: Apache-2.0
// Ten thousand idle TLS connections: requests are still answered, and each costs little memory.
// The clients live in child processes, so that each process stays within its limit of descriptors.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

#include "net/test_server.h"

namespace vallum::net::test {
namespace {

constexpr std::size_t kWanted = 10'000;
constexpr std::size_t kBytesEach = 40 << 10;  // of resident memory in the server, at most

std::size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Opens connections until `count` are there or one fails, says how many, waits to be told to end.
// A fork of a process without threads, before anything of OpenSSL or the secret arena is in use.
[[noreturn]] void RunClients(int ready, int end, int port_pipe, std::size_t count) {
  std::uint16_t port = 0;
  char byte = 0;
  if (read(port_pipe, &port, sizeof port) != sizeof port) _exit(1);
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new_ex(LaxLibrary(), nullptr, TLS_client_method()),
                                         SSL_CTX_free);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  std::vector<SSL*> connections;
  while (connections.size() < count) {
    const int fd = ConnectSocket(port);
    SSL* ssl = fd < 0 ? nullptr : SSL_new(context.get());
    if (ssl == nullptr) break;
    Attach(ssl, fd);
    if (SSL_connect(ssl) != 1) break;
    connections.push_back(ssl);
  }
  const auto opened = static_cast<std::uint32_t>(connections.size());
  if (write(ready, &opened, sizeof opened) != sizeof opened) _exit(1);
  const auto told = read(end, &byte, 1);
  _exit(told == 0 ? 0 : 1);
}

// One child with its half of the connections.
class Clients {
 public:
  explicit Clients(std::size_t count) {
    if (pipe(ready_) != 0 || pipe(end_) != 0 || pipe(port_) != 0) std::abort();
    child_ = fork();
    if (child_ == 0) {
      close(end_[1]);
      RunClients(ready_[1], end_[0], port_[0], count);
    }
  }
  ~Clients() {
    close(end_[1]);
    waitpid(child_, nullptr, 0);
  }
  void Begin(std::uint16_t port) {
    EXPECT_EQ(write(port_[1], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  }
  std::size_t Opened() {
    std::uint32_t opened = 0;
    close(ready_[1]);
    return read(ready_[0], &opened, sizeof opened) == sizeof opened ? opened : 0;
  }

 private:
  int ready_[2] = {};
  int end_[2] = {};
  int port_[2] = {};
  pid_t child_ = -1;
};

TEST(IdleConnectionsTest, TenThousandLeaveRoomForRequests) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto wanted = std::min<std::size_t>(kWanted, limit.rlim_cur - 200);
  Clients first(wanted / 2);
  Clients second(wanted - wanted / 2);
  TestServer server({.max_connections = kWanted + 100});
  const auto client = NewClient(server.port(), &Pki::Get().client);
  ASSERT_TRUE(client->Send("GET", "/warm", {}));
  const auto before = ResidentBytes();
  first.Begin(server.port());
  second.Begin(server.port());
  EXPECT_EQ(first.Opened() + second.Opened(), wanted);
  EXPECT_GE(server.server().stats().connections, wanted);
  const auto each = (ResidentBytes() - before) / wanted;
  std::printf("%zu idle connections, %zu bytes of resident memory each\n", wanted, each);
  EXPECT_LE(each, kBytesEach);
  for (int i = 0; i < 100; ++i) {
    const auto response = client->Send("POST", "/echo", AsBytes("still here"));
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(AsText(response->body.span()), "still here");
  }
  const auto fresh = NewClient(server.port(), &Pki::Get().client);
  EXPECT_TRUE(fresh->Send("GET", "/fresh", {}));
}

}  // namespace
}  // namespace vallum::net::test
