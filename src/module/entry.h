// SPDX-License-Identifier: Apache-2.0
// Plaintext entry and output of keys (ISO/IEC 19790 electronic entry and output), for clients within the
// same process. Part of the door; include module/module.h.
//
// Entered keys live in this process only: no blob, no id, version 0. Every key pair and public key is
// validated before it becomes a handle: kInvalidArgument for a point off the curve, an even or short
// modulus, a small exponent, halves that do not belong together, a value out of range, trailing bytes.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "module/module.h"

namespace vallum::module {

/// PrivateForm is how private key bytes are written.
enum class PrivateForm : std::uint8_t {
  kPkcs8,  ///< PrivateKeyInfo, DER (RFC 5958); every algorithm
  kSeed,  ///< FIPS 203: d, then z (64 bytes); FIPS 204: xi (32); FIPS 205: SK.seed, SK.prf, PK.seed
          ///< (3n); RFC 8032: 32 or 57 bytes. The key pair is generated from it, with its
          ///< pair-wise consistency test
  kExpanded,  ///< dk of FIPS 203, sk of FIPS 204 and 205
};

/// EnterKeyPair takes a private key and with it the public one.
Result<Approved<KeyRef>> EnterKeyPair(Module& module, const KeySpec& spec, PrivateForm form,
                                      const SecretBytes& bytes);

/// PublicForm is how public key bytes are written.
enum class PublicForm : std::uint8_t {
  kSpki,  ///< SubjectPublicKeyInfo, DER (RFC 5280); every algorithm
  kRaw,   ///< RFC 8032, FIPS 203 to 205: the public key string; EC: an uncompressed point (SEC 1)
};

/// EnterPublic takes somebody's public key. Its usages are verify, encrypt and encapsulate, or some of
/// them: kInvalidArgument for others. Empty usages: all that its algorithm has of these.
Result<Approved<KeyRef>> EnterPublic(Module& module, const KeySpec& spec, PublicForm form,
                                     ByteSpan bytes);

/// ExportSecretKey is the export gate for the plaintext of a symmetric key made extractable;
/// kNotExportable otherwise, kUnsupported for key pairs.
Result<Approved<SecretBytes>> ExportSecretKey(Module& module, const Key& key);

}  // namespace vallum::module
