// SPDX-License-Identifier: Apache-2.0
// What the token asks its server for, besides the use of keys.
#pragma once

#include <string>
#include <vector>

#include "p11/token/remote_answers.h"
#include "remote/pool.h"

namespace vallum::p11 {

/// ListServerKeys and ListServerObjects follow the pages to their end.
Result<std::vector<ServerKey>> ListServerKeys(remote::Pool& pool);
Result<std::vector<ServerObject>> ListServerObjects(remote::Pool& pool, std::string_view prefix);

Result<Bytes> ReadServerPublicKey(remote::Pool& pool, const ServerKey& key);

/// CreateServerKey is kAlreadyExists when the name was ever used. Asked once: should the answer get lost, the
/// key may be there all the same.
Result<ServerKey> CreateServerKey(remote::Pool& pool, std::string_view name,
                                  module::Algorithm algorithm, module::Usages usages);
/// DestroyServerKey destroys all versions up to the one that `key` names.
Status DestroyServerKey(remote::Pool& pool, const ServerKey& key);

/// PutServerObject gives the new revision; kConflict when `revision` (0: none) is not what is there.
Result<std::uint64_t> PutServerObject(remote::Pool& pool, std::string_view name, ByteSpan value,
                                      std::uint64_t revision);
/// DeleteServerObject is also ok when it was gone.
Status DeleteServerObject(remote::Pool& pool, std::string_view name);

}  // namespace vallum::p11
