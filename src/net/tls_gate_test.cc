// SPDX-License-Identifier: Apache-2.0
// Requirement: tls-gate
// TLS uses the provider only inside the module's gate: a gate played by the test closes, opens, refuses.
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "net/test_server.h"

namespace vallum::net::test {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

class TestGate {
 public:
  ProviderGate AsGate() {
    return [this](const std::function<void()>& step) { return Run(step); };
  }
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  void Fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
  }
  bool WaitForSomebody() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [this] { return waiting_ > 0; });
  }

 private:
  Status Run(const std::function<void()>& step) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
    --waiting_;
    if (failed_) return Error(Code::kModuleState, "the module of the test has failed");
    lock.unlock();
    step();
    return {};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool closed_ = false;
  bool failed_ = false;
};

class TlsGateTest : public testing::Test {
 protected:
  void SetUp() override {
    const Pki& pki = Pki::Get();
    auto context = TlsContext::Server({.library = FipsLibrary(),
                                       .gate = gate_.AsGate(),
                                       .certificate_pem = pki.server.certificate_pem,
                                       .key = pki.server.key.get(),
                                       .client_ca_pem = pki.authority.certificate_pem()});
    ASSERT_TRUE(context) << context.error().message();
    ServerOptions options;
    options.port = 0;
    options.io_threads = 1;
    options.on_event = [this](const ServerEvent& event) {
      const std::lock_guard lock(mutex_);
      events_ += event.message;
    };
    server_ = *Server::Start(options, *context, handler_);
    client_ = NewClient(server_->port(), &pki.client);
  }

  std::future<bool> Ask() {
    return std::async(std::launch::async,
                      [this] { return client_->Send("GET", "/peer", {}).has_value(); });
  }
  void ExpectAnswerOnceTheGateOpens() {
    gate_.Close();
    std::future<bool> answer = Ask();
    EXPECT_TRUE(gate_.WaitForSomebody());
    EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
    gate_.Open();
    EXPECT_TRUE(answer.get());
  }

  TestGate gate_;
  TestHandler handler_;
  std::mutex mutex_;
  std::string events_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(TlsGateTest, AHandshakeWaitsWhileTheGateIsClosed) { ExpectAnswerOnceTheGateOpens(); }

TEST_F(TlsGateTest, RecordsOfAnOpenConnectionWaitToo) {
  ASSERT_TRUE(client_->Send("GET", "/peer", {}));
  ExpectAnswerOnceTheGateOpens();
}

TEST_F(TlsGateTest, ARefusingGateEndsConnectionsAndIsNamedAsTheReason) {
  ASSERT_TRUE(client_->Send("GET", "/peer", {}));
  gate_.Fail();
  EXPECT_FALSE(client_->Send("GET", "/peer", {}));
  server_->Stop(std::chrono::seconds(0));
  const std::lock_guard lock(mutex_);
  EXPECT_NE(events_.find("the module of the test has failed"), std::string::npos) << events_;
}

TEST_F(TlsGateTest, AContextWithoutAGateIsRefused) {
  const Pki& pki = Pki::Get();
  EXPECT_FALSE(TlsContext::Server({.library = FipsLibrary(),
                                   .gate = nullptr,
                                   .certificate_pem = pki.server.certificate_pem,
                                   .key = pki.server.key.get(),
                                   .client_ca_pem = pki.authority.certificate_pem()}));
}

}  // namespace
}  // namespace vallum::net::test
