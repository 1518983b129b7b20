// SPDX-License-Identifier: Apache-2.0
#include "p11/core/usable_key.h"

namespace vallum::p11 {
namespace {

Error NotThisKey() { return Unsupported("the key does not do that here"); }

class LocalKey final : public UsableKey {
 public:
  LocalKey(module::Module& module, module::KeyRef key) : module_(module), key_(std::move(key)) {}

  Made<Bytes> Sign(const Signing& what) override {
    if (what.is_digest) return module_.SignDigest(*key_, what.scheme, what.data);
    if (what.options == nullptr) return module_.Sign(*key_, what.scheme, what.data);
    return SignWith(module_, *key_, what.scheme, what.data, *what.options);
  }
  Result<module::Indicator> Verify(const Signing& what, ByteSpan signature) override {
    if (what.is_digest) return module_.VerifyDigest(*key_, what.scheme, what.data, signature);
    if (what.options == nullptr) return module_.Verify(*key_, what.scheme, what.data, signature);
    return VerifyWith(module_, *key_, what.scheme, what.data, signature, *what.options);
  }
  Made<Bytes> Mac(module::Scheme scheme, ByteSpan message) override {
    return module_.MacWith(*key_, {.scheme = scheme}, message);
  }
  Result<module::Indicator> VerifyMac(module::Scheme scheme, ByteSpan message,
                                      ByteSpan mac) override {
    return module_.VerifyMacWith(*key_, {.scheme = scheme}, message, mac);
  }
  Made<module::Encrypted> Encrypt(const module::CipherParameters& parameters,
                                  ByteSpan plaintext) override {
    return module_.EncryptWith(*key_, parameters, plaintext);
  }
  Made<SecretBytes> Decrypt(const module::CipherParameters& parameters, ByteSpan ciphertext,
                            ByteSpan tag) override {
    return module_.DecryptWith(*key_, parameters, ciphertext, tag);
  }
  Made<Bytes> EncryptOaep(module::Scheme scheme, ByteSpan plaintext) override {
    return module_.EncryptOaep(*key_, scheme, plaintext);
  }
  Made<SecretBytes> DecryptOaep(module::Scheme scheme, ByteSpan ciphertext) override {
    return module_.DecryptOaep(*key_, scheme, ciphertext);
  }
  Made<module::KeyRef> Decapsulate(ByteSpan ciphertext, const module::KeySpec& spec) override {
    return DecapsulateKey(module_, *key_, ciphertext, spec);
  }
  Result<module::KeyRef> Local() override { return key_; }

 private:
  module::Module& module_;
  module::KeyRef key_;
};

}  // namespace

UsableKey::Made<Bytes> UsableKey::Sign(const Signing&) { return NotThisKey(); }
Result<module::Indicator> UsableKey::Verify(const Signing&, ByteSpan) { return NotThisKey(); }
UsableKey::Made<Bytes> UsableKey::Mac(module::Scheme, ByteSpan) { return NotThisKey(); }
Result<module::Indicator> UsableKey::VerifyMac(module::Scheme, ByteSpan, ByteSpan) {
  return NotThisKey();
}
UsableKey::Made<module::Encrypted> UsableKey::Encrypt(const module::CipherParameters&, ByteSpan) {
  return NotThisKey();
}
UsableKey::Made<SecretBytes> UsableKey::Decrypt(const module::CipherParameters&, ByteSpan,
                                                ByteSpan) {
  return NotThisKey();
}
UsableKey::Made<Bytes> UsableKey::EncryptOaep(module::Scheme, ByteSpan) { return NotThisKey(); }
UsableKey::Made<SecretBytes> UsableKey::DecryptOaep(module::Scheme, ByteSpan) {
  return NotThisKey();
}
UsableKey::Made<module::KeyRef> UsableKey::Decapsulate(ByteSpan, const module::KeySpec&) {
  return NotThisKey();
}
Result<module::KeyRef> UsableKey::Local() { return NotThisKey(); }

UsableKeyRef MakeLocalKey(module::Module& module, module::KeyRef key) {
  return std::make_shared<LocalKey>(module, std::move(key));
}

}  // namespace vallum::p11
