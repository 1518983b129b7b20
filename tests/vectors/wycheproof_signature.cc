// SPDX-License-Identifier: Apache-2.0
// Verification of signatures: ECDSA (DER), Ed25519, ML-DSA, RSA PKCS #1 v1.5 and PSS.
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/names.h"
#include "vectors/signature_check.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::Scheme;

/// The forms in which a group says its public key once more.
void IgnoreOtherForms(Fields& group) {
  group.Ignore({"publicKey", "publicKeyAsn", "publicKeyPem", "publicKeyJwk", "keyJwk"});
}

Result<Verdict> CheckCase(const WycheproofCase& one, Algorithm algorithm, Scheme scheme,
                          ByteSpan spki, bool valid) {
  return Check({.algorithm = algorithm,
                .scheme = scheme,
                .spki = spki,
                .message = one.test.Hex("msg"),
                .signature = one.test.Hex("sig"),
                .valid = valid});
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofEcdsa(const WycheproofCase& one) {
  const std::string_view hash = one.group.Text("sha");
  Fields& key = one.group.Object("publicKey");
  const std::string_view curve = key.Text("curve");
  const auto algorithm = EcOf(curve);
  const auto scheme = EcdsaOf(hash);
  if (!algorithm || !scheme) {
    return NotRun(fmt::format("ECDSA on {} with {} is not offered", curve, hash));
  }
  key.Ignore({"type", "keySize", "uncompressed", "wx", "wy"});
  IgnoreOtherForms(one.group);
  return CheckCase(one, *algorithm, *scheme, one.group.Hex("publicKeyDer"), one.valid());
}

/// The door's ECDSA signatures are DER, so r and s are put into that form; a signature that is no two
/// numbers of the right size has none.
Result<Verdict> RunWycheproofEcdsaP1363(const WycheproofCase& one) {
  const std::string_view hash = one.group.Text("sha");
  Fields& key = one.group.Object("publicKey");
  const auto algorithm = EcOf(key.Text("curve"));
  const auto scheme = EcdsaOf(hash);
  if (!algorithm || !scheme) return NotRun("the curve or the hash is not offered");
  const std::size_t size = (static_cast<std::size_t>(key.Integer("keySize")) + 7) / 8;
  key.Ignore({"type", "uncompressed", "wx", "wy"});
  IgnoreOtherForms(one.group);
  const Bytes signature = one.test.Hex("sig");
  if (signature.size() != 2 * size) {
    return NotRun("r and s side by side in a wrong size have no DER form");
  }
  const Bytes der =
      EcdsaSignature(ByteSpan(signature).first(size), ByteSpan(signature).subspan(size));
  return Check({.algorithm = *algorithm,
                .scheme = *scheme,
                .spki = one.group.Hex("publicKeyDer"),
                .message = one.test.Hex("msg"),
                .signature = der,
                .valid = one.valid()});
}

Result<Verdict> RunWycheproofEddsa(const WycheproofCase& one) {
  IgnoreOtherForms(one.group);
  return CheckCase(one, Algorithm::kEd25519, Scheme::kEd25519, one.group.Hex("publicKeyDer"),
                   one.valid());
}

/// FIPS 186-5 wants exponents from 2^16 + 1 on.
Status RefuseSmallExponent(Algorithm algorithm, ByteSpan spki) {
  return MustFail("an RSA key with a small exponent", Door().EnterPublicKey(algorithm, spki),
                  Code::kInvalidArgument);
}

/// `acceptable`: MissingNull is a signature whose DigestInfo lacks the parameters' NULL, which RFC 8017
/// (appendix A.2.4) lets a verifier take; ours is strict.
Result<Verdict> RunWycheproofRsaPkcs1(const WycheproofCase& one) {
  const auto algorithm = RsaOf(one.group.Integer("keySize"));
  const auto scheme = Pkcs1Of(one.group.Text("sha"));
  if (!algorithm || !scheme) return NotRun("RSA PKCS #1 with this hash or size is not offered");
  if (one.acceptable() && !one.HasFlag("MissingNull"))
    return Wrong("nobody decided about this flag");
  const Bytes spki = one.group.Hex("publicKeyDer");
  if (one.group.Object("publicKey").Hex("publicExponent") == Bytes{3}) {
    TRY(RefuseSmallExponent(*algorithm, spki));
    return NotRun("RSA exponents below 2^16 + 1 are not offered (the key was refused)");
  }
  IgnoreOtherForms(one.group);
  one.group.Object("publicKey").Ignore({"modulus"});
  return CheckCase(one, *algorithm, *scheme, spki, one.valid());
}

Result<Verdict> RunWycheproofRsaPss(const WycheproofCase& one) {
  const std::string_view hash = one.group.Text("sha");
  const auto algorithm = RsaOf(one.group.Integer("keySize"));
  const auto scheme = PssOf(hash);
  if (!algorithm || !scheme) return NotRun(fmt::format("RSA PSS with {} is not offered", hash));
  IgnoreOtherForms(one.group);
  const bool ours = one.group.Text("mgf") == "MGF1" && one.group.Text("mgfSha") == hash &&
                    one.group.Integer("sLen") == static_cast<std::int64_t>(HashSize(hash));
  const Verdict verdict =
      TRY(CheckCase(one, *algorithm, *scheme, one.group.Hex("publicKeyDer"), one.valid() && ours));
  if (ours) return verdict;
  return NotRun(
      "PSS with another hash in MGF1 or another salt length is not offered "
      "(it was refused)");
}

}  // namespace vallum::vectors
