// SPDX-License-Identifier: Apache-2.0
// CTR_DRBG and HMAC_DRBG (SP 800-90A) with given entropy. The door rightly has no service that takes it:
// these run on the provider that the module has loaded, beneath the door.
#include <fmt/format.h>

#include "ossl/known_drbg.h"
#include "vectors/adapters.h"
#include "vectors/door.h"

namespace vallum::vectors {
namespace {

/// Runs the reseeding and the two generations of one case; only the second one's output counts.
Result<Bytes> RunScript(ossl::KnownDrbg& drbg, std::vector<Fields> steps, bool afresh,
                        std::size_t size) {
  Bytes out(size);
  for (Fields& step : steps) {
    const std::string_view use = step.Text("intendedUse");
    const Bytes entropy = step.Hex("entropyInput");
    const Bytes additional = step.Hex("additionalInput");
    if (!step.Problem().empty()) return Wrong(step.Problem());
    if (use == "reSeed") {
      TRY(drbg.Reseed(entropy, additional));
    } else if (use == "generate" && afresh) {
      TRY(drbg.GenerateAfresh(entropy, additional, out));
    } else if (use == "generate" && entropy.empty()) {
      TRY(drbg.Generate(additional, out));
    } else {
      return Wrong("a step of an unknown kind");
    }
  }
  return out;
}

Result<ossl::KnownDrbgKind> KindOf(const AcvpCase& one) {
  const bool ctr = one.algorithm == "ctrDRBG";
  if (one.group.Text("mode") != (ctr ? "AES-256" : "SHA2-256")) return Wrong("another primitive");
  return ossl::KnownDrbgKind{.mechanism = ctr ? "CTR-DRBG" : "HMAC-DRBG",
                             .primitive = ctr ? "AES-256-CTR" : "SHA2-256",
                             .derivation_function = one.group.Flag("derFunc"),
                             .prediction_resistance = one.group.Flag("predResistance")};
}

}  // namespace

// Requirement: drbg
Result<Verdict> RunAcvpDrbg(const AcvpCase& one) {
  one.group.Ignore({"testType", "reSeed"});  // the steps say it
  const Bytes entropy = one.test.Hex("entropyInput");
  const Bytes nonce = one.test.Hex("nonce");
  const Bytes personalisation = one.test.Hex("persoString");
  if (entropy.size() != one.group.Bits("entropyInputLen") ||
      nonce.size() != one.group.Bits("nonceLen") ||
      personalisation.size() != one.group.Bits("persoStringLen")) {
    return Wrong("the case is not what its group says");
  }
  one.group.Ignore({"additionalInputLen"});
  const ossl::KnownDrbgKind kind = TRY(KindOf(one));
  auto drbg = TRY(ossl::KnownDrbg::Create(
      TRY(Door().TlsLibrary()), kind,
      {.entropy = entropy, .nonce = nonce, .personalisation = personalisation}));
  const Bytes bits = TRY(RunScript(drbg, one.test.Objects("otherInput"), kind.prediction_resistance,
                                   one.group.Bits("returnedBitsLen")));
  TRY(Same("the output", bits, one.Answer().Hex("returnedBits")));
  return Beneath();
}

}  // namespace vallum::vectors
