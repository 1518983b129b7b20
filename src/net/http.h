// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 messages (RFC 9112) as values. Bodies live in the secret arena: they may carry plaintext.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"

namespace vallum::net {

/// Peer of a connection: the SHA-256 of its verified client certificate (empty: anonymous).
struct Peer {
  Bytes certificate_fingerprint;
  std::string address;
};

struct Request {
  std::string method;
  std::string target;  ///< path and query as sent, origin form
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  SecretBuffer body;
  const Peer* peer = nullptr;  ///< valid while the request is handled

  /// Header returns the first value of `name` (lower case), or empty.
  std::string_view Header(std::string_view name) const;
};

struct Response {
  unsigned status = 200;
  std::string_view content_type = "application/json";               ///< static text
  std::vector<std::pair<std::string_view, std::string>> headers{};  ///< names are static text
  SecretBuffer body{};
};

/// ReasonPhrase returns the standard phrase of a status (RFC 9110, 15), or "Unknown".
std::string_view ReasonPhrase(unsigned status);

}  // namespace vallum::net
