// SPDX-License-Identifier: Apache-2.0
#include "module/aes_key.h"

namespace vallum::module {
namespace {

// Requirement: xts-same-key
Status CheckXtsHalves(ByteSpan material) {
  const std::size_t half = material.size() / 2;
  if (!ConstantTimeEqual(material.first(half), material.subspan(half))) return {};
  return InvalidArgument("the two halves of an XTS key are the same; make a new key");
}

}  // namespace

Result<std::unique_ptr<AesKey>> AesKey::Create(const ossl::ContextRef& context, Family family,
                                               ByteSpan material) {
  if (family == Family::kXts) TRY(CheckXtsHalves(material));
  std::unique_ptr<AesKey> key(new AesKey(context));
  key->material_ = TRY(SecretBytes::CopyOf(material));
  if (family == Family::kAes) return key;
  TRY(key->Bind(family));
  key->material_ = SecretBytes();
  return key;
}

Status AesKey::Bind(Family family) {
  switch (family) {
    case Family::kGcm:
      TRY(Gcm());
      return {};
    case Family::kCcm:
      TRY(Ccm());
      return {};
    case Family::kCmac:
      TRY(Cmac());
      return {};
    case Family::kCbc:
      TRY(Cipher(ossl::Mode::kCbc));
      return {};
    case Family::kCtr:
      TRY(Cipher(ossl::Mode::kCtr));
      return {};
    case Family::kXts:
      TRY(Cipher(ossl::Mode::kXts));
      return {};
    case Family::kKw:
      TRY(Cipher(ossl::Mode::kKw));
      return {};
    case Family::kKwp:
      TRY(Cipher(ossl::Mode::kKwp));
      return {};
    default:
      return Internal("not a family of AES keys");
  }
}

Result<ByteSpan> AesKey::Material() const {
  if (!material_.empty()) return material_.span();
  return Internal("an AES key bound to one mode was asked for another");
}

Result<ossl::GcmKey*> AesKey::Gcm() {
  return gcm_.Get([this]() -> Result<std::unique_ptr<ossl::GcmKey>> {
    return ossl::GcmKey::Create(context_, TRY(Material()));
  });
}

Result<ossl::CcmKey*> AesKey::Ccm() {
  return ccm_.Get([this]() -> Result<std::unique_ptr<ossl::CcmKey>> {
    return ossl::CcmKey::Create(context_, TRY(Material()));
  });
}

Result<ossl::MacKey*> AesKey::Cmac() {
  return cmac_.Get([this]() -> Result<std::unique_ptr<ossl::MacKey>> {
    return ossl::MacKey::CreateCmac(context_, TRY(Material()));
  });
}

Result<ossl::CipherKey*> AesKey::Cipher(ossl::Mode mode) {
  auto& cipher = ciphers_[static_cast<std::size_t>(mode)];
  return cipher.Get([this, mode]() -> Result<std::unique_ptr<ossl::CipherKey>> {
    return ossl::CipherKey::Create(context_, mode, TRY(Material()));
  });
}

}  // namespace vallum::module
