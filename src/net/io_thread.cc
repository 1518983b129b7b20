// SPDX-License-Identifier: Apache-2.0
#include "net/io_thread.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>
#include <vector>

#include "net/connection.h"
#include "net/http_writer.h"

namespace vallum::net {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLingerTimeout{2'000};
constexpr milliseconds kAcceptPause{100};
constexpr int kAcceptsPerTurn = 64;
constexpr std::size_t kReadScratch = 16 << 10;
constexpr std::size_t kKeptWriteBuffer = 32 << 10;

// As often as the shortest timeout needs to be kept to about an eighth, at most once a second.
milliseconds TickOf(const ServerOptions& options) {
  const auto shortest =
      std::min({options.handshake_timeout, options.request_timeout, options.idle_timeout});
  return std::clamp(shortest / 8, milliseconds(10), milliseconds(1'000));
}

std::string AddressText(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace

void ServerShared::Report(ServerEvent::Kind kind, std::string_view peer,
                          std::string_view message) const {
  if (options.on_event) options.on_event({kind, peer, message});
}

void ServerShared::ConnectionClosed() {
  if (open.fetch_sub(1) != 1 || !stopping) return;
  const std::lock_guard lock(mutex);
  all_closed.notify_all();
}

IoThread::IoThread(ServerShared& shared, int listener, SecretBytes read_scratch)
    : shared_(shared),
      timeouts_{shared.options.handshake_timeout,
                shared.options.request_timeout,
                shared.options.idle_timeout,
                std::min(shared.options.idle_timeout, shared.options.request_timeout),
                kLingerTimeout,
                milliseconds(0)},
      tick_(TickOf(shared.options)),
      read_scratch_(std::move(read_scratch)),
      listener_(context_, listener),
      ticker_(context_) {}

IoThread::~IoThread() { Join(); }

Result<SecretBytes> IoThread::NewScratch() { return SecretBytes::Create(kReadScratch); }

void IoThread::Start(unsigned number) {
  thread_ = std::thread([this, number] { Run(number); });
}

void IoThread::Run(unsigned number) {
  pthread_setname_np(pthread_self(), ("vallum-io-" + std::to_string(number)).c_str());
  WaitForConnection();
  Tick();
  while (true) {
    try {
      context_.run();
      return;
    } catch (...) {
      shared_.Report(ServerEvent::Kind::kInternal, "", "an I/O thread caught an exception");
    }
  }
}

void IoThread::BeginStop() {
  boost::asio::post(context_, [this] {
    boost::system::error_code ignored;
    listener_.close(ignored);
    for (auto& list : lists_) {
      for (auto next = list.begin(); next != list.end();) (next++)->Retire();
    }
  });
}

void IoThread::CloseAll() {
  boost::asio::post(context_, [this] {
    for (auto& list : lists_) {
      while (!list.empty()) list.front().Close();
    }
    context_.stop();
  });
}

void IoThread::Join() {
  if (thread_.joinable()) thread_.join();
}

// ---- Accepting ----------------------------------------------------------------------------------

void IoThread::WaitForConnection() {
  listener_.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (!error) AcceptSome();
  });
}

void IoThread::AcceptSome() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    if (!AcceptOne()) break;
  }
  if (accept_again_ == SteadyClock::time_point{}) WaitForConnection();
}

bool IoThread::AcceptOne() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = accept4(listener_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    Open(fd, AddressText(address));
    return true;
  }
  switch (errno) {
    case EAGAIN:
      return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      PauseAccepting(std::strerror(errno));
      return false;
    default:
      return true;  // that one connection is gone (accept(2), "Error handling")
  }
}

void IoThread::Open(int fd, std::string address) {
  Count(counters_.accepted);
  FileDescriptor owned(fd);
  if (shared_.open.load(std::memory_order_relaxed) >= shared_.options.max_connections) {
    Count(counters_.refused_connections);
    return shared_.Report(ServerEvent::Kind::kConnectionLimit, address,
                          "too many connections; raise max_connections if this is not an attack");
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto tls = TlsStream::Accept(*shared_.tls, fd);
  if (!tls) {
    return shared_.Report(ServerEvent::Kind::kHandshakeFailed, address, tls.error().message());
  }
  std::make_shared<Connection>(*this, owned.Release(), std::move(address), *std::move(tls))
      ->Start();
}

void IoThread::PauseAccepting(std::string_view why) {
  accept_again_ = SteadyClock::now() + kAcceptPause;
  shared_.Report(ServerEvent::Kind::kAcceptPaused, "",
                 "cannot accept another connection for now (" + std::string(why) +
                     "); raise the limit of open files");
}

// ---- Time ---------------------------------------------------------------------------------------

void IoThread::Tick() {
  ticker_.expires_after(tick_);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    Sweep(SteadyClock::now());
    Tick();
  });
}

void IoThread::Sweep(SteadyClock::time_point now) {
  for (std::size_t kind = 0; kind < static_cast<std::size_t>(Deadline::kNone); ++kind) {
    // What expires may be scheduled again, at the end of a list; with a deadline after `now`.
    auto& list = lists_[kind];
    while (!list.empty() && list.front().deadline <= now) {
      auto& connection = list.front();
      connection.unlink();
      connection.Expire();
    }
  }
  if (accept_again_ != SteadyClock::time_point{} && accept_again_ <= now && listener_.is_open()) {
    accept_again_ = {};
    AcceptSome();
  }
}

void IoThread::Schedule(Connection& connection, Deadline kind) {
  const auto index = static_cast<std::size_t>(kind);
  connection.unlink();
  connection.deadline = SteadyClock::now() + timeouts_[index];
  lists_[index].push_back(connection);
}

void IoThread::ReturnWriteBuffer(SecretBuffer buffer) {
  if (buffer.size() > kKeptWriteBuffer) return;
  buffer.Truncate(0);
  write_scratch_ = std::move(buffer);
}

std::string_view IoThread::date() {
  const std::int64_t now = std::time(nullptr);
  if (now != date_seconds_) {
    date_seconds_ = now;
    date_ = HttpDate(now);
  }
  return date_;
}

}  // namespace vallum::net
