// SPDX-License-Identifier: Apache-2.0
// Sessions, logins and PINs.
#include <algorithm>
#include <string>

#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"

namespace vallum::p11 {
namespace {

Ck<SecretBytes> ReadPin(const CK_UTF8CHAR* pin, CK_ULONG size) {
  // There is no other way to authenticate than by a PIN in memory.
  if (pin == nullptr) return Fail(CKR_ARGUMENTS_BAD);
  if (size > kLongestPin) return Fail(CKR_PIN_INCORRECT);
  return TRY(SecretBytes::CopyOf(ByteSpan(pin, size)));
}

Ck<SecretBytes> ReadNewPin(const CK_UTF8CHAR* pin, CK_ULONG size) {
  if (pin == nullptr) return Fail(CKR_ARGUMENTS_BAD);
  if (size < kShortestPin || size > kLongestPin) return Fail(CKR_PIN_LEN_RANGE);
  return TRY(SecretBytes::CopyOf(ByteSpan(pin, size)));
}

template <typename Operation>
void Cancel(CK_FLAGS flags, CK_FLAGS flag, std::unique_ptr<Operation>& operation) {
  if ((flags & flag) != 0) operation.reset();
}

}  // namespace

namespace calls {

CK_RV InitToken(CK_SLOT_ID slotID, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen,
                CK_UTF8CHAR_PTR pLabel) {
  return InLibrary([&](Library& library) -> Done {
    if (pLabel == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    Slot* slot = TRY(library.FindSlot(slotID));
    const SecretBytes pin = TRY(ReadNewPin(pPin, ulPinLen));
    std::string label(reinterpret_cast<const char*>(pLabel), 32);
    label.erase(label.find_last_not_of(' ') + 1);
    return slot->Initialise(pin, label);
  });
}

CK_RV InitPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (!session.slot.officer_logged_in()) return Fail(CKR_USER_NOT_LOGGED_IN);
    return session.slot.token().InitUserPin(TRY(ReadNewPin(pPin, ulPinLen)));
  });
}

CK_RV SetPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pOldPin, CK_ULONG ulOldLen,
             CK_UTF8CHAR_PTR pNewPin, CK_ULONG ulNewLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (!session.read_write) return Fail(CKR_SESSION_READ_ONLY);
    const SecretBytes old_pin = TRY(ReadPin(pOldPin, ulOldLen));
    const SecretBytes new_pin = TRY(ReadNewPin(pNewPin, ulNewLen));
    const User user = session.slot.officer_logged_in() ? User::kOfficer : User::kUser;
    return session.slot.token().SetPin(user, old_pin, new_pin);
  });
}

CK_RV OpenSession(CK_SLOT_ID slotID, CK_FLAGS flags, CK_VOID_PTR, CK_NOTIFY,
                  CK_SESSION_HANDLE_PTR phSession) {
  return InLibrary([&](Library& library) -> Done {
    if (phSession == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    if ((flags & CKF_SERIAL_SESSION) == 0) return Fail(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    if ((flags & CKF_ASYNC_SESSION) != 0) return Fail(CKR_SESSION_ASYNC_NOT_SUPPORTED);
    Slot* slot = TRY(library.FindSlot(slotID));
    if (!TRY(slot->token().Info()).initialised) return Fail(CKR_TOKEN_NOT_RECOGNIZED);
    TRY(slot->Refresh());
    const bool read_write = (flags & CKF_RW_SESSION) != 0;
    TRY(slot->Opened(read_write));
    *phSession = library.sessions().Open(*slot, read_write)->handle;
    return {};
  });
}

CK_RV CloseSession(CK_SESSION_HANDLE hSession) {
  return InLibrary([&](Library& library) { return library.CloseSession(hSession); });
}

CK_RV CloseAllSessions(CK_SLOT_ID slotID) {
  return InLibrary([&](Library& library) -> Done {
    Slot* slot = TRY(library.FindSlot(slotID));
    for (const CK_SESSION_HANDLE handle : library.sessions().HandlesOf(*slot)) {
      (void)library.CloseSession(handle);
    }
    return {};
  });
}

CK_RV GetSessionInfo(CK_SESSION_HANDLE hSession, CK_SESSION_INFO_PTR pInfo) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (pInfo == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const CK_FLAGS flags = CKF_SERIAL_SESSION | (session.read_write ? CKF_RW_SESSION : 0);
    *pInfo = {session.slot.id(), session.slot.StateOf(session), flags, 0};
    return {};
  });
}

CK_RV Login(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin,
            CK_ULONG ulPinLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (userType == CKU_CONTEXT_SPECIFIC) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    if (userType != CKU_SO && userType != CKU_USER) return Fail(CKR_USER_TYPE_INVALID);
    const SecretBytes pin = TRY(ReadPin(pPin, ulPinLen));
    return session.slot.LogIn(userType == CKU_SO ? User::kOfficer : User::kUser, pin);
  });
}

CK_RV LoginUser(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin,
                CK_ULONG ulPinLen, CK_UTF8CHAR_PTR pUsername, CK_ULONG ulUsernameLen) {
  // A token has one user and one officer, and neither has a name.
  if (ulUsernameLen != 0) return pUsername == nullptr ? CKR_ARGUMENTS_BAD : CKR_USER_TYPE_INVALID;
  return Login(hSession, userType, pPin, ulPinLen);
}

CK_RV Logout(CK_SESSION_HANDLE hSession) {
  return InSession(hSession, [&](Session& session) { return session.slot.LogOut(); });
}

CK_RV SessionCancel(CK_SESSION_HANDLE hSession, CK_FLAGS flags) {
  return InSession(hSession, [&](Session& session) -> Done {
    if ((flags & CKF_FIND_OBJECTS) != 0) session.searching = false;
    Cancel(flags, CKF_ENCRYPT, session.encryption);
    Cancel(flags, CKF_DECRYPT, session.decryption);
    Cancel(flags, CKF_DIGEST, session.digester);
    Cancel(flags, CKF_SIGN, session.signer);
    Cancel(flags, CKF_VERIFY, session.verifier);
    Cancel(flags, CKF_VERIFY, session.signature_verifier);
    Cancel(flags, CKF_MESSAGE_SIGN, session.message_signer);
    Cancel(flags, CKF_MESSAGE_VERIFY, session.message_verifier);
    Cancel(flags, CKF_MESSAGE_ENCRYPT, session.message_encryption);
    Cancel(flags, CKF_MESSAGE_DECRYPT, session.message_decryption);
    return {};
  });
}

CK_RV GetSessionValidationFlags(CK_SESSION_HANDLE hSession, CK_SESSION_VALIDATION_FLAGS_TYPE type,
                                CK_FLAGS_PTR pFlags) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (pFlags == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    if (type != CKS_LAST_VALIDATION_OK) return Fail(CKR_ARGUMENTS_BAD);
    *pFlags = session.last_approved ? CKS_LAST_VALIDATION_OK : 0;
    return {};
  });
}

}  // namespace calls
}  // namespace vallum::p11
