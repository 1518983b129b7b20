// SPDX-License-Identifier: Apache-2.0
// Library: the one state of the process behind the C functions, and the way in.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "p11/config/config.h"
#include "p11/core/rv.h"
#include "p11/core/session.h"
#include "p11/core/slot.h"

namespace vallum::p11 {

/// Library is made by C_Initialize and gone with C_Finalize. A forked child has none.
class Library {
 public:
  static Ck<std::unique_ptr<Library>> Start(std::string_view argument);

  Ck<Slot*> FindSlot(CK_SLOT_ID id);
  std::vector<std::unique_ptr<Slot>>& slots() { return slots_; }
  SessionTable& sessions() { return sessions_; }
  /// CloseSession ends everything that the session had.
  Done CloseSession(CK_SESSION_HANDLE handle);

 private:
  std::vector<std::unique_ptr<Slot>> slots_;
  SessionTable sessions_;
};

/// Install and Uninstall are C_Initialize and C_Finalize: CKR_CRYPTOKI_ALREADY_INITIALIZED,
/// CKR_CRYPTOKI_NOT_INITIALIZED. Uninstall waits until no call uses the library.
Done Install(std::string_view argument);
Done Uninstall();

/// WaitForUninstall returns when C_Finalize takes `library` away.
void WaitForUninstall(Library& library);

/// Entered keeps the library in place while a call uses it.
class Entered {
 public:
  Entered();
  ~Entered();
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  Library* library() const { return library_; }

 private:
  std::atomic<std::uint64_t>* count_;
  Library* library_;
};

/// InLibrary runs `call` with the library; CKR_CRYPTOKI_NOT_INITIALIZED without one.
template <typename Call>
CK_RV InLibrary(Call&& call) {
  const Entered entered;
  if (entered.library() == nullptr) return CKR_CRYPTOKI_NOT_INITIALIZED;
  return ToRv(call(*entered.library()));
}

/// InSession runs `call` with a session, which no other thread uses meanwhile.
template <typename Call>
CK_RV InSession(CK_SESSION_HANDLE handle, Call&& call) {
  return InLibrary([&](Library& library) -> Done {
    const SessionPtr session = library.sessions().Find(handle);
    if (session == nullptr) return Fail(CKR_SESSION_HANDLE_INVALID);
    const std::lock_guard lock(session->mutex);
    if (session->closed) return Fail(CKR_SESSION_HANDLE_INVALID);
    return call(*session);
  });
}

}  // namespace vallum::p11
