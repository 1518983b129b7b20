// SPDX-License-Identifier: Apache-2.0
// Key wrapping (SP 800-38F): the door wraps keys, not bytes, so the files' payloads go through it as
// HMAC keys.
#pragma once

#include "vectors/door.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// WrapCase is a payload and what it is wrapped to under a key, in AES-KW or AES-KWP.
struct WrapCase {
  module::Scheme scheme;
  ByteSpan key;
  ByteSpan payload;
  ByteSpan wrapped;
};

/// CheckWrap wraps the payload and compares.
Result<Verdict> CheckWrap(const WrapCase& one);
/// CheckUnwrap unwraps and compares what came out with the payload, by its MAC and by wrapping it again.
Result<Verdict> CheckUnwrap(const WrapCase& one);
/// CheckNoUnwrap demands that `wrapped` is refused: kInvalidArgument when its size is none of the mode's
/// (SP 800-38F, 5.3.1), otherwise kVerifyFailed.
Result<Verdict> CheckNoUnwrap(const WrapCase& one);

}  // namespace vallum::vectors
