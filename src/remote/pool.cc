// SPDX-License-Identifier: Apache-2.0
#include "remote/pool.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace vallum::remote {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPause{50};
constexpr milliseconds kMostWaitOfSeveral{900};
constexpr milliseconds kAside{5'000};  // how long others go before a server that failed

/// What to do after one server was asked.
enum class Next : std::uint8_t {
  kNothing,    ///< it answered, or nobody may be asked again
  kElsewhere,  ///< another server may do better, this one not soon
  kLater,      ///< this one may do better soon, too
};

Next AfterFailedConnect(Code code) {
  if (code == Code::kTls) return Next::kElsewhere;
  return code == Code::kNetwork || code == Code::kTimeout ? Next::kLater : Next::kNothing;
}

/// Server is one endpoint and its idle connections.
class Server {
 public:
  Server(net::Client::Options options, std::size_t most_idle)
      : options_(std::move(options)), most_idle_(most_idle) {}

  Result<std::unique_ptr<net::Client>> Take(const std::shared_ptr<const net::TlsContext>& tls) {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto client = std::move(idle_.back());
        idle_.pop_back();
        return client;
      }
    }
    return net::Client::Create(options_, tls);
  }
  void Give(std::unique_ptr<net::Client> client) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most_idle_) idle_.push_back(std::move(client));
  }
  // The others were opened to the same process, which is gone.
  void Failed(Clock::time_point now) {
    std::vector<std::unique_ptr<net::Client>> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(idle_);
    aside_until_ = now + kAside;
  }
  void Answered() {
    const std::lock_guard lock(mutex_);
    aside_until_ = {};
  }
  bool IsAside(Clock::time_point now) const {
    const std::lock_guard lock(mutex_);
    return now < aside_until_;
  }

 private:
  const net::Client::Options options_;
  const std::size_t most_idle_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<net::Client>> idle_;
  Clock::time_point aside_until_;
};

class ServerPool final : public Pool {
 public:
  ServerPool(PoolOptions options, std::shared_ptr<const net::TlsContext> tls)
      : options_(std::move(options)), tls_(std::move(tls)) {
    if (options_.servers.size() > 1) {
      options_.short_wait = std::min(options_.short_wait, kMostWaitOfSeveral);
    }
    for (const Endpoint& endpoint : options_.servers) {
      net::Client::Options client{.host = endpoint.host,
                                  .port = endpoint.port,
                                  .connect_timeout = options_.connect_timeout,
                                  .request_timeout = options_.short_wait};
      servers_.push_back(std::make_unique<Server>(std::move(client), options_.most_idle));
    }
  }

  Result<Reply> Send(const Call& call) override {
    const auto start = Clock::now();
    if (start < resting_until_.load()) return Resting();
    // After a rest one round is enough to see whether anybody is back.
    const auto until = start + (rested_.load() ? milliseconds(0) : options_.patience);
    while (true) {
      Attempt attempt = Round(call);
      if (attempt.next != Next::kLater) {
        rested_.store(false);
        return std::move(attempt.reply);
      }
      if (Clock::now() >= until) {
        rested_.store(true);
        resting_until_.store(Clock::now() + options_.rest);
        return std::move(attempt.reply);
      }
      std::this_thread::sleep_for(kPause);
    }
  }

 private:
  struct Attempt {
    Result<Reply> reply;
    Next next = Next::kNothing;
  };

  static Error Resting() {
    return {Code::kNetwork, "no server answered a moment ago; check that one is up and reachable"};
  }

  // The others in the order in which they are asked, those that failed lately last.
  std::vector<std::size_t> Others(std::size_t first) const {
    const auto now = Clock::now();
    std::vector<std::size_t> others;
    others.reserve(servers_.size());
    for (std::size_t i = 1; i < servers_.size(); ++i) {
      others.push_back((first + i) % servers_.size());
    }
    std::ranges::stable_partition(others,
                                  [&](std::size_t i) { return !servers_[i]->IsAside(now); });
    return others;
  }

  Attempt Round(const Call& call) {
    const std::size_t first = current_.load();
    Attempt attempt = Ask(first, call);
    if (attempt.next == Next::kNothing || servers_.size() == 1) return attempt;
    bool later = attempt.next == Next::kLater;
    for (const std::size_t index : Others(first)) {
      attempt = Ask(index, call);
      if (attempt.next == Next::kNothing) return attempt;
      later = later || attempt.next == Next::kLater;
    }
    attempt.next = later ? Next::kLater : Next::kElsewhere;
    return attempt;
  }

  Attempt Ask(std::size_t index, const Call& call) {
    Server& server = *servers_[index];
    auto client = server.Take(tls_);
    if (!client) return {std::move(client).error(), Next::kNothing};
    if (auto connected = (*client)->Connect(); !connected) {
      const Next next = AfterFailedConnect(connected.error().code());
      server.Failed(Clock::now());
      return {std::move(connected).error(), next};
    }
    const Next if_lost = call.repeat == Repeat::kYes ? Next::kLater : Next::kNothing;
    (*client)->SetRequestTimeout(call.wait == Wait::kShort ? options_.short_wait
                                                           : options_.long_wait);
    auto response = (*client)->Send(call.method, call.target, call.body);
    if (!response) {
      server.Failed(Clock::now());
      return {std::move(response).error(), if_lost};
    }
    server.Give(*std::move(client));
    auto reply = Checked(*std::move(response));
    if (!reply && reply.error().code() == Code::kUnavailable) return {std::move(reply), if_lost};
    if (current_.load() != index) current_.store(index);
    server.Answered();
    return {std::move(reply), Next::kNothing};
  }

  PoolOptions options_;
  std::shared_ptr<const net::TlsContext> tls_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::atomic<std::size_t> current_{0};
  std::atomic<Clock::time_point> resting_until_{Clock::time_point{}};
  std::atomic<bool> rested_{false};
};

}  // namespace

Result<std::unique_ptr<Pool>> Pool::Create(PoolOptions options,
                                           std::shared_ptr<const net::TlsContext> tls) {
  if (options.servers.empty() || tls == nullptr) {
    return InvalidArgument("a pool needs a server and a TLS context; name at least one server");
  }
  return std::unique_ptr<Pool>(std::make_unique<ServerPool>(std::move(options), std::move(tls)));
}

}  // namespace vallum::remote
