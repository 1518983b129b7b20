// SPDX-License-Identifier: Apache-2.0
// Keys in and out under another key: AES-KW and AES-KWP (SP 800-38F). With certificate.cc's private key export,
// the only ways for key material to leave.
#include "module/impl.h"
#include "module/new_key.h"
#include "ossl/keywrap.h"

namespace vallum::module {
namespace {

ossl::Mode ModeOf(Scheme scheme) {
  return scheme == Scheme::kAesKw ? ossl::Mode::kKw : ossl::Mode::kKwp;
}

}  // namespace

Result<Approved<NewKey>> Module::UnwrapKey(Key& wrapping_key, ByteSpan wrapped, const KeySpec& spec,
                                           const KeyId& id, std::uint32_t version, Scheme scheme) {
  TRY(CheckVersion(version));
  const KeyAttributes attributes =
      TRY(AttributesFor(spec, Origin::kImportedWrapped, impl_->policy, id, version));
  ServiceCall call(*impl_,
                   {.operation = Operation::kUnwrap, .key = &wrapping_key, .scheme = scheme});
  TRY(call.Begin());
  call.Concern(id);
  TRY(call.BeginKey());
  const ossl::Mode mode = ModeOf(call.scheme());
  const ossl::CipherKey* cipher = TRY(call.Examine(wrapping_key.aes()->Cipher(mode)));
  const SecretBytes material = TRY(call.Examine(ossl::Unwrap(*cipher, mode, wrapped)));
  KeyRef key = TRY(EnterMaterial(*impl_, call, attributes, material.span()));
  Bytes blob = TRY(call.Examine(impl_->kek->Seal(key->attributes(), material.span())));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<NewKey>{{std::move(key), std::move(blob)}, indicator};
}

Result<Approved<Bytes>> Module::WrapKey(Key& wrapping_key, const Key& key, Scheme scheme) {
  ServiceCall call(*impl_, {.operation = Operation::kWrap, .key = &wrapping_key, .scheme = scheme});
  TRY(call.Begin());
  if (!key.attributes().extractable) {
    return Error(Code::kNotExportable,
                 "the key was not made extractable, so it never leaves the module");
  }
  TRY(key.CheckLive());
  const SecretBytes material = TRY(call.Examine(key.ExportMaterial()));
  const ossl::Mode mode = ModeOf(call.scheme());
  const ossl::CipherKey* cipher = TRY(call.Examine(wrapping_key.aes()->Cipher(mode)));
  Bytes wrapped = TRY(call.Examine(ossl::Wrap(*cipher, mode, material.span())));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(wrapped), indicator};
}

}  // namespace vallum::module
