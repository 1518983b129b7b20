// SPDX-License-Identifier: Apache-2.0
// From the door's words to those of src/ossl.
#pragma once

#include "module/approved_table.h"
#include "module/scheme_facts.h"
#include "ossl/signature.h"

namespace vallum::module {

static_assert(kDigestAlgorithmCount == ossl::kHashCount);
static_assert(static_cast<int>(DigestAlgorithm::kSha3_512) ==
              static_cast<int>(ossl::Hash::kSha3_512));

/// HashOf relies on both lists having one order.
constexpr ossl::Hash HashOf(DigestAlgorithm algorithm) {
  return static_cast<ossl::Hash>(algorithm);
}

/// HashOf is the hash of a scheme that has one, else SHA-256.
constexpr ossl::Hash HashOf(Scheme scheme) {
  const HashedScheme* facts = FindHashed(scheme);
  return facts == nullptr ? ossl::Hash::kSha256 : HashOf(facts->hash);
}

constexpr ossl::Padding PaddingOf(Scheme scheme) {
  const HashedScheme* facts = FindHashed(scheme);
  if (facts == nullptr) return ossl::Padding::kNone;
  if (facts->kind == HashedSchemeKind::kPss) return ossl::Padding::kPss;
  return facts->kind == HashedSchemeKind::kPkcs1 ? ossl::Padding::kPkcs1 : ossl::Padding::kNone;
}

constexpr ossl::DigestScheme DigestSchemeOf(Scheme scheme) {
  return {.hash = HashOf(scheme), .padding = PaddingOf(scheme)};
}

/// SignsMessage tells schemes that sign the message itself from those that sign its digest.
constexpr bool SignsMessage(Scheme scheme) { return FindHashed(scheme) == nullptr; }

}  // namespace vallum::module
