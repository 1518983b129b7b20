// SPDX-License-Identifier: Apache-2.0
// The numbers inside a private key, for libraries that take a key by its attributes only.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "p11/cryptoki/cryptoki.h"

namespace vallum::cli {

/// CkView is an attribute whose value stands elsewhere.
struct CkView {
  CK_ATTRIBUTE_TYPE type = 0;
  ByteSpan value;
};

/// Pkcs8Parts takes a PrivateKeyInfo (RFC 5958) of an RSA (RFC 8017) or EC key (RFC 5915) apart: the
/// attributes of C_CreateObject, as views of `der`. Bytes behind its end are left alone: SoftHSM2 pads what it
/// wraps with zeros. kUnsupported for keys of other kinds, kInvalidArgument for what is none.
Result<std::vector<CkView>> Pkcs8Parts(ByteSpan der, CK_KEY_TYPE type);

}  // namespace vallum::cli
