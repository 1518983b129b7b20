// SPDX-License-Identifier: Apache-2.0
#include "vectors/pair.h"

#include "base/secret.h"

namespace vallum::vectors {

Result<Entered> EnterPair(module::Algorithm algorithm, module::PrivateForm form, ByteSpan bytes) {
  const SecretBytes secret = TRY(SecretBytes::CopyOf(bytes));
  const module::Usages all = module::AllUsages(algorithm);
  return EnterKeyPair(Door(), {.algorithm = algorithm, .usages = all, .extractable = true}, form,
                      secret);
}

Result<Entered> EnterRawPublic(module::Algorithm algorithm, ByteSpan bytes) {
  return EnterPublic(Door(), {.algorithm = algorithm}, module::PublicForm::kRaw, bytes);
}

Result<Bytes> RawPublicKey(const module::Key& key, std::size_t size) {
  const Bytes spki = TRY(Door().PublicKey(key));
  if (spki.size() < size) return Wrong("the public key is too short");
  return ToBytes(ByteSpan(spki).last(size));
}

}  // namespace vallum::vectors
