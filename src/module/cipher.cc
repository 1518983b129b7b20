// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption of a whole message in any mode of AES.
#include "module/cipher_call.h"
#include "module/impl.h"

namespace vallum::module {
namespace {

using ossl::Direction;

Status EncryptGcm(Key& key, const CipherParameters& parameters, ByteSpan plaintext,
                  Encrypted& out) {
  const ossl::GcmKey* gcm = TRY(key.aes()->Gcm());
  out.data.resize(plaintext.size());
  out.tag.resize(parameters.tag_size);
  if (!out.iv.empty()) {
    return gcm->EncryptWithIv(out.iv, plaintext, parameters.aad, out.data, out.tag);
  }
  out.iv.resize(ossl::kGcmIvSize);
  out.tag.resize(ossl::kGcmTagSize);
  TRY(gcm->Encrypt(plaintext, parameters.aad, {out.iv, out.data, out.tag}));
  out.tag.resize(parameters.tag_size);
  return {};
}

Status EncryptCcm(Key& key, const CipherParameters& parameters, ByteSpan plaintext,
                  Encrypted& out) {
  const ossl::CcmKey* ccm = TRY(key.aes()->Ccm());
  out.data.resize(plaintext.size());
  out.tag.resize(parameters.tag_size);
  return ccm->Encrypt({out.iv, parameters.aad}, plaintext, out.data, out.tag);
}

}  // namespace

Status EncryptAny(Key& key, const CipherRules& rules, const CipherParameters& parameters,
                  ByteSpan plaintext, Encrypted& out) {
  if (rules.mode == ossl::Mode::kGcm) return EncryptGcm(key, parameters, plaintext, out);
  if (rules.mode == ossl::Mode::kCcm) return EncryptCcm(key, parameters, plaintext, out);
  const ossl::CipherKey* cipher = TRY(key.aes()->Cipher(rules.mode));
  const ossl::Fill fill = FillOf(rules.scheme);
  out.data.resize(plaintext.size() + (fill == ossl::Fill::kPkcs7 ? ossl::kAesBlock : 0));
  out.data.resize(TRY(cipher->Run(Direction::kEncrypt, out.iv, fill, plaintext, out.data)));
  return {};
}

Result<std::size_t> DecryptAny(Key& key, const CipherRules& rules,
                               const CipherParameters& parameters, ByteSpan ciphertext,
                               ByteSpan tag, MutableByteSpan plaintext) {
  if (rules.mode == ossl::Mode::kGcm) {
    const ossl::GcmKey* gcm = TRY(key.aes()->Gcm());
    TRY(gcm->Decrypt(parameters.iv, ciphertext, tag, parameters.aad, plaintext));
    return ciphertext.size();
  }
  if (rules.mode == ossl::Mode::kCcm) {
    const ossl::CcmKey* ccm = TRY(key.aes()->Ccm());
    TRY(ccm->Decrypt({parameters.iv, parameters.aad}, ciphertext, tag, plaintext));
    return ciphertext.size();
  }
  const ossl::CipherKey* cipher = TRY(key.aes()->Cipher(rules.mode));
  return cipher->Run(Direction::kDecrypt, parameters.iv, FillOf(rules.scheme), ciphertext,
                     plaintext);
}

Result<Approved<Encrypted>> Module::EncryptWith(Key& key, const CipherParameters& parameters,
                                                ByteSpan plaintext) {
  ServiceCall call(*impl_,
                   {.operation = Operation::kEncrypt, .key = &key, .scheme = parameters.scheme});
  TRY(call.Begin());
  const CipherRules* rules =
      TRY(OpenCipherCall(call, {Direction::kEncrypt, parameters, parameters.tag_size}));
  TRY(CheckDataSize(*rules, Direction::kEncrypt, plaintext.size()));
  Encrypted out;
  out.iv = TRY(call.Examine(TakeIv(*impl_, key, *rules, parameters.iv)));
  TRY(call.Examine(EncryptAny(key, *rules, parameters, plaintext, out)));
  const Indicator indicator = TRY(call.End());
  return Approved<Encrypted>{std::move(out), indicator};
}

Result<Approved<SecretBytes>> Module::DecryptWith(Key& key, const CipherParameters& parameters,
                                                  ByteSpan ciphertext, ByteSpan tag) {
  ServiceCall call(*impl_,
                   {.operation = Operation::kDecrypt, .key = &key, .scheme = parameters.scheme});
  TRY(call.Begin());
  const CipherRules* rules =
      TRY(OpenCipherCall(call, {Direction::kDecrypt, parameters, tag.size()}));
  TRY(CheckDataSize(*rules, Direction::kDecrypt, ciphertext.size()));
  SecretBytes room = TRY(SecretBytes::Create(ciphertext.size()));
  const std::size_t size =
      TRY(call.Examine(DecryptAny(key, *rules, parameters, ciphertext, tag, room.mutable_span())));
  SecretBytes plaintext =
      size == room.size() ? std::move(room) : TRY(SecretBytes::CopyOf(room.span().first(size)));
  const Indicator indicator = TRY(call.End());
  return Approved<SecretBytes>{std::move(plaintext), indicator};
}

}  // namespace vallum::module
