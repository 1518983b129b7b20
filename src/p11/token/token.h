// SPDX-License-Identifier: Apache-2.0
// Token: what stands in a slot, as the core sees it. It keeps objects and knows PINs; sessions, handles and
// login rules are the core's. The embedded token (embedded_token.h) is one; nothing here says how it stores.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "p11/core/key_maker.h"
#include "p11/core/rv.h"

namespace vallum::p11 {

/// Who logs in.
enum class User : std::uint8_t { kOfficer, kUser };

/// PinState of one of the two users.
struct PinState {
  bool is_set = false;
  std::uint32_t failures = 0;  ///< since the last success
};
inline constexpr std::uint32_t kMostPinFailures = 10;
inline constexpr std::size_t kShortestPin = 4;
inline constexpr std::size_t kLongestPin = 255;

struct TokenInfo {
  bool initialised = false;
  std::string label;   ///< without padding
  std::string serial;  ///< 16 characters
  PinState officer;
  PinState user;
  std::string_view model = "embedded";
};

/// StoredObject is an object as the token keeps it.
struct StoredObject {
  KeyId id;
  std::uint64_t revision = 0;
  Attributes attributes;
  MaterialRef material;
  SecretRef value = nullptr;  ///< of a private data object, for Put; Load gives none
};

/// Token is thread-safe.
class Token {
 public:
  virtual ~Token() = default;
  virtual Ck<TokenInfo> Info() = 0;
  /// Description of the slot that it stands in, at most 64 characters.
  virtual std::string_view Description() const { return "Vallum embedded token"; }
  /// NeedsLogin says whether private objects wait for a login; never changes.
  virtual bool NeedsLogin() const { return true; }

  /// Initialise makes the token, or makes it anew: then `pin` has to be the officer's (CKR_PIN_INCORRECT)
  /// and every object goes.
  virtual Done Initialise(const SecretBytes& pin, std::string_view label) = 0;
  /// Login is CKR_PIN_INCORRECT, CKR_PIN_LOCKED after kMostPinFailures of them in a row,
  /// CKR_USER_PIN_NOT_INITIALIZED, CKR_TOKEN_NOT_INITIALIZED. Each failure is counted for good, by whatever process.
  virtual Done Login(User user, const SecretBytes& pin) = 0;
  virtual void Logout() = 0;
  /// InitUserPin sets and unlocks the user's PIN; the officer is logged in.
  virtual Done InitUserPin(const SecretBytes& pin) = 0;
  /// SetPin changes a PIN by knowledge of the old one.
  virtual Done SetPin(User user, const SecretBytes& old_pin, const SecretBytes& new_pin) = 0;

  /// Changed says whether somebody else changed objects since the last Load.
  virtual Ck<bool> Changed() = 0;
  /// Load gives the objects that may be seen now: private ones, and the material of secret and private
  /// keys, only while the user is logged in.
  virtual Ck<std::vector<StoredObject>> Load() = 0;
  /// Put stores an object, durably when it returns; its material is sealed for the token. With a revision
  /// it replaces that one (CKR_OBJECT_HANDLE_INVALID when that is gone or was changed), and material and
  /// value stay as they are where they are not given.
  /// CKR_USER_NOT_LOGGED_IN: who stores a public object has to be logged in too, the officer will do.
  virtual Ck<StoredObject> Put(const StoredObject& object) = 0;
  virtual Done Destroy(const KeyId& id) = 0;
  /// Maker makes the token's keys; null: this process's module does, and Put keeps them.
  virtual KeyMaker* Maker() { return nullptr; }
  /// Value reads the value of a private data object.
  virtual Ck<SecretBytes> Value(const KeyId&) { return Fail(CKR_ATTRIBUTE_SENSITIVE); }
  /// GrantInvocations lets `key` encrypt more, after counting that in the token.
  virtual Done GrantInvocations(const KeyId& id, module::Key& key) = 0;
};

}  // namespace vallum::p11
