// SPDX-License-Identifier: Apache-2.0
// The ways to the function tables: the only functions that work before C_Initialize.
#include <array>
#include <cstring>

#include "p11/abi/guard.h"
#include "p11/abi/lists.h"

namespace vallum::p11 {
namespace {

// The interface's own types are not const; nobody may write to what they point at.
CK_VOID_PTR Mutable(const void* table) { return const_cast<CK_VOID_PTR>(table); }

CK_UTF8CHAR kName[] = "PKCS 11";  // NOLINT(readability-identifier-naming): handed out as not const

// In the order of preference: the first is what a caller without a wish gets.
std::array<CK_INTERFACE, 3>& Interfaces() {
  static std::array<CK_INTERFACE, 3> all = {{{kName, Mutable(&kFunctions32), 0},
                                             {kName, Mutable(&kFunctions30), 0},
                                             {kName, Mutable(&kFunctions240), 0}}};
  return all;
}

bool Fits(const CK_INTERFACE& one, const CK_UTF8CHAR* name, const CK_VERSION* version,
          CK_FLAGS flags) {
  const auto* own = static_cast<const CK_VERSION*>(one.pFunctionList);
  const char* wanted = reinterpret_cast<const char*>(name);
  if (name != nullptr && std::strcmp(wanted, reinterpret_cast<const char*>(kName)) != 0)
    return false;
  if (version != nullptr && (version->major != own->major || version->minor != own->minor)) {
    return false;
  }
  return (flags & one.flags) == flags;
}

}  // namespace
}  // namespace vallum::p11

using vallum::p11::Guard;
using vallum::p11::Interfaces;

extern "C" {

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR ppFunctionList) {
  if (ppFunctionList == nullptr) return CKR_ARGUMENTS_BAD;
  *ppFunctionList = const_cast<CK_FUNCTION_LIST_PTR>(&vallum::p11::kFunctions240);
  return CKR_OK;
}

CK_RV C_GetInterfaceList(CK_INTERFACE_PTR pInterfacesList, CK_ULONG_PTR pulCount) {
  return Guard([&]() -> CK_RV {
    if (pulCount == nullptr) return CKR_ARGUMENTS_BAD;
    const auto& all = Interfaces();
    const bool room = pInterfacesList == nullptr || *pulCount >= all.size();
    *pulCount = all.size();
    if (!room) return CKR_BUFFER_TOO_SMALL;
    if (pInterfacesList != nullptr) std::copy(all.begin(), all.end(), pInterfacesList);
    return CKR_OK;
  });
}

CK_RV C_GetInterface(CK_UTF8CHAR_PTR pInterfaceName, CK_VERSION_PTR pVersion,
                     CK_INTERFACE_PTR_PTR ppInterface, CK_FLAGS flags) {
  return Guard([&]() -> CK_RV {
    if (ppInterface == nullptr) return CKR_ARGUMENTS_BAD;
    for (CK_INTERFACE& one : Interfaces()) {
      if (!vallum::p11::Fits(one, pInterfaceName, pVersion, flags)) continue;
      *ppInterface = &one;
      return CKR_OK;
    }
    return CKR_FUNCTION_FAILED;
  });
}

}  // extern "C"
