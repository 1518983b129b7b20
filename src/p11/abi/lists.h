// SPDX-License-Identifier: Apache-2.0
// The tables that C_GetFunctionList and C_GetInterface hand out.
#pragma once

#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

extern const CK_FUNCTION_LIST kFunctions240;
extern const CK_FUNCTION_LIST_3_0 kFunctions30;
extern const CK_FUNCTION_LIST_3_2 kFunctions32;

}  // namespace vallum::p11
