// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption: AES-GCM (SP 800-38D) and RSA-OAEP (SP 800-56B).
#include "module/impl.h"
#include "module/scheme_map.h"
#include "ossl/oaep.h"

namespace vallum::module {
namespace {

Status RequireRsa(const Key& key) {
  if (key.facts().family == Family::kRsa) return {};
  return Unsupported("the key is no RSA key, and OAEP needs one");
}

Status CheckGcmSizes(ByteSpan iv, ByteSpan tag) {
  if (iv.size() == ossl::kGcmIvSize && tag.size() == ossl::kGcmTagSize) return {};
  return InvalidArgument("AES-GCM needs an IV of 12 bytes and a tag of 16 bytes");
}

}  // namespace

Status Module::GrantInvocations(Key& key, std::uint64_t used, std::uint64_t total) {
  ServiceRecord record(*impl_, Management::kGrantInvocations);
  record.Concern(key.attributes().id);
  Gate::Pass pass = TRY(impl_->gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(key.CheckLive());
  key.Grant(used, total);
  TRY(impl_->gate.Commit(std::move(pass)));
  record.Succeed();
  return {};
}

Result<Indicator> Module::EncryptInto(Key& key, ByteSpan plaintext, ByteSpan aad,
                                      MutableByteSpan iv, MutableByteSpan ciphertext,
                                      MutableByteSpan tag) {
  if (ciphertext.size() != plaintext.size()) {
    return InvalidArgument("the room for the ciphertext must be as long as the plaintext");
  }
  TRY(CheckGcmSizes(iv, tag));
  ServiceCall call(*impl_,
                   {.operation = Operation::kEncrypt, .key = &key, .scheme = Scheme::kAesGcm});
  TRY(call.Begin());
  const ossl::GcmKey* gcm = TRY(call.Examine(key.aes()->Gcm()));
  TRY(key.TakeInvocation());
  TRY(call.Examine(gcm->Encrypt(plaintext, aad, {iv, ciphertext, tag})));
  Result<Indicator> indicator = call.End();
  if (!indicator) {
    for (const MutableByteSpan made : {iv, ciphertext, tag}) Wipe(made.data(), made.size());
  }
  return indicator;
}

Result<Approved<Ciphertext>> Module::Encrypt(Key& key, ByteSpan plaintext, ByteSpan aad) {
  Ciphertext out;
  out.data.resize(plaintext.size());
  const Indicator indicator = TRY(EncryptInto(key, plaintext, aad, out.iv, out.data, out.tag));
  return Approved<Ciphertext>{std::move(out), indicator};
}

Result<Indicator> Module::DecryptInto(Key& key, ByteSpan iv, ByteSpan ciphertext, ByteSpan tag,
                                      ByteSpan aad, MutableByteSpan plaintext) {
  if (plaintext.size() != ciphertext.size()) {
    return InvalidArgument("the room for the plaintext must be as long as the ciphertext");
  }
  TRY(CheckGcmSizes(iv, tag));
  ServiceCall call(*impl_,
                   {.operation = Operation::kDecrypt, .key = &key, .scheme = Scheme::kAesGcm});
  TRY(call.Begin());
  const ossl::GcmKey* gcm = TRY(call.Examine(key.aes()->Gcm()));
  TRY(call.Examine(gcm->Decrypt(iv, ciphertext, tag, aad, plaintext)));
  Result<Indicator> indicator = call.End();
  if (!indicator) Wipe(plaintext.data(), plaintext.size());
  return indicator;
}

Result<Approved<SecretBytes>> Module::Decrypt(Key& key, ByteSpan iv, ByteSpan ciphertext,
                                              ByteSpan tag, ByteSpan aad) {
  SecretBytes plaintext = TRY(SecretBytes::Create(ciphertext.size()));
  const Indicator indicator =
      TRY(DecryptInto(key, iv, ciphertext, tag, aad, plaintext.mutable_span()));
  return Approved<SecretBytes>{std::move(plaintext), indicator};
}

Result<Approved<Bytes>> Module::EncryptOaep(Key& key, Scheme scheme, ByteSpan plaintext) {
  TRY(RequireRsa(key));
  ServiceCall call(*impl_, {.operation = Operation::kEncrypt, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  Bytes ciphertext =
      TRY(call.Examine(ossl::EncryptOaep(*key.pair(), HashOf(call.scheme()), plaintext)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(ciphertext), indicator};
}

Result<Approved<SecretBytes>> Module::DecryptOaep(Key& key, Scheme scheme, ByteSpan ciphertext) {
  TRY(RequireRsa(key));
  ServiceCall call(*impl_, {.operation = Operation::kDecrypt, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  SecretBytes plaintext =
      TRY(call.Examine(ossl::DecryptOaep(*key.pair(), HashOf(call.scheme()), ciphertext)));
  const Indicator indicator = TRY(call.End());
  return Approved<SecretBytes>{std::move(plaintext), indicator};
}

}  // namespace vallum::module
