// SPDX-License-Identifier: Apache-2.0
// vallum token import-softhsm: a token of SoftHSM2 into one of Vallum's.
#pragma once

#include <string>

#include "cli/context.h"
#include "cli/exit_code.h"
#include "cli/token_choice.h"

namespace vallum::cli {

/// SoftHsmSource is where the objects come from.
struct SoftHsmSource {
  std::string folder;  ///< of its tokens: directories.tokendir
  std::string label;   ///< empty: the only token there
  std::string pin_file;
  std::string library = "/usr/lib/softhsm/libsofthsm2.so";
};

/// ImportSoftHsm copies what can be copied and says of everything else why not. SoftHSM2 runs in a process
/// of its own, with its own libcrypto, and changes nothing in its folder. Keys leave it wrapped (RFC 5649)
/// under a key made for this one import; what is not extractable stays there. kNegative when something was
/// not taken or an attribute is another than before.
Result<ExitCode> ImportSoftHsm(Context& context, const TokenChoice& to, const std::string& pin_file,
                               const SoftHsmSource& from);

}  // namespace vallum::cli
