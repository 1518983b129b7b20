// SPDX-License-Identifier: Apache-2.0
// Signatures and MACs. What is hashed before it is signed is hashed in this process's module.
#pragma once

#include "p11/core/object.h"
#include "p11/mechanism/operation.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

/// BeginSign and BeginVerify take a row with CKF_SIGN and a key that fits it. CKR_MECHANISM_PARAM_INVALID
/// for a parameter that does not.
Ck<std::unique_ptr<Signer>> BeginSign(module::Module& module, const MechanismRow& row,
                                      ByteSpan parameter, const Object& key);
Ck<std::unique_ptr<Verifier>> BeginVerify(module::Module& module, const MechanismRow& row,
                                          ByteSpan parameter, const Object& key);

}  // namespace vallum::p11
