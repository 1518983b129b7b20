// SPDX-License-Identifier: Apache-2.0
// Cryptoki, for C and C++: types by hand, constants and functions from the lists beside this file.
#pragma once

#include "p11/cryptoki/constants.h"
#include "p11/cryptoki/functions.h"
#include "p11/cryptoki/types.h"
