// SPDX-License-Identifier: Apache-2.0
// AesKey: the native forms of one AES key, one for each mode it is used in.
#pragma once

#include <array>
#include <memory>

#include "base/secret.h"
#include "module/approved_table.h"
#include "module/lazy.h"
#include "ossl/aead.h"
#include "ossl/ccm.h"
#include "ossl/cipher.h"
#include "ossl/mac.h"

namespace vallum::module {

/// IsAes tells the families that are AES in some mode.
constexpr bool IsAes(Family family) {
  switch (family) {
    case Family::kAes:
    case Family::kGcm:
    case Family::kCcm:
    case Family::kCbc:
    case Family::kCtr:
    case Family::kXts:
    case Family::kKw:
    case Family::kKwp:
    case Family::kCmac:
      return true;
    default:
      return false;
  }
}

/// AesKey is thread-safe. A key bound to a mode is scheduled at once and its bytes are forgotten; a
/// key of every mode keeps them and schedules each mode at its first use. Which mode a key may be
/// used in is decided before, by the approved table; here another one is kInternal.
class AesKey {
 public:
  /// Create is kInvalidArgument when the two halves of an XTS key are the same (FIPS 140-3 IG C.I).
  static Result<std::unique_ptr<AesKey>> Create(const ossl::ContextRef& context, Family family,
                                                ByteSpan material);

  Result<ossl::GcmKey*> Gcm();
  Result<ossl::CcmKey*> Ccm();
  Result<ossl::MacKey*> Cmac();
  /// Cipher is for CBC, CTR, ECB, XTS and the two key wraps.
  Result<ossl::CipherKey*> Cipher(ossl::Mode mode);

 private:
  explicit AesKey(ossl::ContextRef context) : context_(std::move(context)) {}
  Status Bind(Family family);
  Result<ByteSpan> Material() const;

  ossl::ContextRef context_;
  SecretBytes material_;
  Lazy<ossl::GcmKey> gcm_;
  Lazy<ossl::CcmKey> ccm_;
  Lazy<ossl::MacKey> cmac_;
  std::array<Lazy<ossl::CipherKey>, ossl::kModeCount> ciphers_;
};

}  // namespace vallum::module
