// SPDX-License-Identifier: Apache-2.0
// ML-KEM (FIPS 203) and ML-DSA (FIPS 204).
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/names.h"
#include "vectors/pair.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::PrivateForm;

Result<Verdict> CheckEntry(const Result<Entered>& entered, bool valid) {
  if (valid) return Ran(TRY(entered).indicator);
  TRY(MustFail("a wrong key", entered, Code::kInvalidArgument));
  return Refused();
}

/// The file has the randomness of the encapsulation, which the door makes itself: ours must be approved
/// and have the right sizes, but nothing can be compared.
Result<Verdict> Encapsulate(const AcvpCase& one, Algorithm algorithm) {
  const Entered key = TRY(EnterRawPublic(algorithm, one.test.Hex("ek")));
  const auto made = TRY(Door().Encapsulate(*key.value));
  TRY(Ran(Both(key.indicator, made.indicator)));
  if (made.value.ciphertext.size() != one.Answer().Hex("c").size() ||
      made.value.shared_secret.size() != one.Answer().Hex("k").size()) {
    return Wrong("the encapsulation has other sizes");
  }
  return NotRun("the door makes the randomness itself (an encapsulation of its own was approved)");
}

Result<Verdict> Decapsulate(const AcvpCase& one, Algorithm algorithm) {
  const Entered key = TRY(EnterPair(algorithm, PrivateForm::kExpanded, one.test.Hex("dk")));
  const auto secret = TRY(Door().Decapsulate(*key.value, one.test.Hex("c")));
  TRY(Same("the shared secret", secret.value.span(), one.Answer().Hex("k")));
  return Ran(Both(key.indicator, secret.indicator));
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpMlKem(const AcvpCase& one) {
  const auto algorithm = MlKemOf(one.group.Text("parameterSet"));
  if (!algorithm) return NotRun("the parameter set is not offered");
  one.group.Ignore({"testType"});
  const std::string_view function = one.group.Text("function");
  if (function == "encapsulation") return Encapsulate(one, *algorithm);
  if (function == "decapsulation") return Decapsulate(one, *algorithm);
  const bool valid = one.Answer().Flag("testPassed");
  // Requirement: import-validation
  if (function == "encapsulationKeyCheck") {
    return CheckEntry(EnterRawPublic(*algorithm, one.test.Hex("ek")), valid);
  }
  if (function == "decapsulationKeyCheck") {
    return CheckEntry(EnterPair(*algorithm, PrivateForm::kExpanded, one.test.Hex("dk")), valid);
  }
  return Wrong("another function");
}

Result<Verdict> RunAcvpMlDsaKeyGen(const AcvpCase& one) {
  const auto algorithm = MlDsaOf(one.group.Text("parameterSet"));
  if (!algorithm) return NotRun("the parameter set is not offered");
  one.group.Ignore({"testType"});
  const Bytes expected = one.Answer().Hex("pk");
  const Entered seed = TRY(EnterPair(*algorithm, PrivateForm::kSeed, one.test.Hex("seed")));
  TRY(Same("the public key", TRY(RawPublicKey(*seed.value, expected.size())), expected));
  const Entered expanded =
      TRY(EnterPair(*algorithm, PrivateForm::kExpanded, one.Answer().Hex("sk")));
  TRY(Same("the public key of the private key", TRY(RawPublicKey(*expanded.value, expected.size())),
           expected));
  return Ran(Both(seed.indicator, expanded.indicator));
}

/// The file has the randomness of each signature, which the door makes itself. So NIST's signature must
/// verify under the case's key, and so must one of ours.
Result<Verdict> RunAcvpMlDsaSigGen(const AcvpCase& one) {
  const auto algorithm = MlDsaOf(one.group.Text("parameterSet"));
  if (!algorithm) return NotRun("the parameter set is not offered");
  if (one.group.Text("signatureInterface") != "external") {
    return NotRun("the internal interface of FIPS 204 is not offered: it is for tests alone");
  }
  one.group.Ignore({"testType", "deterministic"});
  one.test.Ignore({"rnd"});
  if (one.group.Text("preHash") != "pure") return NotRun("pre-hashing is not offered");
  if (!one.test.Hex("context").empty()) return NotRun("a context string is not offered");
  const Bytes message = one.test.Hex("message");
  const Entered key = TRY(EnterPair(*algorithm, PrivateForm::kExpanded, one.test.Hex("sk")));
  constexpr auto kMlDsa = module::Scheme::kMlDsa;
  const auto nist = TRY(Door().Verify(*key.value, kMlDsa, message, one.Answer().Hex("signature")));
  const auto made = TRY(Door().Sign(*key.value, kMlDsa, message));
  const auto ours = TRY(Door().Verify(*key.value, kMlDsa, message, made.value));
  return Ran(Both(Both(key.indicator, nist), Both(made.indicator, ours)));
}

}  // namespace vallum::vectors
