// SPDX-License-Identifier: Apache-2.0
#include "net/client.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/file.h"
#include "net/http_parser.h"
#include "net/http_writer.h"
#include "net/tls_stream.h"

namespace vallum::net {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kReadSize = 16 << 10;

Error Network(std::string message) { return Error(Code::kNetwork, std::move(message)); }

// Poll waits for one event; kTimeout once `until` has passed.
Status Poll(int fd, short events, Clock::time_point until, const std::string& what) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) {
      return Error(Code::kTimeout,
                   what + " took too long; check that the server is up and reachable");
    }
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Network(what + ": " + std::strerror(errno));
  }
}

Status WaitFor(int fd, Io io, Clock::time_point until, const std::string& what) {
  return Poll(fd, io == Io::kWantRead ? POLLIN : POLLOUT, until, what);
}

bool IsIdempotent(std::string_view method) {
  static constexpr std::array<std::string_view, 5> kMethods = {"GET", "HEAD", "PUT", "DELETE",
                                                               "OPTIONS"};
  return std::ranges::find(kMethods, method) != kMethods.end();
}

bool IsClean(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
  });
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<Addresses> Resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) {
    return Network("the server's name '" + host + "' cannot be resolved (" + gai_strerror(failure) +
                   "); check it");
  }
  return Addresses(found, freeaddrinfo);
}

Result<FileDescriptor> ConnectTo(const addrinfo& address, const std::string& what,
                                 Clock::time_point until) {
  FileDescriptor fd(
      socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (!fd.valid()) return Network(what + ": " + std::strerror(errno));
  int failure = connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (failure == EINPROGRESS) {
    TRY(Poll(fd.get(), POLLOUT, until, what));
    socklen_t size = sizeof failure;
    getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
  }
  if (failure != 0) {
    return Network(what + ": " + std::strerror(failure) +
                   "; check that the server is running there");
  }
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// One connection; closed and forgotten on any error.
struct Link {
  FileDescriptor fd;
  TlsStream tls;
};

// What came of one try. `fresh_answer` says that at least one byte of the answer arrived.
struct Attempt {
  Result<ClientResponse> response;
  bool fresh_answer = false;
};

class HttpsClient final : public Client {
 public:
  HttpsClient(Options options, std::shared_ptr<const TlsContext> tls, SecretBytes scratch)
      : options_(std::move(options)), tls_(std::move(tls)), scratch_(std::move(scratch)) {
    where_ = options_.host + " port " + std::to_string(options_.port);
    const bool v6 = options_.host.find(':') != std::string::npos;
    authority_ =
        (v6 ? "[" + options_.host + "]" : options_.host) + ":" + std::to_string(options_.port);
  }
  ~HttpsClient() override { Disconnect(); }

  Status Connect() override {
    DropIfClosed();
    if (link_ != nullptr) return {};
    return OpenLink();
  }

  void SetRequestTimeout(std::chrono::milliseconds timeout) override {
    options_.request_timeout = timeout;
  }

  Result<ClientResponse> Send(std::string_view method, std::string_view target,
                              ByteSpan body) override {
    if (!IsClean(method) || !IsClean(target)) {
      return InvalidArgument("a request's method or target is empty or has white space; encode it");
    }
    SecretBuffer request;
    TRY(WriteRequest(method, target, authority_, body, request));
    DropIfClosed();
    const bool kept_alive = link_ != nullptr;
    Attempt attempt = Exchange(method, request.span());
    const bool lost = !attempt.response && attempt.response.error().code() == Code::kNetwork;
    if (lost && kept_alive && !attempt.fresh_answer && IsIdempotent(method)) {
      attempt = Exchange(method, request.span());
    }
    return std::move(attempt.response);
  }

 private:
  void Disconnect() {
    if (link_ != nullptr) link_->tls.Close();
    link_.reset();
  }

  // Notices a server that has closed in the meantime before anything is sent, for any method.
  void DropIfClosed() {
    if (link_ == nullptr) return;
    const auto [io, size] = link_->tls.Read(scratch_.mutable_span());
    if (io != Io::kWantRead) Disconnect();
  }

  Status OpenLink() {
    const auto until = Clock::now() + options_.connect_timeout;
    const std::string what = "connecting to " + where_;
    const Addresses addresses = TRY(Resolve(options_.host, options_.port));
    Result<FileDescriptor> fd = Network(what + ": no address");
    for (const addrinfo* next = addresses.get(); next != nullptr && !fd; next = next->ai_next) {
      fd = ConnectTo(*next, what, until);
    }
    auto link = std::make_unique<Link>();
    link->fd = TRY(std::move(fd));
    link->tls = TRY(TlsStream::Connect(*tls_, link->fd.get(), options_.host));
    for (Io io = link->tls.Handshake(); io != Io::kDone; io = link->tls.Handshake()) {
      if (io == Io::kFailed) return link->tls.LastError().WithContext(what);
      if (io == Io::kClosed) {
        return Network(what +
                       ": the server closed the connection in the TLS handshake; check that "
                       "it is a Vallum server and its log");
      }
      TRY(WaitFor(link->fd.get(), io, until, what));
    }
    link_ = std::move(link);
    return {};
  }

  Attempt Exchange(std::string_view method, ByteSpan request) {
    Attempt attempt{.response = ClientResponse{}};
    if (link_ == nullptr) {
      if (auto status = OpenLink(); !status) {
        attempt.response = std::move(status).error();
        return attempt;
      }
    }
    const auto until = Clock::now() + options_.request_timeout;
    // A server that refuses early answers and closes while we still send: its answer counts.
    const Status sent = Write(request, until);
    attempt.response = Receive(method == "HEAD", until, attempt.fresh_answer);
    if (!attempt.response && !sent && !attempt.fresh_answer &&
        attempt.response.error().code() == Code::kNetwork) {
      attempt.response = sent.error();
    }
    if (!attempt.response) Disconnect();
    return attempt;
  }

  Status Write(ByteSpan bytes, Clock::time_point until) {
    while (!bytes.empty()) {
      const auto [io, size] = link_->tls.Write(bytes);
      if (io == Io::kDone) {
        bytes = bytes.subspan(size);
      } else if (io == Io::kWantRead || io == Io::kWantWrite) {
        TRY(WaitFor(link_->fd.get(), io, until, "sending to " + where_));
      } else {
        return Network("the connection to " + where_ + " was lost while sending; try again");
      }
    }
    return {};
  }

  Result<ClientResponse> Receive(bool head, Clock::time_point until, bool& fresh) {
    const auto parser = ResponseParser::Create(head, {.max_body_bytes = options_.max_body_bytes});
    SecretBuffer unparsed;
    while (true) {
      const auto [io, size] = link_->tls.Read(scratch_.mutable_span());
      if (io == Io::kWantRead || io == Io::kWantWrite) {
        TRY(WaitFor(link_->fd.get(), io, until, "waiting for the answer of " + where_));
        continue;
      }
      if (io == Io::kFailed) return link_->tls.LastError().WithContext(where_);
      if (io == Io::kClosed) return Network(where_ + " closed the connection; try again");
      fresh = true;
      TRY(unparsed.Append(scratch_.span().first(size)));
      const auto progress = parser->Parse(unparsed.span());
      unparsed.ConsumeFront(progress.used);
      if (progress.refusal != 0) {
        return Network("the answer of " + where_ + " was refused: " + progress.reason);
      }
      if (progress.done) break;
    }
    Wipe(scratch_.mutable_span().data(), scratch_.size());
    if (!parser->keep_alive()) Disconnect();
    return std::move(parser->response());
  }

  Options options_;
  std::shared_ptr<const TlsContext> tls_;
  SecretBytes scratch_;
  std::string where_;
  std::string authority_;
  std::unique_ptr<Link> link_;
};

}  // namespace

std::string_view ClientResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

Result<std::unique_ptr<Client>> Client::Create(Options options,
                                               std::shared_ptr<const TlsContext> tls) {
  if (tls == nullptr) return Internal("a client needs a TLS context");
  if (!IsClean(options.host)) return InvalidArgument("the server's host name is empty; set one");
  auto scratch = TRY(SecretBytes::Create(kReadSize));
  return std::unique_ptr<Client>(
      std::make_unique<HttpsClient>(std::move(options), std::move(tls), std::move(scratch)));
}

}  // namespace vallum::net
