// SPDX-License-Identifier: Apache-2.0
// One I/O thread of the server: its event loop, its acceptor, its connections and their deadlines.
// Private to net.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/secret.h"
#include "net/pool.h"
#include "net/server.h"

namespace vallum::net {

class Connection;

using Executor = boost::asio::io_context::executor_type;
using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;
using SteadyClock = std::chrono::steady_clock;

/// What all I/O threads share.
struct ServerShared {
  ServerShared(const ServerOptions& server_options, std::shared_ptr<const TlsContext> context,
               Handler& request_handler)
      : options(server_options),
        tls(std::move(context)),
        handler(request_handler),
        pool(options.pool_threads, options.pool_queue) {}

  /// Report calls on_event, if there is one.
  void Report(ServerEvent::Kind kind, std::string_view peer, std::string_view message) const;
  void ConnectionOpened() { open.fetch_add(1, std::memory_order_relaxed); }
  void ConnectionClosed();

  const ServerOptions options;
  const std::shared_ptr<const TlsContext> tls;
  Handler& handler;
  Pool pool;
  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> open = 0;
  std::mutex mutex;  // for waiting until `open` is 0
  std::condition_variable all_closed;
};

/// Counters of one thread; read by others.
struct Counters {
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> handshake_failures = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refused_busy = 0;
  std::atomic<std::uint64_t> refused_connections = 0;
  std::atomic<std::uint64_t> timeouts = 0;
};
inline void Count(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// Every open connection waits for exactly one of these. The time is the same for all of a kind, so
/// a list in order of arrival is in order of deadlines, and one slow timer serves them all.
enum class Deadline : std::uint8_t { kHandshake, kRequest, kIdle, kAnonymousIdle, kLinger, kNone };
inline constexpr std::size_t kDeadlineCount = 6;

using ListHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class IoThread {
 public:
  /// NewScratch makes the thread's read buffer; kResourceExhausted when no page can be locked.
  static Result<SecretBytes> NewScratch();
  /// `listener` is a listening non-blocking socket, owned from here on.
  IoThread(ServerShared& shared, int listener, SecretBytes read_scratch);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void Start(unsigned number);
  // The next three may be called from any thread.
  /// BeginStop closes the acceptor and the connections without a request in flight.
  void BeginStop();
  /// CloseAll closes every connection and ends the loop.
  void CloseAll();
  void Join();
  const Counters& counters() const { return counters_; }

  // For connections, on this thread.
  ServerShared& shared() { return shared_; }
  Counters& counters() { return counters_; }
  boost::asio::io_context& context() { return context_; }
  MutableByteSpan read_scratch() { return read_scratch_.mutable_span(); }
  void Schedule(Connection& connection, Deadline kind);
  /// TakeWriteBuffer lends the thread's buffer; give it back when empty again.
  SecretBuffer TakeWriteBuffer() { return std::move(write_scratch_); }
  void ReturnWriteBuffer(SecretBuffer buffer);
  std::string_view date();

 private:
  void Run(unsigned number);
  void WaitForConnection();
  void AcceptSome();
  bool AcceptOne();
  void Open(int fd, std::string address);
  void PauseAccepting(std::string_view why);
  void Tick();
  void Sweep(SteadyClock::time_point now);

  using List = boost::intrusive::list<Connection, boost::intrusive::base_hook<ListHook>,
                                      boost::intrusive::constant_time_size<false>>;
  ServerShared& shared_;
  Counters counters_;
  std::array<std::chrono::milliseconds, kDeadlineCount> timeouts_;
  std::chrono::milliseconds tick_;
  SecretBytes read_scratch_;
  SecretBuffer write_scratch_;
  std::string date_;
  std::int64_t date_seconds_ = 0;
  std::array<List, kDeadlineCount> lists_;  // outlive the loop, which may own connections
  boost::asio::io_context context_{1};
  Descriptor listener_;
  boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Executor>
      ticker_;
  SteadyClock::time_point accept_again_{};
  std::thread thread_;
};

}  // namespace vallum::net
