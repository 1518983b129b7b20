// SPDX-License-Identifier: Apache-2.0
// The self-test of key sealing: a store made elsewhere, opened; the same with changes, refused; and a
// blob of our own, opened again.
#pragma once

#include "base/bytes.h"
#include "ossl/context.h"

namespace vallum::module {

struct KeyBlobVector {
  ByteSpan root_key;
  ByteSpan kek_blob;
  ByteSpan key_blob;
  ByteSpan material;
};

/// The known answer, made by an independent implementation of docs/formats/key-blob.md.
extern const KeyBlobVector kKeyBlobVector;

/// TestKeyBlobs fails with kSelfTestFailed when any answer differs from the vector.
Status TestKeyBlobs(const ossl::ContextRef& context, const KeyBlobVector& vector);

}  // namespace vallum::module
