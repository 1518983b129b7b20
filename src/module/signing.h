// SPDX-License-Identifier: Apache-2.0
// Signatures with the options of their standards; Module::Sign and Module::Verify are these without
// any. Part of the door; include module/module.h.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::module {

/// SignatureOptions are part of what is signed or how. kUnsupported where the scheme has no such option.
struct SignatureOptions {
  enum class Randomness : std::uint8_t { kHedged, kDeterministic };
  /// The context string of Ed25519ph, Ed448, Ed448ph, ML-DSA and SLH-DSA: at most 255 bytes
  /// (kInvalidArgument).
  Bytes context = {};
  /// Of ML-DSA and SLH-DSA (FIPS 204, 3.4; FIPS 205, 9.2); verification ignores it.
  Randomness randomness = Randomness::kHedged;
  /// Bytes of salt of RSA-PSS: at most those of the hash (FIPS 186-5, 5.4; kInvalidArgument). Absent: as
  /// many as the hash has.
  std::optional<std::size_t> salt_size = {};
};

/// SignWith signs a message; Scheme::kMlDsaMu takes the 64-byte message representative mu of FIPS 204
/// instead (kInvalidArgument for another size, kUnsupported with a context).
Result<Approved<Bytes>> SignWith(Module& module, Key& key, Scheme scheme, ByteSpan message,
                                 const SignatureOptions& options);
/// VerifyWith is kVerifyFailed when the signature is not right.
Result<Indicator> VerifyWith(Module& module, Key& key, Scheme scheme, ByteSpan message,
                             ByteSpan signature, const SignatureOptions& options);

}  // namespace vallum::module
