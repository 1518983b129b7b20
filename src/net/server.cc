// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "net/io_thread.h"

namespace vallum::net {
namespace {

struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
  std::string text;
};

Result<Endpoint> ParseEndpoint(const ServerOptions& options) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const auto port = std::to_string(options.port);
  if (getaddrinfo(options.address.c_str(), port.c_str(), &hints, &found) != 0) {
    return Error(Code::kConfiguration, "'" + options.address +
                                           "' is not a numeric address; give one such as 127.0.0.1 "
                                           "or [::] without brackets");
  }
  Endpoint endpoint;
  std::memcpy(&endpoint.address, found->ai_addr, found->ai_addrlen);
  endpoint.size = found->ai_addrlen;
  endpoint.text = options.address + " port " + port;
  freeaddrinfo(found);
  return endpoint;
}

Error ListenError(int error, const Endpoint& endpoint) {
  const auto where = "listening on " + endpoint.text + ": ";
  switch (error) {
    case EADDRINUSE:
      return Error(Code::kUnavailable,
                   where + "the port is in use; stop the other server or set another port");
    case EACCES:
      return PermissionDenied(where +
                              "not permitted; use a port above 1023 or grant "
                              "CAP_NET_BIND_SERVICE");
    case EADDRNOTAVAIL:
      return Error(Code::kConfiguration, where +
                                             "no interface of this machine has the address; "
                                             "set address to one that it has");
    default:
      return Error(Code::kUnavailable, where + std::strerror(error));
  }
}

// The first socket is bound without SO_REUSEPORT, so that a port that somebody else uses is noticed
// even if they would share it; the option, set before listening, then lets our others in.
Result<FileDescriptor> Listen(const Endpoint& endpoint, bool first) {
  FileDescriptor fd(
      socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  const auto share = [&] {
    return setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
  };
  const bool ok = fd.valid() &&
                  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                  (first || share()) && bind(fd.get(), address, endpoint.size) == 0 &&
                  (!first || share()) && listen(fd.get(), SOMAXCONN) == 0;
  if (!ok) return ListenError(errno, endpoint);
  return fd;
}

std::uint16_t PortOf(const Endpoint& endpoint) {
  if (endpoint.address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&endpoint.address)->sin_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in6*>(&endpoint.address)->sin6_port);
}

class AsioServer final : public Server {
 public:
  AsioServer(const ServerOptions& options, std::shared_ptr<const TlsContext> tls, Handler& handler)
      : shared_(options, std::move(tls), handler) {}
  ~AsioServer() override { Stop({}); }

  Status Open() {
    Endpoint endpoint = TRY(ParseEndpoint(shared_.options));
    const unsigned wanted = shared_.options.io_threads;
    const unsigned count = wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
      auto scratch = TRY(IoThread::NewScratch());
      auto listener = TRY(Listen(endpoint, i == 0));
      getsockname(listener.get(), reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.size);
      threads_.push_back(
          std::make_unique<IoThread>(shared_, listener.Release(), std::move(scratch)));
    }
    port_ = PortOf(endpoint);
    for (unsigned i = 0; i < count; ++i) threads_[i]->Start(i);
    return {};
  }

  std::uint16_t port() const override { return port_; }

  ServerStats stats() const override {
    ServerStats stats;
    stats.connections = shared_.open;
    for (const auto& thread : threads_) {
      const Counters& counters = thread->counters();
      stats.accepted += counters.accepted;
      stats.handshake_failures += counters.handshake_failures;
      stats.requests += counters.requests;
      stats.refused_busy += counters.refused_busy;
      stats.refused_connections += counters.refused_connections;
      stats.timeouts += counters.timeouts;
    }
    return stats;
  }

  void Stop(std::chrono::milliseconds grace) override {
    const std::lock_guard once(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    shared_.stopping = true;
    for (const auto& thread : threads_) thread->BeginStop();
    {
      std::unique_lock lock(shared_.mutex);
      shared_.all_closed.wait_for(lock, grace, [this] { return shared_.open == 0; });
    }
    for (const auto& thread : threads_) thread->CloseAll();
    for (const auto& thread : threads_) thread->Join();
    // Only now: a dropped job may hold the last reference to a connection of one of those threads.
    shared_.pool.Stop();
  }

 private:
  ServerShared shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::uint16_t port_ = 0;
  std::mutex stop_mutex_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              std::shared_ptr<const TlsContext> tls,
                                              Handler& handler) {
  if (tls == nullptr) return Internal("a server needs a TLS context");
  auto server = std::make_unique<AsioServer>(options, std::move(tls), handler);
  TRY(server->Open());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace vallum::net
