// SPDX-License-Identifier: Apache-2.0
// Slot: a token, who is logged in to it, and the objects that its sessions see.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "p11/core/object.h"
#include "p11/core/session.h"
#include "p11/core/template.h"
#include "p11/token/token.h"

namespace vallum::p11 {

/// Slot is thread-safe.
class Slot {
 public:
  Slot(CK_SLOT_ID id, module::Module& module, std::unique_ptr<Token> token)
      : id_(id), module_(module), token_(std::move(token)), needs_login_(token_->NeedsLogin()) {}

  CK_SLOT_ID id() const { return id_; }
  std::string_view description() const { return token_->Description(); }
  module::Module& module() { return module_; }
  Token& token() { return *token_; }
  KeyMaker* maker() { return token_->Maker(); }
  ObjectTable& objects() { return objects_; }

  // ---- Sessions and login -----------------------------------------------------------------------
  /// user_logged_in is always true on a token that needs no login.
  bool user_logged_in() const { return !needs_login_ || login_.load() == Login::kUser; }
  bool needs_login() const { return needs_login_; }
  bool officer_logged_in() const { return login_.load() == Login::kOfficer; }
  CK_STATE StateOf(const Session& session) const;
  /// The counts that C_GetTokenInfo tells.
  std::size_t sessions() const { return sessions_.load(); }
  std::size_t writing_sessions() const { return writing_.load(); }
  /// Opened and Closed keep the counts; the last session to go logs out.
  Done Opened(bool read_write);
  void Closed(const Session& session);
  Done LogIn(User user, const SecretBytes& pin);
  Done LogOut();
  Done Initialise(const SecretBytes& pin, std::string_view label);

  // ---- Objects ----------------------------------------------------------------------------------
  /// Refresh takes over what other processes changed.
  Done Refresh();
  /// Visible is CKR_OBJECT_HANDLE_INVALID for what this slot's sessions may not see.
  Ck<ObjectRef> Visible(CK_OBJECT_HANDLE handle) const;
  /// MayWrite holds a new or changed object against the session and the login.
  Done MayWrite(const Session& session, const Attributes& attributes) const;
  /// Keep adds a new object, to the token when its attributes say so. CKA_UNIQUE_ID is set here.
  Ck<ObjectRef> Keep(const Session& session, Attributes attributes, MaterialRef material,
                     const KeyId& id, SecretRef value = nullptr);
  /// Change puts `attributes` in the place of an object's own, and `value` unless it is null.
  Done Change(const ObjectRef& object, Attributes attributes, SecretRef value = nullptr);
  /// ValueOf is the value of a private data object.
  Ck<SecretBytes> ValueOf(const Object& object);
  Done Destroy(const ObjectRef& object);

 private:
  enum class Login : std::uint8_t { kNobody, kUser, kOfficer };
  Done Reload();
  void ForgetPrivate();

  const CK_SLOT_ID id_;
  module::Module& module_;
  std::unique_ptr<Token> token_;
  const bool needs_login_;
  ObjectTable objects_;
  std::atomic<Login> login_{Login::kNobody};
  std::atomic<std::size_t> sessions_{0};
  std::atomic<std::size_t> writing_{0};
  std::mutex control_;  ///< one login, logout, initialisation or reload at a time
};

/// NewId is the id of a new object.
Ck<KeyId> NewId(module::Module& module);

}  // namespace vallum::p11
