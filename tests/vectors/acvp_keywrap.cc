// SPDX-License-Identifier: Apache-2.0
// AES-KW and AES-KWP (SP 800-38F).
#include "vectors/adapters.h"
#include "vectors/keywrap.h"

namespace vallum::vectors {

// Requirement: algorithms-correct
Result<Verdict> RunAcvpKeyWrap(const AcvpCase& one) {
  const bool wrap = one.group.Text("direction") == "encrypt";
  const bool padded = one.algorithm == "ACVP-AES-KWP";
  one.group.Ignore({"testType"});
  if (one.group.Text("kwCipher") != "cipher") return NotRun("the inverse cipher is not offered");
  const Bytes key = one.test.Hex("key");
  const bool passed = wrap || !one.Answer().Has("testPassed") || one.Answer().Flag("testPassed");
  const Bytes payload = wrap     ? one.test.Hex("pt")
                        : passed ? one.Answer().Hex("pt")
                                 : Bytes(one.group.Bits("payloadLen"));
  const Bytes wrapped = wrap ? one.Answer().Hex("ct") : one.test.Hex("ct");
  if (key.size() != one.group.Bits("keyLen") || payload.size() != one.group.Bits("payloadLen")) {
    return Wrong("the case is not what its group says");
  }
  const WrapCase wrapping{.scheme = padded ? module::Scheme::kAesKwp : module::Scheme::kAesKw,
                          .key = key,
                          .payload = payload,
                          .wrapped = wrapped};
  if (wrap) return CheckWrap(wrapping);
  return passed ? CheckUnwrap(wrapping) : CheckNoUnwrap(wrapping);
}

}  // namespace vallum::vectors
