// SPDX-License-Identifier: Apache-2.0
#include "net/test_server.h"

#include <algorithm>

namespace vallum::net::test {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

Response TextResponse(unsigned status, std::string_view text) {
  Response response{.status = status, .content_type = "text/plain"};
  if (!response.body.Append(AsBytes(text))) response.status = 500;
  return response;
}

}  // namespace

Response TestHandler::Handle(Request& request) {
  if (request.target == "/throw") throw std::runtime_error("test");
  if (request.target == "/peer") {
    return TextResponse(200, ToHex(request.peer->certificate_fingerprint));
  }
  if (request.target == "/big") return TextResponse(200, std::string(1 << 20, 'b'));
  if (request.target == "/slow") {
    std::unique_lock lock(mutex_);
    ++slow_begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
  }
  if (request.target == "/echo" || request.target == "/slow") {
    return TextResponse(200, AsText(request.body.span()));
  }
  return TextResponse(200, request.target);
}

Response TestHandler::Refuse(unsigned status, std::string_view reason) {
  return TextResponse(status, reason);
}

void TestHandler::WaitForSlow(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return slow_begun_ >= count; });
}

void TestHandler::Release() {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

TestServer::TestServer(ServerOptions options) {
  if (options.port == ServerOptions().port) options.port = 0;
  if (options.io_threads == 0) options.io_threads = 2;
  options.on_event = [this](const ServerEvent& event) {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(event.kind, event.message);
    changed_.notify_all();
  };
  server_ = *Server::Start(options, ServerTls(), handler_);
}

TestServer::~TestServer() {
  handler_.Release();
  server_.reset();
}

std::string TestServer::WaitForEvent(ServerEvent::Kind kind) {
  std::unique_lock lock(mutex_);
  auto found = events_.end();
  const bool seen = changed_.wait_for(lock, kPatience, [&] {
    found = std::ranges::find(events_, kind, [](const auto& event) { return event.first; });
    return found != events_.end();
  });
  return seen ? found->second : "no such event";
}

}  // namespace vallum::net::test
