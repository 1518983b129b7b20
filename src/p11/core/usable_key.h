// SPDX-License-Identifier: Apache-2.0
// UsableKey: what an operation needs of a key. Behind it stands a key that this process opened in the module,
// or one that another machine uses for us; no operation knows which.
#pragma once

#include <memory>

#include "module/module.h"

namespace vallum::p11 {

/// UsableKey is thread-safe. What a key does not do is kUnsupported; the other errors are the module's own,
/// whichever module it is, and those of the way there (kNetwork, kTls, kTimeout, kUnavailable).
class UsableKey {
 public:
  template <typename T>
  using Made = Result<module::Approved<T>>;

  /// What is signed or verified: a message, or a digest of the scheme's hash.
  struct Signing {
    module::Scheme scheme = module::Scheme::kDefault;
    ByteSpan data;
    bool is_digest = false;
    const module::SignatureOptions* options = nullptr;  ///< of a message; null: none
  };

  virtual ~UsableKey() = default;
  /// Sign makes ECDSA signatures as DER.
  virtual Made<Bytes> Sign(const Signing& what);
  virtual Result<module::Indicator> Verify(const Signing& what, ByteSpan signature);
  virtual Made<Bytes> Mac(module::Scheme scheme, ByteSpan message);
  virtual Result<module::Indicator> VerifyMac(module::Scheme scheme, ByteSpan message,
                                              ByteSpan mac);
  virtual Made<module::Encrypted> Encrypt(const module::CipherParameters& parameters,
                                          ByteSpan plaintext);
  virtual Made<SecretBytes> Decrypt(const module::CipherParameters& parameters, ByteSpan ciphertext,
                                    ByteSpan tag);
  virtual Made<Bytes> EncryptOaep(module::Scheme scheme, ByteSpan plaintext);
  virtual Made<SecretBytes> DecryptOaep(module::Scheme scheme, ByteSpan ciphertext);
  /// Decapsulate gives the shared secret as a key of this process's module.
  virtual Made<module::KeyRef> Decapsulate(ByteSpan ciphertext, const module::KeySpec& spec);
  /// Local is the key itself, for what goes on in this process only: streams, wrapping, agreement, export.
  virtual Result<module::KeyRef> Local();
};
using UsableKeyRef = std::shared_ptr<UsableKey>;

/// MakeLocalKey uses a key of this process's module, which outlives it.
UsableKeyRef MakeLocalKey(module::Module& module, module::KeyRef key);

}  // namespace vallum::p11
