// SPDX-License-Identifier: Apache-2.0
// What every C_...Init checks: mechanism, key, permission.
#pragma once

#include "p11/core/slot.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

/// Selected is a mechanism that may be used with a key.
struct Selected {
  const MechanismRow* row = nullptr;
  ByteSpan parameter;
  ObjectRef key;  ///< null for mechanisms without
};

/// SelectMechanism is CKR_MECHANISM_INVALID for what the table does not offer for `flag` (a CKF_).
Ck<Selected> SelectMechanism(CK_MECHANISM_PTR mechanism, CK_FLAGS flag);

/// Select adds the key: CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT,
/// CKR_KEY_FUNCTION_NOT_PERMITTED without `permission` (a CKA_), CKR_MECHANISM_INVALID when its
/// CKA_ALLOWED_MECHANISMS do not have it.
Ck<Selected> Select(const Session& session, CK_MECHANISM_PTR mechanism, CK_FLAGS flag,
                    CK_OBJECT_HANDLE key, CK_OBJECT_CLASS object_class,
                    CK_ATTRIBUTE_TYPE permission);

/// KeyOf finds a key of any class.
Ck<ObjectRef> KeyOf(const Session& session, CK_OBJECT_HANDLE handle);

}  // namespace vallum::p11
