// SPDX-License-Identifier: Apache-2.0
#include "net/connection.h"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "net/http_writer.h"

namespace vallum::net {
namespace {

// A client that pipelines without end must not keep the thread from the others.
constexpr int kStepsPerTurn = 64;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(IoThread& thread, int fd, std::string address, TlsStream tls)
    : thread_(thread), socket_(thread.context(), fd), tls_(std::move(tls)) {
  peer_.address = std::move(address);
  thread_.shared().ConnectionOpened();
}

Connection::~Connection() { Close(); }

void Connection::Start() {
  thread_.Schedule(*this, Deadline::kHandshake);
  Wait(Descriptor::wait_read);
}

void Connection::Drive() {
  for (int i = 0; i < kStepsPerTurn; ++i) {
    if (!Step()) return;
  }
  const auto id = ++wait_id_;
  boost::asio::post(thread_.context(), [self = shared_from_this(), id] {
    if (id == self->wait_id_) self->Drive();
  });
}

bool Connection::Step() {
  switch (state_) {
    case State::kHandshake:
      return Handshake();
    case State::kReading:
      return Read();
    case State::kWriting:
      return Write();
    case State::kLingering:
      return Linger();
    case State::kHandling:
    case State::kClosed:
      return false;
  }
  return false;
}

bool Connection::WaitFor(Io io) {
  Wait(io == Io::kWantRead ? Descriptor::wait_read : Descriptor::wait_write);
  return false;
}

void Connection::Wait(Descriptor::wait_type type) {
  const auto id = ++wait_id_;
  socket_.async_wait(type, [self = shared_from_this(), id](const boost::system::error_code& error) {
    if (!error && id == self->wait_id_) self->Drive();
  });
}

// Whoever shows no certificate gets no more time for nothing than for a request.
void Connection::WaitForRequest() {
  const bool known = !peer_.certificate_fingerprint.empty();
  thread_.Schedule(*this, known ? Deadline::kIdle : Deadline::kAnonymousIdle);
}

void Connection::CountDown(Deadline kind) {
  if (timed_) return;
  timed_ = true;
  thread_.Schedule(*this, kind);
}

// ---- Handshake ----------------------------------------------------------------------------------

bool Connection::Handshake() {
  const Io io = tls_.Handshake();
  if (io == Io::kDone) return FinishHandshake();
  if (io == Io::kWantRead || io == Io::kWantWrite) return WaitFor(io);
  Count(thread_.counters().handshake_failures);
  const auto why = io == Io::kFailed ? tls_.LastError().message()
                                     : std::string("TLS: the client closed during the handshake");
  thread_.shared().Report(ServerEvent::Kind::kHandshakeFailed, peer_.address, why);
  if (io == Io::kClosed) {
    Close();
    return false;
  }
  BeginLingering();
  return true;
}

bool Connection::FinishHandshake() {
  auto fingerprint = tls_.PeerFingerprint();
  if (!fingerprint || thread_.shared().stopping) {
    Close();
    return false;
  }
  peer_.certificate_fingerprint = *std::move(fingerprint);
  state_ = State::kReading;
  WaitForRequest();
  return true;  // a read that finds nothing makes OpenSSL give its handshake buffers back
}

// ---- Reading a request --------------------------------------------------------------------------

bool Connection::Read() {
  if (reparse_) {
    reparse_ = false;
    return Feed({});
  }
  const MutableByteSpan scratch = thread_.read_scratch();
  const auto [io, size] = tls_.Read(scratch);
  if (io == Io::kWantRead || io == Io::kWantWrite) return WaitFor(io);
  if (io != Io::kDone) {
    tls_.Close();
    Close();
    return false;
  }
  const bool go_on = Feed(scratch.first(size));
  Wipe(scratch.data(), size);
  return go_on;
}

bool Connection::Feed(ByteSpan data) {
  if (parser_ == nullptr) {
    const auto& options = thread_.shared().options;
    parser_ = RequestParser::Create(&peer_, {options.max_header_bytes, options.max_body_bytes});
    continued_ = false;
    timed_ = false;
  }
  const auto progress = Parse(data);
  if (!progress) {
    Refuse(503, "no locked memory is left; try again later", false);
  } else if (progress->refusal != 0) {
    Refuse(progress->refusal, progress->reason, false);
  } else if (progress->done) {
    Dispatch();
  } else {
    CountDown(Deadline::kRequest);
    if (!continued_ && unparsed_.empty() && parser_->WantsContinue()) SendContinue();
  }
  return true;
}

Result<ParseProgress> Connection::Parse(ByteSpan data) {
  if (unparsed_.empty()) {
    auto progress = parser_->Parse(data);
    if (progress.refusal == 0) TRY(unparsed_.Append(data.subspan(progress.used)));
    return progress;
  }
  TRY(unparsed_.Append(data));
  auto progress = parser_->Parse(unparsed_.span());
  unparsed_.ConsumeFront(progress.used);
  if (unparsed_.empty()) unparsed_.Clear();
  return progress;
}

void Connection::SendContinue() {
  continued_ = true;
  interim_ = true;
  out_ = thread_.TakeWriteBuffer();
  if (!out_.Append(AsBytes(kContinue))) return Close();
  written_ = 0;
  state_ = State::kWriting;
}

// ---- Handling -----------------------------------------------------------------------------------

void Connection::Dispatch() {
  Count(thread_.counters().requests);
  if (thread_.shared().handler.IsSlow(parser_->request())) return HandleInPool();
  Respond(CallHandler(), parser_->keep_alive());
}

// This is the request loop's one place where what a handler throws is stopped.
Response Connection::CallHandler() {
  auto& shared = thread_.shared();
  try {
    return shared.handler.Handle(parser_->request());
  } catch (...) {
    shared.Report(ServerEvent::Kind::kInternal, peer_.address, "a request handler threw");
    return shared.handler.Refuse(500, "internal error");
  }
}

void Connection::HandleInPool() {
  state_ = State::kHandling;
  thread_.Schedule(*this, Deadline::kNone);
  // The job hands its reference on: the last one must go on the I/O thread.
  const bool taken = thread_.shared().pool.TrySubmit([self = shared_from_this()]() mutable {
    auto response = std::make_shared<const Response>(self->CallHandler());
    auto& context = self->thread_.context();
    boost::asio::post(context, [self = std::move(self), response = std::move(response)] {
      self->FinishHandling(*response);
    });
  });
  if (taken) return;
  Count(thread_.counters().refused_busy);
  Refuse(503, "too many slow requests are waiting; try again later", parser_->keep_alive());
}

void Connection::FinishHandling(const Response& response) {
  if (state_ != State::kHandling) return;
  Respond(response, parser_->keep_alive());
  Drive();
}

void Connection::Refuse(unsigned status, std::string_view reason, bool keep_alive) {
  linger_after_ = !keep_alive;
  Respond(thread_.shared().handler.Refuse(status, reason), keep_alive);
}

// ---- Writing the answer -------------------------------------------------------------------------

void Connection::Respond(const Response& response, bool keep_alive) {
  close_after_ = !keep_alive || thread_.shared().stopping;
  const bool head = parser_ != nullptr && parser_->request().method == "HEAD";
  out_ = thread_.TakeWriteBuffer();
  const ResponseFraming framing{.head = head, .keep_alive = !close_after_, .date = thread_.date()};
  if (!WriteResponse(response, framing, out_)) return Close();
  written_ = 0;
  timed_ = false;
  state_ = State::kWriting;
}

bool Connection::Write() {
  while (written_ < out_.size()) {
    const auto [io, size] = tls_.Write(out_.span().subspan(written_));
    if (io == Io::kWantRead || io == Io::kWantWrite) {
      CountDown(Deadline::kRequest);
      return WaitFor(io);
    }
    if (io != Io::kDone) {
      Close();
      return false;
    }
    written_ += size;
  }
  thread_.ReturnWriteBuffer(std::move(out_));
  return FinishWriting();
}

bool Connection::FinishWriting() {
  if (interim_) {
    interim_ = false;
    state_ = State::kReading;
    return true;
  }
  if (close_after_ || thread_.shared().stopping) {
    if (linger_after_) {
      BeginLingering();
      return true;
    }
    tls_.Close();
    Close();
    return false;
  }
  parser_.reset();
  state_ = State::kReading;
  WaitForRequest();
  reparse_ = !unparsed_.empty();
  if (reparse_ || tls_.HasBuffered()) return true;
  Wait(Descriptor::wait_read);
  return false;
}

// ---- The end ------------------------------------------------------------------------------------

// Closing a socket with unread input resets the connection, and the client may lose our last words.
void Connection::BeginLingering() {
  state_ = State::kLingering;
  parser_.reset();
  unparsed_.Clear();
  tls_.Close();
  shutdown(socket_.native_handle(), SHUT_WR);
  thread_.Schedule(*this, Deadline::kLinger);
}

bool Connection::Linger() {
  const MutableByteSpan scratch = thread_.read_scratch();
  const auto size = recv(socket_.native_handle(), scratch.data(), scratch.size(), 0);
  if (size > 0 || (size < 0 && errno == EINTR)) return true;
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return WaitFor(Io::kWantRead);
  Close();
  return false;
}

void Connection::Expire() {
  const auto& shared = thread_.shared();
  if (state_ != State::kLingering) Count(thread_.counters().timeouts);
  if (state_ == State::kHandshake) {
    Count(thread_.counters().handshake_failures);
    shared.Report(ServerEvent::Kind::kHandshakeFailed, peer_.address,
                  "TLS: the handshake took longer than handshake_timeout");
  }
  const bool in_request = parser_ != nullptr;
  if (in_request) {
    shared.Report(ServerEvent::Kind::kRequestTimeout, peer_.address,
                  "a request or its answer took longer than request_timeout");
  }
  if (!in_request || state_ != State::kReading) {
    if (state_ == State::kReading) tls_.Close();
    return Close();
  }
  socket_.cancel();
  ++wait_id_;
  Refuse(408, "the request did not arrive in time", false);
  Drive();
}

void Connection::Retire() {
  if (state_ == State::kHandshake || (state_ == State::kReading && parser_ == nullptr)) {
    tls_.Close();
    Close();
  }
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  // A handler in the pool may be reading the request: it then goes with the connection itself.
  if (state_ != State::kHandling) parser_.reset();
  state_ = State::kClosed;
  unlink();
  boost::system::error_code ignored;
  socket_.close(ignored);
  unparsed_.Clear();
  out_.Clear();
  thread_.shared().ConnectionClosed();
}

}  // namespace vallum::net
