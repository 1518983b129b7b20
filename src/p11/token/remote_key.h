// SPDX-License-Identifier: Apache-2.0
// A key that a server keeps and uses for us, one version of it. What is hashed before it is signed is hashed
// here, so that no message is longer than a digest on its way.
#pragma once

#include "p11/core/usable_key.h"
#include "p11/token/remote_answers.h"
#include "remote/pool.h"

namespace vallum::p11 {

/// MakeRemoteKey uses `key` by way of `pool`. Answers that do not fit are kNetwork; what the caller may not do
/// with the key is kKeyUsage, a key or version that is gone kKeyState.
UsableKeyRef MakeRemoteKey(module::Module& module, std::shared_ptr<remote::Pool> pool,
                           ServerKey key);

}  // namespace vallum::p11
