// SPDX-License-Identifier: Apache-2.0
// ML-KEM (FIPS 203) and ML-DSA (FIPS 204).
#include <string_view>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/names.h"
#include "vectors/pair.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::PrivateForm;
using module::Scheme;

Algorithm MlDsaOfFile(std::string_view name) {
  return name.starts_with("mldsa_44") ? Algorithm::kMlDsa44 : Algorithm::kMlDsa65;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofMlKem(const WycheproofCase& one) {
  const auto algorithm = MlKemOf(one.group.Text("parameterSet"));
  if (!algorithm) return NotRun("the parameter set is not offered");
  const Bytes seed = one.test.Hex("seed");
  const Bytes ciphertext = one.test.Hex("c");
  const Bytes expected = one.test.Hex("K");
  const auto entered = EnterPair(*algorithm, PrivateForm::kSeed, seed);
  if (!one.test.Has("ek")) {
    // Requirement: import-validation
    TRY(MustFail("a seed of a wrong length", entered, Code::kInvalidArgument));
    return Refused();
  }
  const Entered& key = TRY(entered);
  const Bytes public_key = one.test.Hex("ek");
  TRY(Same("the public key", TRY(RawPublicKey(*key.value, public_key.size())), public_key));
  const auto secret = Door().Decapsulate(*key.value, ciphertext);
  if (!one.valid()) {
    TRY(MustFail("a ciphertext of a wrong length", secret, Code::kInvalidArgument));
    return Refused();
  }
  if (!secret) return secret.error();
  TRY(Same("the shared secret", secret->value.span(), expected));
  return Ran(Both(key.indicator, secret->indicator));
}

Result<Verdict> RunWycheproofMlKemEncaps(const WycheproofCase& one) {
  const auto algorithm = MlKemOf(one.group.Text("parameterSet"));
  if (!algorithm) return NotRun("the parameter set is not offered");
  one.test.Ignore({"m", "c", "K"});
  const auto key = EnterRawPublic(*algorithm, one.test.Hex("ek"));
  if (!one.valid()) {
    // Requirement: import-validation
    TRY(MustFail("a wrong public key", key, Code::kInvalidArgument));
    return Refused();
  }
  const auto made = TRY(Door().Encapsulate(*TRY(key).value));
  TRY(Ran(Both(key->indicator, made.indicator)));
  return NotRun("the door makes the randomness itself (an encapsulation of its own was approved)");
}

/// The seed and the file's decapsulation key must be the same key: what is encapsulated to one is
/// decapsulated by the other.
Result<Verdict> RunWycheproofMlKemKeyGen(const WycheproofCase& one) {
  const auto algorithm = MlKemOf(one.group.Text("parameterSet"));
  if (!algorithm) return NotRun("the parameter set is not offered");
  if (!one.valid()) return Wrong("nobody decided about an invalid case");
  const Bytes expected = one.test.Hex("ek");
  const Entered seed = TRY(EnterPair(*algorithm, PrivateForm::kSeed, one.test.Hex("seed")));
  const Entered expanded = TRY(EnterPair(*algorithm, PrivateForm::kExpanded, one.test.Hex("dk")));
  TRY(Same("the public key", TRY(RawPublicKey(*seed.value, expected.size())), expected));
  const auto made = TRY(Door().Encapsulate(*seed.value));
  const auto secret = TRY(Door().Decapsulate(*expanded.value, made.value.ciphertext));
  if (secret.value != made.value.shared_secret) return Wrong("the two keys differ");
  return Ran(
      Both(Both(seed.indicator, expanded.indicator), Both(made.indicator, secret.indicator)));
}

Result<Verdict> RunWycheproofMlDsaVerify(const WycheproofCase& one) {
  one.group.Ignore({"publicKeyDer"});
  const Bytes message = one.test.Hex("msg");
  const Bytes signature = one.test.Hex("sig");
  if (!one.test.HexOr("ctx").empty()) return NotRun("a context string is not offered");
  const auto key = EnterRawPublic(MlDsaOfFile(one.name), one.group.Hex("publicKey"));
  if (!key) {
    if (one.valid()) return key.error();
    TRY(MustFail("a wrong public key", key, Code::kInvalidArgument));
    return Refused();
  }
  const auto verified = Door().Verify(*key->value, Scheme::kMlDsa, message, signature);
  if (one.valid()) return Ran(Both(key->indicator, TRY(verified)));
  TRY(MustFail("a wrong signature", verified, Code::kVerifyFailed));
  return Refused();
}

/// The key must be the file's, and the file's signature must verify under it.
Result<Verdict> RunWycheproofMlDsaSign(const WycheproofCase& one) {
  one.group.Ignore({"privateKeyPkcs8"});
  const auto entered =
      EnterPair(MlDsaOfFile(one.name), PrivateForm::kSeed, one.group.Hex("privateSeed"));
  if (one.HasFlag("IncorrectPrivateKeyLength")) {
    TRY(MustFail("a seed of a wrong length", entered, Code::kInvalidArgument));
    one.group.Ignore({"publicKey"});
    one.test.Ignore({"msg", "sig"});
    return Refused();
  }
  const Entered& key = TRY(entered);
  const Bytes expected = one.group.Hex("publicKey");
  TRY(Same("the public key", TRY(RawPublicKey(*key.value, expected.size())), expected));
  if (!one.test.HexOr("ctx").empty()) return NotRun("a context string is not offered");
  if (!one.test.Has("msg")) return NotRun("signing by the representative mu is not offered");
  one.test.Ignore({"mu", "rnd"});
  const auto verified =
      TRY(Door().Verify(*key.value, Scheme::kMlDsa, one.test.Hex("msg"), one.test.Hex("sig")));
  return Ran(Both(key.indicator, verified));
}

}  // namespace vallum::vectors
