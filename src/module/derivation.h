// SPDX-License-Identifier: Apache-2.0
// Derivation of keys from a key or a password. Part of the door; include module/module.h.
//
//   const Hkdf how{.hash = DigestAlgorithm::kSha256, .salt = salt, .info = ToBytes(AsBytes("disk"))};
//   auto made = TRY(DeriveKey(*module, *secret, how, {.algorithm = Algorithm::kAes256Gcm}, id, 1));
//
// The base key is a generic-secret with Usage::kDerive. Not approved, so refused under policy `only`
// (kNotApproved) and flagged otherwise: a base key or an output below 112 bits (SP 800-131A;
// Reason::kShortKey), and parameters below the bounds of the standard (Reason::kWeakParameters).
#pragma once

#include <cstdint>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "module/module.h"

namespace vallum::module {

/// Hkdf is the two-step derivation of SP 800-56C (RFC 5869). An extract gives exactly as many bytes as
/// the hash has; an empty salt stands for zeros.
struct Hkdf {
  enum class Step : std::uint8_t { kBoth, kExtract, kExpand };
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Step step = Step::kBoth;
  Bytes salt = {};
  Bytes info = {};
};

/// OneStepKdf is SP 800-56C, section 4. `hash` is of kHash and kHmac; `salt` of all but kHash.
struct OneStepKdf {
  enum class Function : std::uint8_t { kHash, kHmac, kKmac128, kKmac256 };
  Function function = Function::kHash;
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Bytes salt = {};
  Bytes info = {};
};

/// Kbkdf is SP 800-108. A CMAC takes a base key of 16, 24 or 32 bytes; the KMACs use label and context
/// only. `iv` is of feedback mode: empty, or as long as the function's output.
struct Kbkdf {
  enum class Mode : std::uint8_t { kCounter, kFeedback };
  enum class Function : std::uint8_t { kHmac, kCmac, kKmac128, kKmac256 };
  Mode mode = Mode::kCounter;
  Function function = Function::kHmac;
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Bytes label = {};
  Bytes context = {};
  Bytes iv = {};
  int counter_bits = 32;  ///< 8, 16, 24 or 32
  bool separator = true;  ///< a zero byte between label and context
  bool length = true;     ///< the output's length in bits at the end
};

/// Pbkdf2 is SP 800-132: at least 16 bytes of salt, 1000 iterations and 112 bits of output; the password
/// (the base key) has at least 14 bytes. At most 10,000,000 iterations (kInvalidArgument). For storage.
struct Pbkdf2 {
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Bytes salt = {};
  std::uint64_t iterations = 0;
};

/// X963Kdf is ANS X9.63 (SP 800-135, 4.2).
struct X963Kdf {
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Bytes shared_info = {};
};

/// Tls12Kdf is the PRF of TLS 1.2 (RFC 5246, 5). Master secrets are extended ones (RFC 7627; IG D.Q): the
/// seed is the session hash, the output 48 bytes. `hash` is SHA-256, SHA-384 or SHA-512.
struct Tls12Kdf {
  enum class Label : std::uint8_t {
    kExtendedMasterSecret,
    kKeyExpansion,  ///< the seed is server random, then client random
    kClientFinished,
    kServerFinished,
  };
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Label label = Label::kExtendedMasterSecret;
  Bytes seed = {};
};

/// Tls13Extract makes the next secret of the key schedule (RFC 8446, 7.1) from the base key and the
/// secret before it (null: none), to which it applies Derive-Secret(., "derived", ""). As long as the
/// hash, which is SHA-256 or SHA-384. `previous` is borrowed for the call and needs Usage::kDerive.
struct Tls13Extract {
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Key* previous = nullptr;
};

/// Tls13Expand is HKDF-Expand-Label(base key, label, context); `label` without its "tls13 ".
struct Tls13Expand {
  DigestAlgorithm hash = DigestAlgorithm::kSha256;
  Bytes label = {};
  Bytes context = {};
};

using KdfParameters =
    std::variant<Hkdf, OneStepKdf, Kbkdf, Pbkdf2, X963Kdf, Tls12Kdf, Tls13Extract, Tls13Expand>;

/// SchemeOf is the row of the approved table for such parameters.
Scheme SchemeOf(const KdfParameters& parameters);

/// DeriveKey makes a symmetric key of `spec` (its size by KeySpec::bits where the algorithm has no size
/// of its own) and its blob. kUnsupported for key pairs; kInvalidArgument for sizes and parameters that
/// the function does not take.
Result<Approved<NewKey>> DeriveKey(Module& module, Key& base, const KdfParameters& parameters,
                                   const KeySpec& spec, const KeyId& id, std::uint32_t version);

/// DeriveBytes returns `size` (1 to 8192) derived bytes. They leave the module, so the base key has to
/// be extractable: kNotExportable otherwise.
Result<Approved<SecretBytes>> DeriveBytes(Module& module, Key& base,
                                          const KdfParameters& parameters, std::size_t size);

}  // namespace vallum::module
