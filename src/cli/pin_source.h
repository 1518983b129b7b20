// SPDX-License-Identifier: Apache-2.0
// PINs: from a file, or typed on a terminal. Never from the command line, which others can read.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace vallum::cli {

/// ReadPin reads the first line of `file` (mode 0600, kPermissionDenied otherwise), or asks for `whose` PIN on
/// the terminal without showing it. kInvalidArgument when there is neither: the message names `option`.
Result<SecretBytes> ReadPin(const std::string& file, std::string_view whose,
                            std::string_view option);

}  // namespace vallum::cli
