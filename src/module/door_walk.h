// SPDX-License-Identifier: Apache-2.0
// For tests: every service of the door once, with arguments that an operational module accepts. A new
// service needs a row here; door_test.cc compares the rows with what libvallum.so exports.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "module/test_module.h"

namespace vallum::module {

/// DoorKeys are what the services work on; made while the module was operational.
struct DoorKeys {
  KeyRef gcm, kwp, hmac, rsa, ec, agreeing, kem, secret, cbc;
  SecretBytes root, material;
  StoreKeyRef store;
  Bytes stored;
  Bytes kek, blob, wrapped, spki, signature, mac, sha256;
  std::string certificate, certificate_request;
  Ciphertext sealed;
  Encrypted encrypted;
  Bytes oaep, encapsulated;
  std::unique_ptr<Module::Digest> digest;
};

DoorKeys MakeDoorKeys(Module& module);

/// Outcome of a call; `touched` when it wrote to a buffer of the caller.
struct DoorOutcome {
  std::optional<Code> error;
  bool touched = false;
};

struct DoorService {
  std::string_view name;  ///< as exported: "Encrypt", "MakeCertificateRequest"
  std::function<DoorOutcome(Module&, DoorKeys&)> call;
};

const std::vector<DoorService>& DoorServices();

}  // namespace vallum::module
