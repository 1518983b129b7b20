// SPDX-License-Identifier: Apache-2.0
// What TLS failures mean, in words that say what to do next.
#include <openssl/err.h>
#include <openssl/proverr.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>

#include <array>

#include "net/tls_stream.h"

namespace vallum::net {
namespace {

struct Meaning {
  int reason;
  std::string_view text;
};

constexpr std::string_view kProtocol =
    "no protocol version in common: use TLS 1.3, or TLS 1.2 with the extended master secret";
constexpr std::string_view kParameters =
    "no approved cipher suite or group in common: offer TLS_AES_256_GCM_SHA384 and P-256 or "
    "SecP256r1MLKEM768";

constexpr std::array kMeanings = {
    Meaning{SSL_R_UNSUPPORTED_PROTOCOL, kProtocol},
    Meaning{SSL_R_WRONG_SSL_VERSION, kProtocol},
    Meaning{SSL_R_VERSION_TOO_LOW, kProtocol},
    Meaning{SSL_R_NO_PROTOCOLS_AVAILABLE, kProtocol},
    Meaning{SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, kProtocol},
    Meaning{SSL_R_NO_SHARED_CIPHER, kParameters},
    Meaning{SSL_R_NO_SUITABLE_KEY_SHARE, kParameters},
    Meaning{SSL_R_NO_SUITABLE_GROUPS, kParameters},
    Meaning{SSL_R_NO_SHARED_GROUPS, kParameters},
    Meaning{SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
            "the other side found no cipher suite, group or signature scheme in common, or wants "
            "the extended master secret"},
    Meaning{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
            "no approved signature scheme in common: use ECDSA or RSA-PSS with SHA-256 or longer"},
    Meaning{SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
            "no approved signature scheme in common: use ECDSA or RSA-PSS with SHA-256 or longer"},
    Meaning{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
            "the other side says that our certificate has expired: issue a new one"},
    Meaning{SSL_R_TLSV1_ALERT_UNKNOWN_CA,
            "the other side does not know the authority that issued our certificate: use one that "
            "it trusts"},
    Meaning{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
            "the other side refused our certificate: check its issuer, dates and purpose"},
    Meaning{SSL_R_TLSV1_ALERT_DECRYPT_ERROR,
            "the other side could not verify our certificate: another authority of the same name "
            "issued it"},
    Meaning{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
            "the other side refused our certificate: its purpose does not fit"},
    Meaning{SSL_R_HTTP_REQUEST, "plain HTTP was sent to the TLS port: use https://"},
    Meaning{SSL_R_HTTPS_PROXY_REQUEST, "a proxy request was sent to the TLS port"},
    Meaning{SSL_R_UNEXPECTED_EOF_WHILE_READING, "the other side closed the connection"},
    Meaning{SSL_R_WRONG_VERSION_NUMBER,
            "the other side does not speak TLS, or not a version we may use"},
};

// What `code` means, or empty when it is not one that we know.
std::string Describe(ssl_st* ssl, unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  if (ERR_GET_LIB(code) == ERR_LIB_PROV && reason == PROV_R_EMS_NOT_ENABLED) {
    return "TLS 1.2 without the extended master secret is not approved: use TLS 1.3 or enable it";
  }
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return {};
  if (ssl != nullptr && reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    const long result = SSL_get_verify_result(ssl);
    return std::string("the other side's certificate was refused: ") +
           X509_verify_cert_error_string(result);
  }
  for (const auto& meaning : kMeanings) {
    if (meaning.reason == reason) return std::string(meaning.text);
  }
  return {};
}

}  // namespace

Error LastTlsError(ssl_st* ssl, std::string_view what) {
  const char* first = nullptr;
  std::string reason;
  while (const unsigned long code = ERR_get_error()) {
    if (first == nullptr) first = ERR_reason_error_string(code);
    if (reason.empty()) reason = Describe(ssl, code);
  }
  if (reason.empty()) reason = first == nullptr ? "the connection was lost" : first;
  return Error(Code::kTls, std::string(what) + ": " + reason);
}

}  // namespace vallum::net
