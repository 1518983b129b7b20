// SPDX-License-Identifier: Apache-2.0
// Key derivation: HKDF and one-step (SP 800-56C), KBKDF (SP 800-108), PBKDF2 (SP 800-132).
#include <fmt/format.h>

#include <algorithm>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/kdf.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

using module::DigestAlgorithm;
using module::Hkdf;
using module::Kbkdf;
using module::KdfParameters;
using module::OneStepKdf;
using module::Pbkdf2;

constexpr std::size_t kLeastPassword = 14;
constexpr std::size_t kLeastKey = 14;

Bytes PartyInfo(Fields& party) {
  return Concat({party.Hex("partyId"), party.HexOr("ephemeralData")});
}

/// The fixed information of a key agreement, put together as the group says.
Result<Bytes> FixedInfo(const AcvpCase& one, std::size_t size) {
  Fields& configuration = one.group.Object("kdfConfiguration");
  const std::string_view pattern = configuration.Text("fixedInfoPattern");
  if (configuration.Text("fixedInfoEncoding") != "concatenation") return Wrong("another encoding");
  Bytes info = Concat({PartyInfo(one.test.Object("fixedInfoPartyU")),
                       PartyInfo(one.test.Object("fixedInfoPartyV"))});
  if (pattern == "uPartyInfo||vPartyInfo") return info;
  if (pattern != "uPartyInfo||vPartyInfo||l") return Wrong("another pattern of fixed information");
  AppendBe32(info, static_cast<std::uint32_t>(size * 8));
  return info;
}

/// Reads what both key agreement derivations have: the salt, if any, and the size of the output.
Result<std::size_t> KdaSize(const AcvpCase& one, std::string_view type) {
  Fields& configuration = one.group.Object("kdfConfiguration");
  Fields& parameter = one.test.Object("kdfParameter");
  const std::size_t size = configuration.Bits("l");
  if (parameter.Bits("l") != size || configuration.Text("kdfType") != type ||
      parameter.Text("kdfType") != type) {
    return Wrong("the case is not what its group says");
  }
  if (configuration.Has("saltLen") &&
      configuration.Bits("saltLen") != parameter.Hex("salt").size()) {
    return Wrong("the salt has another length");
  }
  configuration.Ignore({"saltMethod"});
  return size;
}

/// AFT compares with the answer, VAL with the case's own and wants to know whether it is right.
Result<Verdict> RunKda(const AcvpCase& one, const KdfParameters& how, std::size_t size) {
  const Bytes base = one.test.Object("kdfParameter").Hex("z");
  const Derivation derivation{.base = base, .how = how, .size = size};
  if (one.group.Text("testType") == "AFT") {
    return RunDerivation({.derivation = derivation, .expected = one.Answer().Hex("dkm")});
  }
  return RunDerivation({.derivation = derivation,
                        .expected = one.test.Hex("dkm"),
                        .valid = one.Answer().Flag("testPassed")});
}

/// SP 800-108, 4.1 (counter mode), made of single HMACs: the file has no answers.
Result<Bytes> CounterMode(module::Algorithm hmac, ByteSpan key, ByteSpan fixed, std::size_t size) {
  const Entered entered = TRY(EnterSecret(hmac, key));
  Bytes out;
  for (std::uint32_t i = 1; out.size() < size; ++i) {
    Bytes input;
    AppendBe32(input, i);
    Append(input, fixed);
    Append(out, TRY(Door().Mac(*entered.value, input)).value);
  }
  out.resize(size);
  return out;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpKdaHkdf(const AcvpCase& one) {
  const std::string_view name = one.group.Object("kdfConfiguration").Text("hmacAlg");
  const auto hash = DigestOf(name);
  if (!hash) return NotRun(fmt::format("HKDF with {} is not offered", name));
  const std::size_t size = TRY(KdaSize(one, "hkdf"));
  Fields& parameter = one.test.Object("kdfParameter");
  if (one.group.Bits("zLength") != parameter.Hex("z").size()) return Wrong("z has another length");
  return RunKda(
      one, Hkdf{.hash = *hash, .salt = parameter.Hex("salt"), .info = TRY(FixedInfo(one, size))},
      size);
}

Result<Verdict> RunAcvpKdaOneStep(const AcvpCase& one) {
  std::string_view name = one.group.Object("kdfConfiguration").Text("auxFunction");
  const bool hmac = name.starts_with("HMAC-");
  if (hmac) name.remove_prefix(5);
  const auto hash = DigestOf(name);
  if (!hash) return NotRun(fmt::format("one-step derivation with {} is not offered", name));
  const std::size_t size = TRY(KdaSize(one, "oneStep"));
  return RunKda(
      one,
      OneStepKdf{.function = hmac ? OneStepKdf::Function::kHmac : OneStepKdf::Function::kHash,
                 .hash = *hash,
                 .salt = hmac ? one.test.Object("kdfParameter").Hex("salt") : Bytes(),
                 .info = TRY(FixedInfo(one, size))},
      size);
}

/// The prompt leaves the fixed data to the implementation and there are no answers: the result is
/// compared with the same construction out of the door's single HMACs.
Result<Verdict> RunAcvpKbkdf(const AcvpCase& one) {
  const std::string_view mac = one.group.Text("macMode");
  const auto hmac = HmacOf(mac);
  const auto hash = DigestOf(mac.substr(std::min<std::size_t>(5, mac.size())));
  if (!hmac || !hash) return NotRun(fmt::format("KBKDF with {} is not offered", mac));
  if (one.group.Text("counterLocation") != "before fixed data") {
    return NotRun("a counter after the fixed data is not offered");
  }
  one.group.Ignore({"testType"});
  if (one.group.Text("kdfMode") != "counter") return Wrong("another mode");
  const Bytes key = one.test.Hex("keyIn");
  const std::size_t size = one.group.Bits("keyOutLength");
  const Kbkdf how{.hash = *hash,
                  .label = ToBytes(AsBytes("label")),
                  .context = ToBytes(AsBytes("context")),
                  .counter_bits = static_cast<int>(one.group.Integer("counterLength"))};
  Bytes fixed = Concat({AsBytes("label"), Bytes{0}, AsBytes("context")});
  AppendBe32(fixed, static_cast<std::uint32_t>(size * 8));
  const Bytes expected = TRY(CounterMode(*hmac, key, fixed, size));
  return RunDerivation({.derivation = {.base = key, .how = how, .size = size},
                        .expected = expected,
                        .reasons = size < kLeastKey ? kMakesShortKey : 0});
}

Result<Verdict> RunAcvpPbkdf(const AcvpCase& one) {
  const std::string_view name = one.group.Text("hmacAlg");
  const auto hash = DigestOf(name);
  if (!hash) return NotRun(fmt::format("PBKDF2 with {} is not offered", name));
  one.group.Ignore({"testType"});
  const std::string_view password = one.test.Text("password");
  const Pbkdf2 how{.hash = *hash,
                   .salt = one.test.Hex("salt"),
                   .iterations = static_cast<std::uint64_t>(one.test.Integer("iterationCount"))};
  return RunDerivation(
      {.derivation = {.base = AsBytes(password), .how = how, .size = one.test.Bits("keyLen")},
       .expected = one.Answer().Hex("derivedKey"),
       .reasons = password.size() < kLeastPassword ? kUsesShortKey : 0});
}

}  // namespace vallum::vectors
