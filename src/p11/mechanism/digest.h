// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "p11/mechanism/operation.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

/// BeginDigest is CKR_MECHANISM_PARAM_INVALID for any parameter.
Ck<std::unique_ptr<Digester>> BeginDigest(module::Module& module, const MechanismRow& row,
                                          ByteSpan parameter);

}  // namespace vallum::p11
