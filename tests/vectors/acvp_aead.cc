// SPDX-License-Identifier: Apache-2.0
// AES-GCM and GMAC (SP 800-38D), AES-CCM (SP 800-38C).
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/aes.h"
#include "vectors/door.h"

namespace vallum::vectors {
namespace {

using module::Scheme;

/// A decryption that may have to fail.
Result<Verdict> CheckDecryption(const AesCase& one, Fields& answer) {
  if (answer.Has("testPassed") && !answer.Flag("testPassed")) {
    return CheckRefused(one, Code::kVerifyFailed);
  }
  AesCase with_answer = one;
  const Bytes plaintext = answer.Hex("pt");
  with_answer.plaintext = plaintext;
  return CheckBothWays(with_answer);
}

Status CheckSizes(const AcvpCase& one, std::size_t payload) {
  if (one.group.Text("testType") != "AFT" ||
      one.test.Hex("key").size() != one.group.Bits("keyLen") ||
      one.test.Hex("aad").size() != one.group.Bits("aadLen") ||
      payload != one.group.Bits("payloadLen")) {
    return Wrong("the case is not what its group says");
  }
  return {};
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpGcm(const AcvpCase& one) {
  const bool encrypt = one.group.Text("direction") == "encrypt";
  const bool gmac = one.algorithm == "ACVP-AES-GMAC";
  const Bytes key = one.test.Hex("key");
  const Bytes iv = one.test.Hex("iv");
  const Bytes aad = one.test.Hex("aad");
  const Bytes in = gmac ? Bytes() : one.test.Hex(encrypt ? "pt" : "ct");
  const Bytes tag = encrypt ? one.Answer().Hex("tag") : one.test.Hex("tag");
  TRY(CheckSizes(one, in.size()));
  if (one.group.Text("ivGen") != "external" || iv.size() != one.group.Bits("ivLen") ||
      tag.size() != one.group.Bits("tagLen")) {
    return Wrong("the case is not what its group says");
  }
  AesCase aes{.scheme = Scheme::kAesGcm,
              .key = key,
              .iv = iv,
              .aad = aad,
              .plaintext = in,
              .ciphertext = in,
              .tag = tag};
  if (!encrypt) return CheckDecryption(aes, one.Answer());
  const Bytes out = one.Answer().Hex("ct");
  aes.ciphertext = out;
  return CheckBothWays(aes);
}

/// The module makes the IV, so there are no answers: the IV must have 96 bits and be new, the result
/// must decrypt to the plaintext, and be approved.
Result<Verdict> RunAcvpGcmInternalIv(const AcvpCase& one) {
  const Bytes plaintext = one.test.Hex("pt");
  const Bytes aad = one.test.Hex("aad");
  TRY(CheckSizes(one, plaintext.size()));
  if (one.group.Text("direction") != "encrypt" || one.group.Text("ivGen") != "internal" ||
      one.group.Text("ivGenMode") != "8.2.2") {
    return Wrong("another way to make an IV");
  }
  const module::KeyRef key = TRY(EnterAes(one.test.Hex("key")));
  const std::size_t tag_size = one.group.Bits("tagLen");
  AesCase aes{.scheme = Scheme::kAesGcm,
              .key = {},
              .iv = {},
              .aad = aad,
              .plaintext = plaintext,
              .ciphertext = {},
              .tag = {}};
  const auto made = TRY(EncryptAes(*key, aes, tag_size));
  const auto again = TRY(EncryptAes(*key, aes, tag_size));
  if (made.value.iv.size() != one.group.Bits("ivLen") || made.value.iv == again.value.iv ||
      made.value.tag.size() != tag_size) {
    return Wrong("the IV or the tag is not as asked for");
  }
  aes.iv = made.value.iv;
  aes.ciphertext = made.value.data;
  aes.tag = made.value.tag;
  const auto decrypted = TRY(DecryptAes(*key, aes));
  TRY(Same("the plaintext", decrypted.value.span(), plaintext));
  // Requirement: ind-allow
  return Ran(Both(made.indicator, decrypted.indicator), WeakTag(Scheme::kAesGcm, tag_size));
}

/// ACVP's ciphertext ends with the tag.
Result<Verdict> RunAcvpCcm(const AcvpCase& one) {
  const bool encrypt = one.group.Text("direction") == "encrypt";
  const Bytes key = one.test.Hex("key");
  const Bytes iv = one.test.Hex("iv");
  const Bytes aad = one.test.Hex("aad");
  const Bytes in = encrypt ? one.test.Hex("pt") : Bytes();
  const Bytes sealed = encrypt ? one.Answer().Hex("ct") : one.test.Hex("ct");
  const std::size_t tag_size = one.group.Bits("tagLen");
  if (sealed.size() < tag_size || iv.size() != one.group.Bits("ivLen")) {
    return Wrong("the case is not what its group says");
  }
  const std::size_t size = sealed.size() - tag_size;
  TRY(CheckSizes(one, size));
  const AesCase aes{.scheme = Scheme::kAesCcm,
                    .key = key,
                    .iv = iv,
                    .aad = aad,
                    .plaintext = in,
                    .ciphertext = ByteSpan(sealed).first(size),
                    .tag = ByteSpan(sealed).subspan(size)};
  return encrypt ? CheckBothWays(aes) : CheckDecryption(aes, one.Answer());
}

}  // namespace vallum::vectors
