// SPDX-License-Identifier: Apache-2.0
// RSA with private keys: OAEP decryption and PKCS #1 v1.5 signatures, which are deterministic.
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/names.h"
#include "vectors/pair.h"

namespace vallum::vectors {
namespace {

void IgnoreOtherForms(Fields& group) {
  group.Ignore({"privateKeyPem", "privateKeyJwk", "keyAsn", "keyDer", "keyPem", "keyJwk"});
  group.Object("privateKey")
      .Ignore({"modulus", "privateExponent", "publicExponent", "prime1", "prime2", "exponent1",
               "exponent2", "coefficient", "otherPrimeInfos"});
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunWycheproofOaep(const WycheproofCase& one) {
  const std::string_view hash = one.group.Text("sha");
  const auto algorithm = RsaOf(one.group.Integer("keySize"));
  const auto scheme = OaepOf(hash);
  if (!algorithm || !scheme) return NotRun(fmt::format("OAEP with {} is not offered", hash));
  if (one.group.Text("mgf") != "MGF1" || one.group.Text("mgfSha") != hash) {
    return NotRun("OAEP with another hash in MGF1 is not offered");
  }
  if (!one.test.Hex("label").empty()) return NotRun("OAEP with a label is not offered");
  IgnoreOtherForms(one.group);
  const Bytes message = one.test.Hex("msg");
  const Entered key =
      TRY(EnterPair(*algorithm, module::PrivateForm::kPkcs8, one.group.Hex("privateKeyPkcs8")));
  const auto opened = Door().DecryptOaep(*key.value, *scheme, one.test.Hex("ct"));
  if (!one.valid()) {
    TRY(MustFail("a wrong ciphertext", opened, Code::kVerifyFailed));
    return Refused();
  }
  if (!opened) return opened.error();
  TRY(Same("the plaintext", opened->value.span(), message));
  return Ran(Both(key.indicator, opened->indicator));
}

/// `acceptable`: a WeakHash is SHA-1 or SHA-224; a SmallPublicKey is an exponent of 3, which FIPS 186-5
/// does not allow: the key is refused.
Result<Verdict> RunWycheproofRsaSigGen(const WycheproofCase& one) {
  const std::string_view hash = one.group.Text("sha");
  const auto algorithm = RsaOf(one.group.Integer("keySize"));
  const auto scheme = Pkcs1Of(hash);
  if (!algorithm || !scheme || !Offers(*algorithm, module::Operation::kSign, *scheme)) {
    return NotRun(fmt::format("RSA PKCS #1 with {} is not offered", hash));
  }
  IgnoreOtherForms(one.group);
  const Bytes message = one.test.Hex("msg");
  const Bytes expected = one.test.Hex("sig");
  const auto key =
      EnterPair(*algorithm, module::PrivateForm::kPkcs8, one.group.Hex("privateKeyPkcs8"));
  if (one.HasFlag("SmallPublicKey")) {
    TRY(MustFail("an RSA key with a small exponent", key, Code::kInvalidArgument));
    return Refused();
  }
  if (one.acceptable() && !one.HasFlag("WeakHash")) return Wrong("nobody decided about this flag");
  const std::int64_t number = one.test.Integer("tcId");
  if (number >= 73 && number <= 88) {  // found by computing it
    TRY(MustFail("an RSA key with a large private exponent", key, Code::kInvalidArgument));
    return NotRun(
        "private exponents from lcm(p - 1, q - 1) on are not offered (FIPS 186-5, A.1.1; "
        "the key was refused)");
  }
  const auto signature = TRY(Door().Sign(*TRY(key).value, *scheme, message));
  TRY(Same("the signature", signature.value, expected));
  return Ran(Both(key->indicator, signature.indicator));
}

}  // namespace vallum::vectors
