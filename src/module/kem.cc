// SPDX-License-Identifier: Apache-2.0
// Key encapsulation with ML-KEM (FIPS 203).
#include "ossl/kem.h"

#include "module/impl.h"

namespace vallum::module {

Result<Approved<Encapsulated>> Module::Encapsulate(Key& key) {
  ServiceCall call(*impl_, {.operation = Operation::kEncapsulate, .key = &key});
  TRY(call.Begin());
  ossl::Encapsulation made = TRY(call.Examine(ossl::Encapsulate(*key.pair())));
  const Indicator indicator = TRY(call.End());
  return Approved<Encapsulated>{{std::move(made.ciphertext), std::move(made.shared_secret)},
                                indicator};
}

Result<Approved<SecretBytes>> Module::Decapsulate(Key& key, ByteSpan ciphertext) {
  ServiceCall call(*impl_, {.operation = Operation::kDecapsulate, .key = &key});
  TRY(call.Begin());
  SecretBytes secret = TRY(call.Examine(ossl::Decapsulate(*key.pair(), ciphertext)));
  const Indicator indicator = TRY(call.End());
  return Approved<SecretBytes>{std::move(secret), indicator};
}

}  // namespace vallum::module
