// SPDX-License-Identifier: Apache-2.0
// AES-GCM encryption with counted invocations (SP 800-38D, 8.3): blocks are reserved in the store
// before the module uses them, so that a crash can only burn some.
#pragma once

#include "service/core.h"

namespace vallum::service {

inline constexpr std::uint64_t kMaxInvocations = std::uint64_t{1} << 32;

/// CountedEncryption is what to encrypt, and where to: as Module::EncryptInto says.
struct CountedEncryption {
  ByteSpan plaintext;
  ByteSpan aad;
  MutableByteSpan iv;
  MutableByteSpan ciphertext;
  MutableByteSpan tag;
};

/// EncryptCounted encrypts with `version` of `key`, reserving invocations when it has none left.
/// kInvocationLimit: used up for good, rotate the key. Thread-safe: one thread reserves, the others
/// that need it wait.
Result<module::Indicator> EncryptCounted(Core& core, LoadedKey& key, std::uint32_t version,
                                         OpenVersion& open, const CountedEncryption& what);

}  // namespace vallum::service
