// SPDX-License-Identifier: Apache-2.0
// From the door's words to those of src/ossl.
#pragma once

#include "module/approved_table.h"
#include "ossl/signature.h"

namespace vallum::module {

/// HashOf is the hash of a scheme that has one.
constexpr ossl::Hash HashOf(Scheme scheme) {
  switch (HashBits(scheme)) {
    case 384:
      return ossl::Hash::kSha384;
    case 512:
      return ossl::Hash::kSha512;
    default:
      return ossl::Hash::kSha256;
  }
}

static_assert(kDigestAlgorithmCount == ossl::kHashCount);
static_assert(static_cast<int>(DigestAlgorithm::kSha3_512) ==
              static_cast<int>(ossl::Hash::kSha3_512));

/// HashOf relies on both lists having one order.
constexpr ossl::Hash HashOf(DigestAlgorithm algorithm) {
  return static_cast<ossl::Hash>(algorithm);
}

constexpr ossl::Padding PaddingOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kRsaPssSha256:
    case Scheme::kRsaPssSha384:
    case Scheme::kRsaPssSha512:
      return ossl::Padding::kPss;
    case Scheme::kRsaPkcs1Sha256:
    case Scheme::kRsaPkcs1Sha384:
    case Scheme::kRsaPkcs1Sha512:
      return ossl::Padding::kPkcs1;
    default:
      return ossl::Padding::kNone;
  }
}

constexpr ossl::DigestScheme DigestSchemeOf(Scheme scheme) {
  return {.hash = HashOf(scheme), .padding = PaddingOf(scheme)};
}

/// SignsMessage tells schemes that sign the message itself from those that sign its digest.
constexpr bool SignsMessage(Scheme scheme) { return HashBits(scheme) == 0; }

}  // namespace vallum::module
