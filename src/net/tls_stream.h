// SPDX-License-Identifier: Apache-2.0
// One TLS connection over a non-blocking socket. Private to net.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "net/tls.h"

struct ssl_st;

namespace vallum::net {

enum class Io : std::uint8_t {
  kDone,
  kWantRead,   ///< call again when the socket is readable
  kWantWrite,  ///< call again when the socket is writable
  kClosed,     ///< the peer is gone
  kFailed,     ///< fatal; LastTlsError says why
};

struct IoResult {
  Io io = Io::kFailed;
  std::size_t bytes = 0;
};

/// TlsStream does not own the socket, waits for nothing but the module's gate, and never raises SIGPIPE.
/// What the gate refuses is kFailed. Not thread-safe; its context must outlive it.
/// A blocked Write must be repeated with the same bytes, which may have moved.
class TlsStream {
 public:
  TlsStream() = default;
  TlsStream(TlsStream&& other) noexcept;
  TlsStream& operator=(TlsStream&& other) noexcept;
  ~TlsStream();

  /// Accept and Connect make a stream for the server's and the client's side; no input or output yet.
  static Result<TlsStream> Accept(const TlsContext& context, int fd);
  /// Connect checks in the handshake that the certificate carries `host`, a DNS name or an address. It
  /// resumes a session of the context with that host where there is one. `context` is a client's.
  static Result<TlsStream> Connect(const TlsContext& context, int fd, const std::string& host);

  /// Handshake goes on until it is done or blocked. TLS 1.2 without the extended master secret fails
  /// (IG D.Q), and so does a resumed session whose client certificate has expired since.
  Io Handshake();
  IoResult Read(MutableByteSpan out);
  IoResult Write(ByteSpan bytes);
  /// Close sends close_notify if that is possible without waiting.
  void Close();

  /// HasBuffered says that Read may give bytes although the socket has none.
  bool HasBuffered() const;
  /// PeerFingerprint is the SHA-256 of the peer's verified certificate; empty when it has none.
  Result<Bytes> PeerFingerprint() const;
  /// Protocol, suite and group, for logs: "TLSv1.3 TLS_AES_256_GCM_SHA384 SecP256r1MLKEM768".
  std::string Description() const;
  bool resumed() const;
  /// LastError is why the last call on this thread was kFailed (kTls), as a text for operators.
  Error LastError() const;

 private:
  static Result<TlsStream> Create(const TlsContext& context, int fd);
  template <typename Step>
  IoResult Gated(const Step& step);
  IoResult Outcome(int result, std::size_t bytes);

  ssl_st* ssl_ = nullptr;
  const TlsContext* context_ = nullptr;
  bool failed_ = false;
  std::optional<Error> own_reason_;
};

/// LastTlsError turns this thread's OpenSSL error queue into an Error and empties it. `ssl` may be
/// null; else its certificate verification result is named.
Error LastTlsError(ssl_st* ssl, std::string_view what);

}  // namespace vallum::net
