// SPDX-License-Identifier: Apache-2.0
// X.509 certificates (RFC 5280) made with keys of the module. Part of the door; include
// module/module.h.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace vallum::module {

class Key;
class Module;

enum class CertificateRole : std::uint8_t { kAuthority, kServer, kClient };

struct CertificateSpec {
  CertificateRole role = CertificateRole::kClient;
  std::string common_name;
  std::vector<std::string> dns_names;     ///< subjectAltName, servers only
  std::vector<std::string> ip_addresses;  ///< textual
  TimePoint not_before;
  TimePoint not_after;
};

/// IssueCertificate returns a PEM certificate for the public key of `subject_spki` (DER), signed by
/// `issuer` under `issuer_certificate` (PEM; empty: self-signed). EC P-256/P-384 issuers. The serial
/// number is 128 random bits.
Result<std::string> IssueCertificate(Module& module, Key& issuer,
                                     std::string_view issuer_certificate, ByteSpan subject_spki,
                                     const CertificateSpec& spec);

/// MakeCertificateRequest returns a PKCS#10 request (RFC 2986, PEM) signed by `key`.
Result<std::string> MakeCertificateRequest(Module& module, Key& key, std::string_view common_name);

/// ParsedRequest is a PKCS#10 request whose signature was verified.
struct ParsedRequest {
  std::string common_name;
  Bytes spki;
};
Result<ParsedRequest> ParseCertificateRequest(Module& module, std::string_view pem);

/// CertificateFingerprint is the SHA-256 over the DER form.
Result<Bytes> CertificateFingerprint(Module& module, std::string_view pem);

/// ExportPrivateKeyPem is the export gate for a TLS client's key: PKCS#8 PEM of a key made
/// extractable (else kNotExportable).
Result<SecretBytes> ExportPrivateKeyPem(Module& module, const Key& key);

}  // namespace vallum::module
