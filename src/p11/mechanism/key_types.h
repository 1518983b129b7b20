// SPDX-License-Identifier: Apache-2.0
// Which algorithm of the module a template means, and which usages.
#pragma once

#include <optional>
#include <vector>

#include "p11/core/attributes.h"
#include "p11/core/rv.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

/// CurveOid is the DER of a curve's OBJECT IDENTIFIER.
ByteSpan CurveOid(Algorithm algorithm);
/// AlgorithmOfCurve reads CKA_EC_PARAMS, an OID or a PrintableString; CKR_CURVE_NOT_SUPPORTED.
Ck<Algorithm> AlgorithmOfCurve(ByteSpan parameters);
/// AlgorithmOfPair is what attributes of a public or private key say: key type, and modulus bits, curve or
/// parameter set.
Ck<Algorithm> AlgorithmOfPair(const Attributes& attributes);
/// AlgorithmsOfSecret lists the forms of a secret key of so many bytes: CKR_KEY_SIZE_RANGE,
/// CKR_TEMPLATE_INCONSISTENT.
Ck<std::vector<Algorithm>> AlgorithmsOfSecret(const Attributes& attributes, std::size_t size);
/// RsaAlgorithm is CKR_KEY_SIZE_RANGE for sizes that the module does not make.
Ck<Algorithm> RsaAlgorithm(CK_ULONG bits);
/// CandidatesOf lists the algorithms that an unwrapped private key may be of.
Ck<std::vector<Algorithm>> CandidatesOf(const Attributes& attributes);
/// ParameterSetOf is the CKP_ value of an algorithm that has one.
CK_ULONG ParameterSetOf(Algorithm algorithm);
/// UsagesOf is what the module lets the key do, from what its attributes allow. Never empty, since that
/// means everything to the module.
module::Usages UsagesOf(const Attributes& attributes, Algorithm algorithm);

}  // namespace vallum::p11
