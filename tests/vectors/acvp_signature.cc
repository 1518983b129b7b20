// SPDX-License-Identifier: Apache-2.0
// Verification of signatures and public keys: ECDSA, EdDSA and RSA (FIPS 186-5).
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/names.h"
#include "vectors/signature_check.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::Operation;
using module::Scheme;

/// A key validation: entering the public key is the door's way to ask for it.
Result<Verdict> CheckKey(Algorithm algorithm, ByteSpan spki, bool valid) {
  const auto entered = Door().EnterPublicKey(algorithm, spki);
  if (valid) return Ran(TRY(entered).indicator);
  TRY(MustFail("a wrong public key", entered, Code::kInvalidArgument));
  return Refused();
}

std::string NoCurve(std::string_view curve) { return fmt::format("{} is not offered", curve); }

Bytes EcdsaKey(const AcvpCase& one, std::string_view curve) {
  return EcSpki(curve, EcPoint(curve, one.test.Hex("qx"), one.test.Hex("qy")));
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpEcdsaKeyVer(const AcvpCase& one) {
  const std::string_view curve = one.group.Text("curve");
  one.group.Ignore({"testType"});
  const auto algorithm = EcOf(curve);
  if (!algorithm) return NotRun(NoCurve(curve));
  return CheckKey(*algorithm, EcdsaKey(one, curve), one.Answer().Flag("testPassed"));
}

Result<Verdict> RunAcvpEcdsaSigVer(const AcvpCase& one) {
  const std::string_view curve = one.group.Text("curve");
  const std::string_view hash = one.group.Text("hashAlg");
  const auto algorithm = EcOf(curve);
  if (!algorithm) return NotRun(NoCurve(curve));
  const auto scheme = EcdsaOf(hash);
  if (!scheme || !Offers(*algorithm, Operation::kVerify, *scheme)) {
    return NotRun(fmt::format("ECDSA on {} with {} is not offered", curve, hash));
  }
  one.group.Ignore({"testType"});
  if (one.group.Flag("componentTest")) return NotRun("component tests are not offered");
  const Bytes signature = EcdsaSignature(one.test.Hex("r"), one.test.Hex("s"));
  return Check({.algorithm = *algorithm,
                .scheme = *scheme,
                .spki = EcdsaKey(one, curve),
                .message = one.test.Hex("message"),
                .signature = signature,
                .valid = one.Answer().Flag("testPassed")});
}

Result<Verdict> RunAcvpEddsaKeyVer(const AcvpCase& one) {
  if (one.group.Text("curve") != "ED-25519") return NotRun("the curve is not offered");
  one.group.Ignore({"testType"});
  return CheckKey(Algorithm::kEd25519, RawSpki("Ed25519", one.test.Hex("q")),
                  one.Answer().Flag("testPassed"));
}

Result<Verdict> RunAcvpEddsaSigVer(const AcvpCase& one) {
  if (one.group.Text("curve") != "ED-25519") return NotRun("the curve is not offered");
  if (one.group.Flag("preHash")) return NotRun("Ed25519ph is not offered");
  one.group.Ignore({"testType"});
  return Check({.algorithm = Algorithm::kEd25519,
                .scheme = Scheme::kEd25519,
                .spki = RawSpki("Ed25519", one.test.Hex("q")),
                .message = one.test.Hex("message"),
                .signature = one.test.Hex("signature"),
                .valid = one.Answer().Flag("testPassed")});
}

Result<Verdict> RunAcvpRsaSigVer(const AcvpCase& one) {
  const std::int64_t bits = one.group.Integer("modulo");
  const std::string_view hash = one.group.Text("hashAlg");
  const bool pss = one.group.Text("sigType") == "pss";
  const Bytes spki = RsaSpki(one.group.Hex("n"), one.group.Hex("e"));
  const auto algorithm = RsaOf(bits);
  if (!algorithm) {
    TRY(MustFail("a small RSA key", Door().EnterPublicKey(Algorithm::kRsa2048, spki),
                 Code::kInvalidArgument));
    return NotRun(fmt::format("RSA-{} is not offered (its key was refused)", bits));
  }
  const auto scheme = pss ? PssOf(hash) : Pkcs1Of(hash);
  if (!scheme) {
    return NotRun(fmt::format("RSA {} with {} is not offered", pss ? "PSS" : "PKCS #1", hash));
  }
  one.group.Ignore({"testType"});
  if (pss && one.group.Has("maskFunction") && one.group.Text("maskFunction") != "mgf1") {
    return NotRun("the mask function is not offered");
  }
  const bool other_salt =
      pss && one.group.Integer("saltLen") != static_cast<std::int64_t>(HashSize(hash));
  if (!pss) one.group.Ignore({"saltLen", "maskFunction"});
  const bool valid = one.Answer().Flag("testPassed");
  const Verdict verdict = TRY(Check({.algorithm = *algorithm,
                                     .scheme = *scheme,
                                     .spki = spki,
                                     .message = one.test.Hex("message"),
                                     .signature = one.test.Hex("signature"),
                                     .valid = valid && !other_salt}));
  if (!other_salt) return verdict;
  return NotRun("PSS salts that are not as long as the hash are not offered (it was refused)");
}

}  // namespace vallum::vectors
