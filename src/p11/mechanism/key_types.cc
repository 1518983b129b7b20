// SPDX-License-Identifier: Apache-2.0
#include "p11/mechanism/key_types.h"

#include <algorithm>

#include "p11/mechanism/der.h"

namespace vallum::p11 {
namespace {

struct Curve {
  Algorithm algorithm;
  CK_KEY_TYPE key_type;
  std::string_view oid;
  std::string_view name;
  std::string_view alias;
};
constexpr std::array kNamedCurves = {
    Curve{Algorithm::kEcP256, CKK_EC, "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", "secp256r1",
          "prime256v1"},
    Curve{Algorithm::kEcP384, CKK_EC, "\x06\x05\x2b\x81\x04\x00\x22", "secp384r1", "P-384"},
    Curve{Algorithm::kEcP521, CKK_EC, "\x06\x05\x2b\x81\x04\x00\x23", "secp521r1", "P-521"},
    Curve{Algorithm::kEd25519, CKK_EC_EDWARDS, "\x06\x03\x2b\x65\x70", "edwards25519", "Ed25519"},
    Curve{Algorithm::kEd448, CKK_EC_EDWARDS, "\x06\x03\x2b\x65\x71", "edwards448", "Ed448"},
};

std::string_view OidOf(const Curve& curve) {
  const bool has_zero =
      curve.algorithm == Algorithm::kEcP384 || curve.algorithm == Algorithm::kEcP521;
  return has_zero ? std::string_view(curve.oid.data(), 7) : curve.oid;
}

struct ParameterSet {
  CK_KEY_TYPE key_type;
  CK_ULONG set;
  Algorithm algorithm;
};
constexpr std::array kParameterSets = {
    ParameterSet{CKK_ML_DSA, CKP_ML_DSA_44, Algorithm::kMlDsa44},
    ParameterSet{CKK_ML_DSA, CKP_ML_DSA_65, Algorithm::kMlDsa65},
    ParameterSet{CKK_ML_DSA, CKP_ML_DSA_87, Algorithm::kMlDsa87},
    ParameterSet{CKK_ML_KEM, CKP_ML_KEM_512, Algorithm::kMlKem512},
    ParameterSet{CKK_ML_KEM, CKP_ML_KEM_768, Algorithm::kMlKem768},
    ParameterSet{CKK_ML_KEM, CKP_ML_KEM_1024, Algorithm::kMlKem1024},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHA2_128S, Algorithm::kSlhDsaSha2_128s},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_128S, Algorithm::kSlhDsaShake128s},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHA2_128F, Algorithm::kSlhDsaSha2_128f},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_128F, Algorithm::kSlhDsaShake128f},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHA2_192S, Algorithm::kSlhDsaSha2_192s},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_192S, Algorithm::kSlhDsaShake192s},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHA2_192F, Algorithm::kSlhDsaSha2_192f},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_192F, Algorithm::kSlhDsaShake192f},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHA2_256S, Algorithm::kSlhDsaSha2_256s},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256S, Algorithm::kSlhDsaShake256s},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHA2_256F, Algorithm::kSlhDsaSha2_256f},
    ParameterSet{CKK_SLH_DSA, CKP_SLH_DSA_SHAKE_256F, Algorithm::kSlhDsaShake256f},
};

struct UsageOf {
  CK_ATTRIBUTE_TYPE attribute;
  module::Usages usages;
};
using module::Usage;
// A private key of the module also does what its public half may.
constexpr std::array kUsages = {
    UsageOf{CKA_ENCRYPT, Usage::kEncrypt},
    UsageOf{CKA_DECRYPT, Usage::kDecrypt},
    UsageOf{CKA_SIGN, Usage::kSign | Usage::kMac},
    UsageOf{CKA_VERIFY, Usage::kVerify | Usage::kVerifyMac},
    UsageOf{CKA_WRAP, Usage::kWrap},
    UsageOf{CKA_UNWRAP, Usage::kUnwrap},
    UsageOf{CKA_DERIVE, Usage::kDerive},
    UsageOf{CKA_ENCAPSULATE, Usage::kEncapsulate},
    UsageOf{CKA_DECAPSULATE, Usage::kDecapsulate},
};

}  // namespace

ByteSpan CurveOid(Algorithm algorithm) {
  for (const Curve& curve : kNamedCurves) {
    if (curve.algorithm == algorithm) return AsBytes(OidOf(curve));
  }
  return {};
}

Ck<Algorithm> AlgorithmOfCurve(ByteSpan parameters) {
  const auto text = ReadDerContent(parameters, kDerPrintable);
  for (const Curve& curve : kNamedCurves) {
    if (AsText(parameters) == OidOf(curve)) return curve.algorithm;
    if (text && (AsText(*text) == curve.name || AsText(*text) == curve.alias))
      return curve.algorithm;
  }
  return Fail(CKR_CURVE_NOT_SUPPORTED);
}

Ck<Algorithm> RsaAlgorithm(CK_ULONG bits) {
  switch (bits) {
    case 2048:
      return Algorithm::kRsa2048;
    case 3072:
      return Algorithm::kRsa3072;
    case 4096:
      return Algorithm::kRsa4096;
    default:
      return Fail(CKR_KEY_SIZE_RANGE);
  }
}

Ck<Algorithm> AlgorithmOfPair(const Attributes& attributes) {
  const CK_KEY_TYPE type = attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
  if (type == CKK_RSA) {
    if (const Bytes* modulus = attributes.Find(CKA_MODULUS)) {
      return RsaAlgorithm(TrimZeros(*modulus).size() * 8);
    }
    const auto bits = attributes.Number(CKA_MODULUS_BITS);
    if (!bits) return Fail(CKR_TEMPLATE_INCOMPLETE);
    return RsaAlgorithm(*bits);
  }
  if (type == CKK_EC || type == CKK_EC_EDWARDS) {
    const Bytes* parameters = attributes.Find(CKA_EC_PARAMS);
    if (parameters == nullptr) return Fail(CKR_TEMPLATE_INCOMPLETE);
    const Algorithm algorithm = TRY(AlgorithmOfCurve(*parameters));
    const bool edwards = algorithm == Algorithm::kEd25519 || algorithm == Algorithm::kEd448;
    if (edwards != (type == CKK_EC_EDWARDS)) return Fail(CKR_TEMPLATE_INCONSISTENT);
    return algorithm;
  }
  const auto set = attributes.Number(CKA_PARAMETER_SET);
  for (const ParameterSet& one : kParameterSets) {
    if (one.key_type == type && set == one.set) return one.algorithm;
  }
  const bool known = type == CKK_ML_DSA || type == CKK_ML_KEM || type == CKK_SLH_DSA;
  if (!known) return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
  return set ? Fail(CKR_PARAMETER_SET_NOT_SUPPORTED) : Fail(CKR_TEMPLATE_INCOMPLETE);
}

CK_ULONG ParameterSetOf(Algorithm algorithm) {
  for (const ParameterSet& one : kParameterSets) {
    if (one.algorithm == algorithm) return one.set;
  }
  return 0;
}

Ck<std::vector<Algorithm>> AlgorithmsOfSecret(const Attributes& attributes, std::size_t size) {
  const CK_KEY_TYPE type = attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
  if (type == CKK_AES) {
    if (size == 16) return std::vector{Algorithm::kAes128};
    if (size == 24) return std::vector{Algorithm::kAes192};
    if (size == 32) return std::vector{Algorithm::kAes256};
    return Fail(CKR_KEY_SIZE_RANGE);
  }
  if (type != CKK_GENERIC_SECRET) return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
  if (size < 1 || size > 512) return Fail(CKR_KEY_SIZE_RANGE);
  std::vector<Algorithm> forms = {Algorithm::kGenericSecret};
  if (attributes.Flag(CKA_SIGN) || attributes.Flag(CKA_VERIFY)) {
    for (const HashFacts& hash : kHashes) forms.push_back(hash.hmac);
  }
  return forms;
}

Ck<std::vector<Algorithm>> CandidatesOf(const Attributes& attributes) {
  switch (attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED)) {
    case CKK_RSA:
      return std::vector{Algorithm::kRsa2048, Algorithm::kRsa3072, Algorithm::kRsa4096};
    case CKK_EC:
      return std::vector{Algorithm::kEcP256, Algorithm::kEcP384, Algorithm::kEcP521};
    case CKK_EC_EDWARDS:
      return std::vector{Algorithm::kEd25519, Algorithm::kEd448};
    case CKK_ML_DSA:
      return std::vector{Algorithm::kMlDsa44, Algorithm::kMlDsa65, Algorithm::kMlDsa87};
    case CKK_ML_KEM:
      return std::vector{Algorithm::kMlKem512, Algorithm::kMlKem768, Algorithm::kMlKem1024};
    default:
      return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
  }
}

module::Usages UsagesOf(const Attributes& attributes, Algorithm algorithm) {
  const std::uint32_t possible = AllUsages(algorithm).bits();
  std::uint32_t wanted = 0;
  for (const UsageOf& one : kUsages) {
    if (attributes.Flag(one.attribute)) wanted |= one.usages.bits();
  }
  if (attributes.Number(CKA_CLASS) == CKO_PRIVATE_KEY && module::IsAsymmetric(algorithm)) {
    if (attributes.Flag(CKA_SIGN)) wanted |= static_cast<std::uint32_t>(Usage::kVerify);
    if (attributes.Flag(CKA_DECRYPT)) wanted |= static_cast<std::uint32_t>(Usage::kEncrypt);
    if (attributes.Flag(CKA_DECAPSULATE)) wanted |= static_cast<std::uint32_t>(Usage::kEncapsulate);
  }
  wanted &= possible;
  if (wanted != 0) return module::Usages(wanted);
  // The weakest use: the front refuses it all the same.
  for (const Usage least :
       {Usage::kVerify, Usage::kVerifyMac, Usage::kEncapsulate, Usage::kEncrypt}) {
    if (AllUsages(algorithm).Has(least)) return least;
  }
  return module::Usages(possible);
}

}  // namespace vallum::p11
