// SPDX-License-Identifier: Apache-2.0
#include "vectors/ecdh.h"

#include "vectors/der.h"
#include "vectors/names.h"
#include "vectors/pair.h"

namespace vallum::vectors {

Result<Entered> EnterScalar(std::string_view curve, ByteSpan scalar, ByteSpan point) {
  const auto algorithm = EcOf(curve);
  if (!algorithm) return Unsupported("the curve is not offered");
  return EnterPair(*algorithm, module::PrivateForm::kPkcs8, EcPkcs8(curve, scalar, point));
}

Result<module::Approved<Bytes>> AgreeOn(module::Key& own, ByteSpan peer_spki) {
  const module::KeySpec spec{
      .algorithm = module::Algorithm::kGenericSecret, .usages = {}, .extractable = true};
  const auto secret = TRY(Agree(Door(), own, peer_spki, spec));
  const auto bytes = TRY(ExportSecretKey(Door(), *secret.value));
  return module::Approved<Bytes>{ToBytes(bytes.value.span()),
                                 Both(secret.indicator, bytes.indicator)};
}

}  // namespace vallum::vectors
