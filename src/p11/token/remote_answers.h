// SPDX-License-Identifier: Apache-2.0
// What a server answers about keys, read with distrust: another type, another size, another key than asked
// for is kNetwork ("not what its API says"). Members that are not named here are ignored: a newer server may
// say more.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "module/module.h"

namespace vallum::p11 {

/// ServerKey is a key of the server, as this library uses it: by one version, whose public key it knows.
struct ServerKey {
  KeyId id;
  std::string name;
  module::Algorithm algorithm{};
  module::Usages usages;
  bool extractable = false;
  bool generated = false;     ///< born in the server's module
  std::uint32_t version = 0;  ///< the primary one
  bool active = false;        ///< that version may sign; else it only decrypts
};

/// ServerObject is a record that the server keeps for its principal.
struct ServerObject {
  std::string name;
  Bytes value;
  std::uint64_t revision = 0;
};

template <typename Item>
struct Page {
  std::vector<Item> items;
  std::string next;  ///< where the next page begins; empty at the end
};

/// ReadKeys takes an answer to GET /v1/keys, without those that are destroyed or of an algorithm not known
/// here.
Result<Page<ServerKey>> ReadKeys(JsonValue answer);
/// ReadCreatedKey takes an answer to POST /v1/keys.
Result<ServerKey> ReadCreatedKey(JsonValue answer);
/// ReadObjects takes an answer to GET /v1/objects, ReadObject one object.
Result<Page<ServerObject>> ReadObjects(JsonValue answer);
Result<ServerObject> ReadObject(JsonValue answer);
/// ReadPublicKey takes the SubjectPublicKeyInfo of the version asked for.
Result<Bytes> ReadPublicKey(JsonValue answer, std::uint32_t version);
/// ReadMade takes the bytes that a service made (`member`: "signature", "mac"), by the version asked for.
Result<module::Approved<Bytes>> ReadMade(JsonValue answer, std::string_view member,
                                         std::uint32_t version);
/// ReadSecret takes bytes that stay secret ("plaintext", "shared_secret").
Result<module::Approved<SecretBytes>> ReadSecret(JsonValue answer, std::string_view member);
/// ReadVerdict takes the answer to a verification: kVerifyFailed for no.
Result<module::Indicator> ReadVerdict(JsonValue answer);

}  // namespace vallum::p11
