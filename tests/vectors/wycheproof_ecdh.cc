// SPDX-License-Identifier: Apache-2.0
// ECDH: the secret is the x coordinate, the peer's key a point or a SubjectPublicKeyInfo.
#include <array>
#include <string_view>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/ecdh.h"

namespace vallum::vectors {
namespace {

std::string_view CurveOf(std::string_view name) {
  if (name == "secp256r1") return "P-256";
  if (name == "secp384r1") return "P-384";
  return name == "secp521r1" ? "P-521" : "";
}

}  // namespace

/// `acceptable`: a key may be refused or give the right secret for InvalidAsn (another encoding of a good
/// key) and CompressedPoint; explicit parameters (UnnamedCurve) are refused whatever they say.
// Requirement: algorithms-correct
Result<Verdict> RunWycheproofEcdh(const WycheproofCase& one) {
  const std::string_view curve = CurveOf(one.group.Text("curve"));
  const bool raw = one.group.Text("encoding") == "ecpoint";
  const Bytes peer = one.test.Hex("public");
  const Bytes shared = one.test.Hex("shared");
  const Entered own = TRY(EnterScalar(curve, one.test.Hex("private")));
  const auto secret = AgreeOn(*own.value, raw ? EcSpki(curve, peer) : peer);
  const bool either =
      one.acceptable() && (one.HasFlag("InvalidAsn") || one.HasFlag("CompressedPoint"));
  if (one.acceptable() && !either && !one.HasFlag("UnnamedCurve")) {
    return Wrong("nobody decided about this flag");
  }
  if (!one.valid() && (!either || !secret)) {
    // Requirement: import-validation
    TRY(MustFail("a wrong public key", secret, Code::kInvalidArgument));
    return Refused();
  }
  TRY(Same("the shared secret", TRY(secret).value, shared));
  return Ran(Both(own.indicator, secret->indicator));
}

}  // namespace vallum::vectors
