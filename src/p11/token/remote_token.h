// SPDX-License-Identifier: Apache-2.0
// The token of a vallumd: its keys, used by way of its REST API with mutual TLS. Who the user is says the
// client certificate (docs/decisions/0017-what-a-pin-of-a-remote-token-is.md).
#pragma once

#include <memory>

#include "p11/config/config.h"
#include "p11/token/token.h"

namespace vallum::p11 {

/// MakeRemoteToken connects with the first use, not before. `module` outlives the token.
std::unique_ptr<Token> MakeRemoteToken(module::Module& module, RemoteConfig config);

}  // namespace vallum::p11
