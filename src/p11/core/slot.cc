// SPDX-License-Identifier: Apache-2.0
#include "p11/core/slot.h"

#include <map>

#include "base/clock.h"

namespace vallum::p11 {

Ck<KeyId> NewId(module::Module& module) {
  std::array<std::uint8_t, 10> random{};
  TRY(module.Random(random));
  return KeyId(MakeUuidV7(SystemClock().Now(), random));
}

CK_STATE Slot::StateOf(const Session& session) const {
  switch (login_.load()) {
    case Login::kUser:
      return session.read_write ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
    case Login::kOfficer:
      return CKS_RW_SO_FUNCTIONS;
    case Login::kNobody:
      break;
  }
  return session.read_write ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
}

Done Slot::Opened(bool read_write) {
  if (!read_write && officer_logged_in()) return Fail(CKR_SESSION_READ_WRITE_SO_EXISTS);
  ++sessions_;
  if (read_write) ++writing_;
  return {};
}

void Slot::Closed(const Session& session) {
  objects_.RemoveIf([&](const Object& object) { return object.owner == session.handle; });
  if (session.read_write) --writing_;
  if (--sessions_ == 0 && login_.load() != Login::kNobody) (void)LogOut();
}

Done Slot::LogIn(User user, const SecretBytes& pin) {
  const std::lock_guard lock(control_);
  const Login wanted = user == User::kUser ? Login::kUser : Login::kOfficer;
  if (login_.load() == wanted) return Fail(CKR_USER_ALREADY_LOGGED_IN);
  if (login_.load() != Login::kNobody) return Fail(CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  if (user == User::kOfficer && sessions_.load() != writing_.load()) {
    return Fail(CKR_SESSION_READ_ONLY_EXISTS);
  }
  TRY(token_->Login(user, pin));
  if (Done loaded = Reload(); !loaded) {
    token_->Logout();
    return loaded;
  }
  login_.store(wanted);
  return {};
}

void Slot::ForgetPrivate() {
  // What may be seen without a login comes back at once, without what it needs to be used.
  objects_.RemoveIf([](const Object& object) {
    if (object.is_private() || object.material == nullptr) return object.is_private();
    const bool of_token = object.on_token() || object.material->is_stored();
    return of_token && !object.material->is_public();
  });
}

Done Slot::LogOut() {
  const std::lock_guard lock(control_);
  if (login_.exchange(Login::kNobody) == Login::kNobody) return Fail(CKR_USER_NOT_LOGGED_IN);
  token_->Logout();
  if (!needs_login_) return {};
  ForgetPrivate();
  return Reload();
}

Done Slot::Initialise(const SecretBytes& pin, std::string_view label) {
  const std::lock_guard lock(control_);
  if (sessions_.load() != 0) return Fail(CKR_SESSION_EXISTS);
  TRY(token_->Initialise(pin, label));
  return Reload();
}

Done Slot::Refresh() {
  if (!TRY(token_->Changed())) return {};
  const std::lock_guard lock(control_);
  return Reload();
}

// What was seen before a login had not been checked: the revision alone does not tell.
bool Differs(const Object& known, const Object& loaded) {
  if (known.revision != loaded.revision || known.attributes != loaded.attributes) return true;
  if (loaded.material == nullptr) return false;
  return known.material == nullptr ||
         (known.material->is_public() && known.material->forms() != loaded.material->forms());
}

Done Slot::Reload() {
  std::map<KeyId, ObjectRef> known;
  for (const ObjectRef& object : objects_.All()) {
    if (object->on_token()) known.emplace(object->id, object);
  }
  for (StoredObject& stored : TRY(token_->Load())) {
    Object object{.handle = CK_INVALID_HANDLE,
                  .id = stored.id,
                  .owner = CK_INVALID_HANDLE,
                  .revision = stored.revision,
                  .attributes = std::move(stored.attributes),
                  .material = std::move(stored.material),
                  .value = nullptr};
    const auto at = known.find(stored.id);
    if (at == known.end()) {
      objects_.Add(std::move(object));
      continue;
    }
    if (Differs(*at->second, object)) {
      object.handle = at->second->handle;
      objects_.Replace(std::move(object));
    }
    known.erase(at);
  }
  for (const auto& [id, gone] : known) objects_.Remove(gone->handle);
  return {};
}

Ck<ObjectRef> Slot::Visible(CK_OBJECT_HANDLE handle) const {
  ObjectRef object = objects_.Find(handle);
  if (object == nullptr) return Fail(CKR_OBJECT_HANDLE_INVALID);
  if (object->is_private() && !user_logged_in()) return Fail(CKR_OBJECT_HANDLE_INVALID);
  return object;
}

Done Slot::MayWrite(const Session& session, const Attributes& attributes) const {
  if (attributes.Flag(CKA_TOKEN) && !session.read_write) return Fail(CKR_SESSION_READ_ONLY);
  if (attributes.Flag(CKA_PRIVATE) && !user_logged_in()) return Fail(CKR_USER_NOT_LOGGED_IN);
  return {};
}

Ck<ObjectRef> Slot::Keep(const Session& session, Attributes attributes, MaterialRef material,
                         const KeyId& id, SecretRef value) {
  attributes.Set(CKA_UNIQUE_ID, TextValue(ToString(id)));
  if (!attributes.Flag(CKA_TOKEN)) {
    return objects_.Add({.handle = CK_INVALID_HANDLE,
                         .id = id,
                         .owner = session.handle,
                         .revision = 0,
                         .attributes = std::move(attributes),
                         .material = std::move(material),
                         .value = std::move(value)});
  }
  StoredObject stored = TRY(token_->Put({.id = id,
                                         .revision = 0,
                                         .attributes = std::move(attributes),
                                         .material = std::move(material),
                                         .value = std::move(value)}));
  return objects_.Add({.handle = CK_INVALID_HANDLE,
                       .id = id,
                       .owner = CK_INVALID_HANDLE,
                       .revision = stored.revision,
                       .attributes = std::move(stored.attributes),
                       .material = std::move(stored.material),
                       .value = nullptr});
}

Ck<SecretBytes> Slot::ValueOf(const Object& object) {
  if (object.on_token()) return token_->Value(object.id);
  if (object.value == nullptr) return SecretBytes();
  return TRY(object.value->Clone());
}

Done Slot::Change(const ObjectRef& object, Attributes attributes, SecretRef value) {
  Object changed = *object;
  changed.attributes = std::move(attributes);
  if (object->on_token()) {
    const StoredObject stored = TRY(token_->Put({.id = changed.id,
                                                 .revision = changed.revision,
                                                 .attributes = changed.attributes,
                                                 .material = changed.material,
                                                 .value = std::move(value)}));
    changed.revision = stored.revision;
  } else if (value != nullptr) {
    changed.value = std::move(value);
  }
  objects_.Replace(std::move(changed));
  return {};
}

Done Slot::Destroy(const ObjectRef& object) {
  if (object->on_token()) TRY(token_->Destroy(object->id));
  objects_.Remove(object->handle);
  return {};
}

}  // namespace vallum::p11
