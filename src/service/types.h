// SPDX-License-Identifier: Apache-2.0
// What the service is asked and answers, in the product's own words: no protocol, no storage. Part of
// the door; include service/service.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/secret.h"
#include "module/module.h"
#include "policy/policy.h"

namespace vallum::service {

using module::Approved;
using module::Indicator;

/// Caller is who asks, as a front established it, and how the request is named in the log.
struct Caller {
  Bytes certificate_fingerprint;  ///< empty: anonymous
  RequestId request;
  std::string trace;  ///< W3C trace id, or empty
};

/// KeyState of one version (SP 800-57 Part 1 Rev. 5, section 7).
enum class KeyState : std::uint8_t {
  kPreActive,
  kActive,
  kSuspended,
  kDeactivated,
  kCompromised,
  kDestroyed,
  kDestroyedCompromised,
};
std::string_view Name(KeyState state);
Result<KeyState> ParseKeyState(std::string_view name);
/// MayTransition is the one table of legal state changes.
bool MayTransition(KeyState from, KeyState to);
/// MayPerform says whether a version in `state` may do `action`: an active one everything, a
/// deactivated or compromised one only decrypt, verify, verify-mac, unwrap, decapsulate. Showing and
/// changing the record is possible in every state, the public key in all but the destroyed ones.
bool MayPerform(KeyState state, policy::Action action);
/// IsDestroyed: the material is gone for good.
constexpr bool IsDestroyed(KeyState state) {
  return state == KeyState::kDestroyed || state == KeyState::kDestroyedCompromised;
}

/// Names of a key's origin as records and wires spell it ("imported-wrapped"); unknown names are
/// kInvalidArgument.
std::string_view OriginName(module::Origin origin);
Result<module::Origin> ParseOrigin(std::string_view name);

struct KeyVersionInfo {
  std::uint32_t version = 0;
  KeyState state = KeyState::kActive;
  TimePoint created;
  TimePoint changed;  ///< of the last state change
};

struct KeyInfo {
  KeyId id;
  std::string name;
  module::Algorithm algorithm{};
  module::Usages usages;
  bool extractable = false;
  module::Policy made_under{};
  module::Origin origin{};
  std::string owner;  ///< principal name
  std::map<std::string, std::string> labels;
  TimePoint created;
  std::uint32_t primary_version = 0;  ///< what encrypt, sign, mac and wrap use
  std::vector<KeyVersionInfo> versions;
};

struct CreateKeyRequest {
  std::string name;  ///< [A-Za-z0-9][A-Za-z0-9._-]{0,127}
  module::Algorithm algorithm{};
  module::Usages usages;  ///< empty: all of the algorithm's
  bool extractable = false;
  std::map<std::string, std::string> labels;
};

struct ImportKeyRequest {
  CreateKeyRequest key;
  std::string wrapping_key;            ///< name of an aes-256-kwp key with usage unwrap
  std::uint32_t wrapping_version = 0;  ///< 0: primary
  Bytes wrapped;
};

struct KeyPage {
  std::vector<KeyInfo> keys;
  std::string next;  ///< pass as `after` for the next page; empty at the end
};

/// KeyUse names a key for an operation; version 0 means the primary (to produce) or the one that the
/// data names (to consume, where the format carries it).
struct KeyUse {
  std::string name;
  std::uint32_t version = 0;
};

/// Sealed is what Encrypt returns and Decrypt takes: a self-describing ciphertext
/// (docs/formats/ciphertext.md) that carries the key's id and version.
struct Sealed {
  Bytes ciphertext;
  std::uint32_t version = 0;
};

struct Signed {
  Bytes signature;
  std::uint32_t version = 0;
  module::Scheme scheme{};  ///< the one that was used; kDefault for MACs
};

/// What is signed: a message, or a digest of the scheme's hash made by the caller.
struct SignInput {
  ByteSpan data;
  bool is_digest = false;
};

struct DataKey {
  SecretBytes plaintext;  ///< 32 bytes
  Bytes ciphertext;       ///< Sealed.ciphertext of it under the named key
  std::uint32_t version = 0;
};

struct Wrapped {
  Bytes wrapped;
  std::uint32_t version = 0;  ///< of the wrapping key
};

struct EncapsulatedKey {
  Bytes ciphertext;
  SecretBytes shared_secret;
  std::uint32_t version = 0;
};

struct CreatePrincipalRequest {
  std::string name;
  policy::Roles roles = 0;
  std::string certificate_request_pem;  ///< PKCS#10
  std::int64_t days = 90;
};

struct NewPrincipal {
  policy::Principal principal;
  std::string certificate_pem;
  std::string ca_pem;
};

struct GrantRequest {
  std::string key;
  std::string principal;
  policy::Actions actions = 0;  ///< replaces what was granted; 0 takes the grant away
};

/// Object is a record of a principal's own that the server keeps and does not interpret: a certificate, what a
/// client's standard says of a key. Nothing secret: it lies in the store as it is.
struct Object {
  std::string name;            ///< as a key's name, unique for its principal
  std::string kind;            ///< [a-z0-9-]{1,32}, for the client
  Bytes value;                 ///< at most 64 KiB
  std::uint64_t revision = 0;  ///< another one after each change; never comes back
};

struct PutObjectRequest {
  std::string name;
  std::string kind;
  Bytes value;
  /// What has to be there: 0 for nothing, else that revision. Absent: whatever there is, is replaced.
  std::optional<std::uint64_t> revision;
};

struct ObjectListing {
  std::string prefix;  ///< only names that start with this
  std::string after;   ///< only names after this one
  std::size_t limit = 100;
};

struct ObjectPage {
  std::vector<Object> objects;
  std::string next;  ///< pass as `after` for the next page; empty at the end
};

/// Health of the parts, for readiness: ready when every status is ok.
struct Health {
  Status module;
  Status audit;
  Status store;
  bool ready() const { return module && audit && store; }
};

}  // namespace vallum::service
