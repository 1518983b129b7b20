// SPDX-License-Identifier: Apache-2.0
// What the AES adapters share: keys for every mode, and one case of a mode.
#pragma once

#include <optional>

#include "vectors/door.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// EnterAes enters a key for every mode but XTS, by its size: 16, 24 or 32 bytes.
Result<module::KeyRef> EnterAes(ByteSpan key);

/// AesCase is a message in one mode and what it is encrypted to.
struct AesCase {
  module::Scheme scheme;
  ByteSpan key;
  ByteSpan iv;
  ByteSpan aad;
  ByteSpan plaintext;
  ByteSpan ciphertext;
  ByteSpan tag;
};

/// WeakTag is what a GCM or CCM tag of that size makes the indicator say.
std::uint32_t WeakTag(module::Scheme scheme, std::size_t size);

/// CheckBothWays encrypts and decrypts with the file's IV. An encryption in GCM is then not approved
/// (its IV is not the module's), and that is the verdict on the case.
Result<Verdict> CheckBothWays(const AesCase& one);
/// CheckRefused demands that the ciphertext is refused, with `code`.
Result<Verdict> CheckRefused(const AesCase& one, Code code);

/// EncryptAes and DecryptAes are for cases that have one direction only.
Result<module::Approved<module::Encrypted>> EncryptAes(module::Key& key, const AesCase& one,
                                                       std::size_t tag_size);
Result<module::Approved<SecretBytes>> DecryptAes(module::Key& key, const AesCase& one);

}  // namespace vallum::vectors
