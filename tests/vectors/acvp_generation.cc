// SPDX-License-Identifier: Apache-2.0
// Prompts without answers, since the keys are ours: key pairs are generated and validated from outside,
// signatures made and verified with the public key alone.
#include <fmt/format.h>

#include <map>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;

/// RSA keys take long to make, so one of each size serves all of its cases.
Result<Entered> RsaKey(Algorithm algorithm) {
  static std::map<Algorithm, Entered> keys;
  if (const auto known = keys.find(algorithm); known != keys.end()) return known->second;
  const auto made = TRY(Door().GenerateKey({.algorithm = algorithm, .usages = module::Usage::kSign},
                                           TRY(NewId()), 1));
  Entered key{made.value.key, made.indicator};
  keys.emplace(algorithm, key);
  return key;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpEcdsaKeyGen(const AcvpCase& one) {
  const std::string_view curve = one.group.Text("curve");
  const auto algorithm = EcOf(curve);
  if (!algorithm) return NotRun(fmt::format("{} is not offered", curve));
  one.group.Ignore({"testType", "secretGenerationMode"});
  const auto made = TRY(Door().GenerateKey({.algorithm = *algorithm}, TRY(NewId()), 1));
  const Bytes spki = TRY(Door().PublicKey(*made.value.key));
  const auto entered = TRY(Door().EnterPublicKey(*algorithm, spki));
  return Ran(Both(made.indicator, entered.indicator));
}

Result<Verdict> RunAcvpRsaSigGen(const AcvpCase& one) {
  const std::string_view hash = one.group.Text("hashAlg");
  const bool pss = one.group.Text("sigType") == "pss";
  const auto algorithm = RsaOf(one.group.Integer("modulo"));
  const auto scheme = pss ? PssOf(hash) : Pkcs1Of(hash);
  if (!algorithm || !scheme || !Offers(*algorithm, module::Operation::kSign, *scheme)) {
    return NotRun(fmt::format("RSA {} with {} is not offered", pss ? "PSS" : "PKCS #1", hash));
  }
  one.group.Ignore({"testType"});
  if (one.test.Flag("deferred")) return Wrong("a case that wants an answer later");
  if (one.group.Text("maskFunction") != (pss ? "mgf1" : "none") ||
      one.group.Integer("saltLen") != (pss ? static_cast<std::int64_t>(HashSize(hash)) : 0)) {
    return NotRun("the salt or the mask function is not offered");
  }
  const Bytes message = one.test.Hex("message");
  const Entered key = TRY(RsaKey(*algorithm));
  const auto signature = TRY(Door().Sign(*key.value, *scheme, message));
  const auto verifier = TRY(Door().EnterPublicKey(*algorithm, TRY(Door().PublicKey(*key.value))));
  const auto verified = TRY(Door().Verify(*verifier.value, *scheme, message, signature.value));
  return Ran(Both(Both(key.indicator, signature.indicator), verified));
}

}  // namespace vallum::vectors
