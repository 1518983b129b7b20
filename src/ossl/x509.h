// SPDX-License-Identifier: Apache-2.0
// X.509 certificates (RFC 5280) and PKCS#10 requests (RFC 2986).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ossl/pkey.h"

namespace vallum::ossl {

enum class CertificateKind : std::uint8_t { kAuthority, kServer, kClient };

struct CertificateFields {
  CertificateKind kind = CertificateKind::kClient;
  std::string_view common_name;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  std::int64_t not_before = 0;  ///< seconds since 1970
  std::int64_t not_after = 0;
};

/// MakeCertificate returns PEM. An empty `issuer_pem` makes a self-signed certificate, for which
/// `subject_spki` must be the issuer's own key. kInvalidArgument for unusable fields.
Result<std::string> MakeCertificate(const KeyPair& issuer, Hash hash, std::string_view issuer_pem,
                                    ByteSpan subject_spki, const CertificateFields& fields);

/// MakeRequest returns a PKCS#10 request (PEM) for `key`.
Result<std::string> MakeRequest(const KeyPair& key, Hash hash, std::string_view common_name);

struct RequestFields {
  std::string common_name;
  Bytes spki;
};
/// ParseRequest verifies the request's own signature: kVerifyFailed when it is wrong,
/// kInvalidArgument when the text is no request or has no common name.
Result<RequestFields> ParseRequest(LibraryContext& context, std::string_view pem);

/// CertificateDer decodes one PEM certificate to its DER form; kInvalidArgument.
Result<Bytes> CertificateDer(LibraryContext& context, std::string_view pem);

}  // namespace vallum::ossl
