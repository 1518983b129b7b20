// SPDX-License-Identifier: Apache-2.0
// The server's identity: its private certificate authority, its TLS key and certificate, the audit
// log's signing key, and the first administrator. Part of the door; used by src/server at start.
//
//   auto [identity, admin] = TRY(OpenIdentity(*module, *store, clock, options));
//   if (admin) { WriteFiles(*admin); TRY(ConfirmFirstAdmin(*store)); }
//
// The keys are system keys: they live in the store under system/, have no name and no owner, are in
// no list, and no caller can use them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "keystore/keystore.h"
#include "module/module.h"

namespace vallum::service {

struct IdentityOptions {
  std::string instance;                   ///< in the authority's name: "Vallum <instance>"
  std::vector<std::string> dns_names;     ///< of the server's certificate; the first names it
  std::vector<std::string> ip_addresses;  ///< textual
};

struct Identity {
  std::string ca_certificate_pem;      ///< 10 years
  std::string server_certificate_pem;  ///< 1 year
  module::KeyRef ca_key;               ///< ec-p384
  module::KeyRef server_key;           ///< ec-p256
  module::KeyRef audit_key;            ///< ed25519
};

/// FirstAdmin is the principal `admin` with the roles crypto-officer, user and auditor (not operator:
/// nobody has everything). Its private key is here and nowhere else.
struct FirstAdmin {
  std::string name;
  std::string certificate_pem;  ///< 1 year
  SecretBytes key_pem;          ///< PKCS#8
};

struct OpenedIdentity {
  Identity identity;
  std::optional<FirstAdmin> first_admin;  ///< until ConfirmFirstAdmin
};

/// OpenIdentity opens the identity, or makes all of it in one transaction on the first start. The
/// server's certificate is issued again when it has less than 30 days left or its names changed. As
/// long as nobody confirmed the first administrator each call makes a new certificate for it and takes
/// the old one away, so that a crash before its files were written locks nobody out. The module must
/// be operational. kIntegrity when the stored identity does not open.
Result<OpenedIdentity> OpenIdentity(module::Module& module, keystore::Keystore& store,
                                    const Clock& clock, const IdentityOptions& options);

/// ConfirmFirstAdmin notes that the first administrator's files are safely written. Durable.
Status ConfirmFirstAdmin(keystore::Keystore& store);

/// SystemKey names one of the keys above, for those who need just one.
enum class SystemKey : std::uint8_t { kAuthority, kServer, kAudit };

/// OpenSystemKey opens a key that OpenIdentity made; kNotFound before.
Result<module::KeyRef> OpenSystemKey(module::Module& module, keystore::Keystore& store,
                                     SystemKey which);

}  // namespace vallum::service
