// SPDX-License-Identifier: Apache-2.0
#include "net/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <utility>

#include "net/socket_bio.h"
#include "net/tls_sessions.h"

namespace vallum::net {
namespace {

using CertificateHandle = std::unique_ptr<X509, decltype(&X509_free)>;

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return inet_pton(AF_INET, host.c_str(), parsed.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), parsed.data()) == 1;
}

bool ExpectHost(SSL* ssl, const std::string& host) {
  if (IsAddress(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

// What the handshake's own checks leave open.
const char* RefusalAfterHandshake(SSL* ssl) {
  if (SSL_version(ssl) == TLS1_2_VERSION && SSL_get_extms_support(ssl) != 1) {
    return "TLS 1.2 without the extended master secret is not approved: use TLS 1.3 or enable it";
  }
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate != nullptr && SSL_session_reused(ssl) == 1 &&
      X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) {
    return "the resumed session's certificate has expired: issue a new one";
  }
  return nullptr;
}

Result<Bytes> Fingerprint(const X509& certificate, ossl_lib_ctx_st* library) {
  const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(
      EVP_MD_fetch(library, "SHA2-256", nullptr), EVP_MD_free);
  Bytes fingerprint(32);
  unsigned size = 0;
  if (sha256 == nullptr ||
      X509_digest(&certificate, sha256.get(), fingerprint.data(), &size) != 1 || size != 32) {
    return LastTlsError(nullptr, "hashing the peer's certificate");
  }
  return fingerprint;
}

}  // namespace

TlsStream::TlsStream(TlsStream&& other) noexcept
    : ssl_(std::exchange(other.ssl_, nullptr)),
      context_(other.context_),
      failed_(other.failed_),
      own_reason_(std::move(other.own_reason_)) {}

TlsStream& TlsStream::operator=(TlsStream&& other) noexcept {
  std::swap(ssl_, other.ssl_);
  std::swap(context_, other.context_);
  std::swap(failed_, other.failed_);
  std::swap(own_reason_, other.own_reason_);
  return *this;
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

Result<TlsStream> TlsStream::Create(const TlsContext& context, int fd) {
  ERR_clear_error();
  TlsStream stream;
  stream.context_ = &context;
  stream.ssl_ = SSL_new(context.native());
  BIO* bio = stream.ssl_ == nullptr ? nullptr : NewSocketBio(fd);
  if (bio == nullptr) return LastTlsError(nullptr, "opening a TLS connection");
  SSL_set_bio(stream.ssl_, bio, bio);
  return stream;
}

Result<TlsStream> TlsStream::Accept(const TlsContext& context, int fd) {
  TlsStream stream = TRY(Create(context, fd));
  SSL_set_accept_state(stream.ssl_);
  return stream;
}

Result<TlsStream> TlsStream::Connect(const TlsContext& context, int fd, const std::string& host) {
  TlsStream stream = TRY(Create(context, fd));
  SSL_set_connect_state(stream.ssl_);
  if (!ExpectHost(stream.ssl_, host)) {
    ERR_clear_error();
    return InvalidArgument("'" + host +
                           "' is neither a host name nor an address; check the option");
  }
  // One that cannot be used any more makes the handshake a whole one.
  if (const SessionHandle session = context.sessions()->Take(host)) {
    SSL_set_session(stream.ssl_, session.get());
  }
  return stream;
}

// The provider works, and its output reaches the socket, only inside the gate.
template <typename Step>
IoResult TlsStream::Gated(const Step& step) {
  ERR_clear_error();
  IoResult result;
  if (const Status passed = context_->gate()([&] { result = step(); }); !passed) {
    failed_ = true;
    own_reason_ = passed.error();
    return {Io::kFailed};
  }
  return result;
}

IoResult TlsStream::Outcome(int result, std::size_t bytes) {
  if (result == 1) return {Io::kDone, bytes};
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return {Io::kWantRead};
    case SSL_ERROR_WANT_WRITE:
      return {Io::kWantWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::kClosed};
    case SSL_ERROR_SYSCALL:
      failed_ = true;
      return {Io::kClosed};
    default:
      break;
  }
  failed_ = true;
  const bool gone = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  return {gone ? Io::kClosed : Io::kFailed};
}

Io TlsStream::Handshake() {
  const Io io = Gated([this] { return Outcome(SSL_do_handshake(ssl_), 0); }).io;
  if (io != Io::kDone) return io;
  const char* refusal = RefusalAfterHandshake(ssl_);
  if (refusal == nullptr) return Io::kDone;
  own_reason_ = Error(Code::kTls, std::string("TLS: ") + refusal);
  failed_ = true;
  return Io::kFailed;
}

IoResult TlsStream::Read(MutableByteSpan out) {
  return Gated([this, out] {
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_, out.data(), out.size(), &bytes);
    return Outcome(result, bytes);
  });
}

IoResult TlsStream::Write(ByteSpan bytes) {
  return Gated([this, bytes] {
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written);
    return Outcome(result, written);
  });
}

void TlsStream::Close() {
  if (ssl_ == nullptr || failed_ || SSL_is_init_finished(ssl_) != 1) return;
  (void)Gated([this] { return Outcome(SSL_shutdown(ssl_), 0); });
  ERR_clear_error();
  failed_ = true;
}

bool TlsStream::HasBuffered() const { return SSL_has_pending(ssl_) == 1; }

bool TlsStream::resumed() const { return SSL_session_reused(ssl_) == 1; }

Result<Bytes> TlsStream::PeerFingerprint() const {
  const CertificateHandle certificate(SSL_get1_peer_certificate(ssl_), X509_free);
  if (certificate == nullptr) return Bytes{};
  if (SSL_get_verify_result(ssl_) != X509_V_OK) return LastTlsError(ssl_, "peer certificate");
  Result<Bytes> fingerprint = Bytes();
  TRY(context_->gate()([&] { fingerprint = Fingerprint(*certificate, context_->library()); }));
  return fingerprint;
}

std::string TlsStream::Description() const {
  const char* group = SSL_get0_group_name(ssl_);
  return std::string(SSL_get_version(ssl_)) + " " + SSL_get_cipher_name(ssl_) + " " +
         (group == nullptr ? "" : group);
}

Error TlsStream::LastError() const {
  if (!own_reason_) return LastTlsError(ssl_, "TLS");
  ERR_clear_error();
  return *own_reason_;
}

}  // namespace vallum::net
