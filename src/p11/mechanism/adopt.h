// SPDX-License-Identifier: Apache-2.0
// From a key of the module to the material of an object. For the files of this folder.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "p11/core/attributes.h"
#include "p11/core/object.h"
#include "p11/core/rv.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

/// Adopt makes the forms of a new object from an extractable key that lives for this call only: it goes,
/// wrapped under a key that nobody else has, through the module once for each form and comes back with the
/// usages and the extractability of `attributes`.
Ck<MaterialRef> Adopt(module::Module& module, const module::Key& from,
                      const std::vector<Algorithm>& forms, const Attributes& attributes,
                      const KeyId& id);

/// UnwrapForms calls `unwrap` for each form that the attributes ask for. It adds what an unwrapped key tells
/// of itself: size, or public key.
using Unwrapper = std::function<Result<module::Approved<module::NewKey>>(Algorithm)>;
Ck<MaterialRef> UnwrapForms(module::Module& module, const Unwrapper& unwrap, Attributes& attributes,
                            const KeyId& id);

/// DescribePublicKey sets what a public or private key tells of its public half.
Done DescribePublicKey(Attributes& attributes, Algorithm algorithm, ByteSpan spki);

/// HashOfKdf reads a CKD_ value; CKR_MECHANISM_PARAM_INVALID.
Ck<DigestAlgorithm> HashOfKdf(CK_ULONG kdf);

}  // namespace vallum::p11
