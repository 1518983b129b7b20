// SPDX-License-Identifier: Apache-2.0
// The embedded token: one SQLite file, used by any number of processes at once, no server.
#pragma once

#include <filesystem>
#include <memory>

#include "p11/token/token.h"

namespace vallum::p11 {

/// MakeEmbeddedToken is the token kept at `path`; the file need not exist. `module` outlives the token.
std::unique_ptr<Token> MakeEmbeddedToken(module::Module& module, std::filesystem::path path);

}  // namespace vallum::p11
