// SPDX-License-Identifier: Apache-2.0
// Whatever a server answers to the PKCS #11 library.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "p11/token/remote_answers.h"
#include "p11/token/remote_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vallum;
  const auto document = JsonDocument::Parse(AsText({data, size}));
  if (!document) return 0;
  const JsonValue answer = document->root();
  if (const auto list = p11::ReadKeys(answer)) {
    for (const p11::ServerKey& key : list->items) {
      if (key.version == 0 || key.name.empty()) std::abort();
    }
  }
  (void)p11::ReadCreatedKey(answer);
  if (const auto list = p11::ReadObjects(answer)) {
    for (const p11::ServerObject& object : list->items) {
      const auto record = p11::DecodeRemoteRecord(object.value);
      if (record && p11::EncodeRemoteRecord(*record) != object.value) std::abort();
    }
  }
  (void)p11::ReadPublicKey(answer, 1);
  (void)p11::ReadMade(answer, "signature", 1);
  (void)p11::ReadSecret(answer, "plaintext");
  (void)p11::ReadVerdict(answer);
  return 0;
}
