// SPDX-License-Identifier: Apache-2.0
// What the ways to get a new key share.
#pragma once

#include "module/impl.h"

namespace vallum::module {

/// AttributesFor turns a wish into attributes: no usages means all that the algorithm has.
/// kInvalidArgument for usages that the algorithm has not.
Result<KeyAttributes> AttributesFor(const KeySpec& spec, Origin origin, Policy policy,
                                    const KeyId& id, std::uint32_t version);

/// MaterialSize is how many bytes a new symmetric key of `spec` has, 0 for a key pair. kInvalidArgument
/// when it asks for another size than the algorithm's.
Result<std::size_t> MaterialSize(const KeySpec& spec);

/// CheckVersion is kInvalidArgument for version 0, which no stored key has.
Status CheckVersion(std::uint32_t version);

/// EnterMaterial makes a key of material from outside, objecting to short keys before the provider
/// sees them. It begins the entry of a key; the caller ends it with CommitKey.
Result<KeyRef> EnterMaterial(Module::Impl& impl, ServiceCall& call, const KeyAttributes& attributes,
                             ByteSpan material);

}  // namespace vallum::module
