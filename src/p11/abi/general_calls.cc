// SPDX-License-Identifier: Apache-2.0
// C_Initialize to C_GetMechanismInfo: the library, its slots and tokens.
#include <algorithm>
#include <cstring>

#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {
namespace {

constexpr CK_VERSION kLibraryVersion = {0, 1};

// Cryptoki's texts have no end, but blanks.
template <std::size_t size>
void SetText(CK_BYTE (&out)[size], std::string_view text) {
  std::ranges::fill(out, ' ');
  std::ranges::copy(text.substr(0, size), out);
}

Ck<std::string_view> ArgumentOf(CK_VOID_PTR given) {
  if (given == nullptr) return std::string_view();
  CK_C_INITIALIZE_ARGS arguments;
  std::memcpy(&arguments, given, sizeof(arguments));
  const int callbacks = (arguments.CreateMutex != nullptr) + (arguments.DestroyMutex != nullptr) +
                        (arguments.LockMutex != nullptr) + (arguments.UnlockMutex != nullptr);
  if (callbacks != 0 && callbacks != 4) return Fail(CKR_ARGUMENTS_BAD);
  // Only the system's own locks are used; who insists on others cannot be served.
  if (callbacks == 4 && (arguments.flags & CKF_OS_LOCKING_OK) == 0) return Fail(CKR_CANT_LOCK);
  if (arguments.pReserved == nullptr) return std::string_view();
  return std::string_view(static_cast<const char*>(arguments.pReserved));
}

CK_FLAGS PinFlags(const PinState& pin, CK_FLAGS low, CK_FLAGS last, CK_FLAGS locked) {
  if (pin.failures >= kMostPinFailures) return locked;
  if (pin.failures + 1 == kMostPinFailures) return low | last;
  return pin.failures != 0 ? low : 0;
}

CK_FLAGS FlagsOf(const TokenInfo& info, const Slot& slot) {
  CK_FLAGS flags = CKF_RNG;
  if (slot.needs_login()) flags |= CKF_LOGIN_REQUIRED;
  if (info.initialised) flags |= CKF_TOKEN_INITIALIZED;
  if (info.user.is_set) flags |= CKF_USER_PIN_INITIALIZED;
  flags |= PinFlags(info.user, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
  flags |= PinFlags(info.officer, CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
  return flags;
}

CK_TOKEN_INFO Describe(const TokenInfo& info, const Slot& slot) {
  CK_TOKEN_INFO out{};
  SetText(out.label, info.label);
  SetText(out.manufacturerID, "Vallum");
  SetText(out.model, info.model);
  SetText(out.serialNumber, info.serial);
  out.flags = FlagsOf(info, slot);
  out.ulMaxSessionCount = out.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
  out.ulSessionCount = slot.sessions();
  out.ulRwSessionCount = slot.writing_sessions();
  out.ulMaxPinLen = kLongestPin;
  out.ulMinPinLen = kShortestPin;
  out.ulTotalPublicMemory = out.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
  out.ulTotalPrivateMemory = out.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
  out.hardwareVersion = out.firmwareVersion = kLibraryVersion;
  SetText(out.utcTime, "");
  return out;
}

}  // namespace

namespace calls {

CK_RV Initialize(CK_VOID_PTR pInitArgs) {
  const auto argument = ArgumentOf(pInitArgs);
  if (!argument) return argument.error().value;
  return ToRv(Install(*argument));
}

CK_RV Finalize(CK_VOID_PTR pReserved) {
  if (pReserved != nullptr) return CKR_ARGUMENTS_BAD;
  return ToRv(Uninstall());
}

CK_RV GetInfo(CK_INFO_PTR pInfo) {
  return InLibrary([&](Library&) -> Done {
    if (pInfo == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    CK_INFO info{};
    info.cryptokiVersion = {CRYPTOKI_VERSION_MAJOR, CRYPTOKI_VERSION_MINOR};
    SetText(info.manufacturerID, "Vallum");
    SetText(info.libraryDescription, "Vallum PKCS #11");
    info.libraryVersion = kLibraryVersion;
    *pInfo = info;
    return {};
  });
}

CK_RV GetSlotList(CK_BBOOL, CK_SLOT_ID_PTR pSlotList, CK_ULONG_PTR pulCount) {
  return InLibrary([&](Library& library) -> Done {
    if (TRY(WishOf(pSlotList, pulCount, library.slots().size())) == Wish::kSize) return {};
    *pulCount = library.slots().size();
    for (const auto& slot : library.slots()) *pSlotList++ = slot->id();
    return {};
  });
}

CK_RV GetSlotInfo(CK_SLOT_ID slotID, CK_SLOT_INFO_PTR pInfo) {
  return InLibrary([&](Library& library) -> Done {
    if (pInfo == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Slot* slot = TRY(library.FindSlot(slotID));
    CK_SLOT_INFO info{};
    SetText(info.slotDescription, slot->description());
    SetText(info.manufacturerID, "Vallum");
    info.flags = CKF_TOKEN_PRESENT;
    info.hardwareVersion = info.firmwareVersion = kLibraryVersion;
    *pInfo = info;
    return {};
  });
}

CK_RV GetTokenInfo(CK_SLOT_ID slotID, CK_TOKEN_INFO_PTR pInfo) {
  return InLibrary([&](Library& library) -> Done {
    if (pInfo == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    Slot* slot = TRY(library.FindSlot(slotID));
    *pInfo = Describe(TRY(slot->token().Info()), *slot);
    return {};
  });
}

CK_RV GetMechanismList(CK_SLOT_ID slotID, CK_MECHANISM_TYPE_PTR pMechanismList,
                       CK_ULONG_PTR pulCount) {
  return InLibrary([&](Library& library) -> Done {
    TRY(library.FindSlot(slotID));
    if (TRY(WishOf(pMechanismList, pulCount, kMechanisms.size())) == Wish::kSize) return {};
    *pulCount = kMechanisms.size();
    for (const MechanismRow& row : kMechanisms) *pMechanismList++ = row.mechanism;
    return {};
  });
}

CK_RV GetMechanismInfo(CK_SLOT_ID slotID, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR pInfo) {
  return InLibrary([&](Library& library) -> Done {
    if (pInfo == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    TRY(library.FindSlot(slotID));
    const MechanismRow* row = FindMechanism(type);
    if (row == nullptr) return Fail(CKR_MECHANISM_INVALID);
    *pInfo = {row->least, row->most, row->flags};
    return {};
  });
}

CK_RV WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR pSlot, CK_VOID_PTR pReserved) {
  return InLibrary([&](Library& library) -> Done {
    if (pSlot == nullptr || pReserved != nullptr) return Fail(CKR_ARGUMENTS_BAD);
    // No token comes or goes (one whose server is away is there, and
    // fails), so there is nothing to tell before the end.
    if ((flags & CKF_DONT_BLOCK) != 0) return Fail(CKR_NO_EVENT);
    WaitForUninstall(library);
    return Fail(CKR_CRYPTOKI_NOT_INITIALIZED);
  });
}

}  // namespace calls
}  // namespace vallum::p11
