// SPDX-License-Identifier: Apache-2.0
// A server with a handler that tests can hold and watch.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/server.h"
#include "net/test_support.h"

namespace vallum::net::test {

/// TestHandler answers by target: /echo the body, /peer the fingerprint in hex, /slow the body once
/// Release has been called (on the pool), /big a megabyte, /throw by throwing, else the target.
class TestHandler final : public Handler {
 public:
  bool IsSlow(const Request& request) const override { return request.target == "/slow"; }
  Response Handle(Request& request) override;
  Response Refuse(unsigned status, std::string_view reason) override;

  /// WaitForSlow returns once `count` slow requests have begun.
  void WaitForSlow(int count);
  /// Release lets all slow requests go on.
  void Release();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int slow_begun_ = 0;
  bool released_ = false;
};

/// TestServer listens on a free port of 127.0.0.1, or on that of the options, and keeps the events.
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer();

  Server& server() { return *server_; }
  std::uint16_t port() const { return server_->port(); }
  TestHandler& handler() { return handler_; }
  /// WaitForEvent returns the first event of `kind`, as its message.
  std::string WaitForEvent(ServerEvent::Kind kind);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<ServerEvent::Kind, std::string>> events_;
  TestHandler handler_;
  std::unique_ptr<Server> server_;
};

}  // namespace vallum::net::test
