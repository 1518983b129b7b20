// SPDX-License-Identifier: Apache-2.0
// One connection of the server: a state machine driven by the socket's readiness, on its I/O thread.
// Private to net.
//
//   handshake -> reading <-> handling (pool) -> writing -> reading ... -> lingering -> closed
//
// Between requests it holds the TLS state, the peer's fingerprint and one pending wait, nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "net/http_parser.h"
#include "net/io_thread.h"
#include "net/tls_stream.h"

namespace vallum::net {

/// Connection is owned by whatever will call it next: a pending wait or a job of the pool.
class Connection final : public std::enable_shared_from_this<Connection>, public ListHook {
 public:
  /// `fd` is an accepted non-blocking socket, owned from here on.
  Connection(IoThread& thread, int fd, std::string address, TlsStream tls);
  ~Connection();

  void Start();
  /// Expire is called when the deadline has passed.
  void Expire();
  /// Retire closes unless a request is in flight, which is then the last.
  void Retire();
  /// Close ends the connection at once; pending calls become harmless. A handler may still run.
  void Close();

  SteadyClock::time_point deadline{};

 private:
  enum class State : std::uint8_t {
    kHandshake,
    kReading,
    kHandling,
    kWriting,
    kLingering,
    kClosed
  };

  // Drive takes steps until one returns false: it waits for something, or all is over.
  void Drive();
  bool Step();
  bool Handshake();
  bool FinishHandshake();
  bool Read();
  bool Feed(ByteSpan data);
  Result<ParseProgress> Parse(ByteSpan data);
  bool Write();
  bool FinishWriting();
  bool Linger();

  bool WaitFor(Io io);
  void Wait(Descriptor::wait_type type);
  void WaitForRequest();
  void CountDown(Deadline kind);
  void Dispatch();
  void HandleInPool();
  void FinishHandling(const Response& response);
  Response CallHandler();
  void Respond(const Response& response, bool keep_alive);
  void Refuse(unsigned status, std::string_view reason, bool keep_alive);
  void SendContinue();
  void BeginLingering();

  IoThread& thread_;
  Descriptor socket_;
  TlsStream tls_;
  Peer peer_;
  std::unique_ptr<RequestParser> parser_;  // while a request is being read or handled
  SecretBuffer unparsed_;                  // what the parser could not use yet
  SecretBuffer out_;
  std::size_t written_ = 0;
  std::uint32_t wait_id_ = 0;
  State state_ = State::kHandshake;
  bool reparse_ = false;       // unparsed_ holds the start of the next request
  bool interim_ = false;       // out_ is a 100 (Continue)
  bool continued_ = false;     // it was sent
  bool close_after_ = false;   // out_ is the last response
  bool linger_after_ = false;  // and the client may still be sending
  bool timed_ = false;         // the deadline of reading or writing this message runs
};

}  // namespace vallum::net
