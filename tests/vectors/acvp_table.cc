// SPDX-License-Identifier: Apache-2.0
// SIZE: a table
#include <array>

#include "vectors/adapters.h"

namespace vallum::vectors {
namespace {

constexpr std::string_view kNotOffered = "the door does not offer it";

constexpr std::array kTable = {
    AcvpSet{"ACVP-AES-CBC", "ACVP-AES-CBC", "", "1.0", RunAcvpAes, ""},
    AcvpSet{"ACVP-AES-CCM", "ACVP-AES-CCM", "", "1.0", RunAcvpCcm, ""},
    AcvpSet{"ACVP-AES-CTR", "ACVP-AES-CTR", "", "1.0", RunAcvpAes, ""},
    AcvpSet{"ACVP-AES-ECB", "ACVP-AES-ECB", "", "1.0", RunAcvpAes, ""},
    AcvpSet{"ACVP-AES-GCM", "ACVP-AES-GCM", "", "1.0", RunAcvpGcm, ""},
    AcvpSet{"ACVP-AES-GCM-internal-IV", "ACVP-AES-GCM", "", "1.0", RunAcvpGcmInternalIv, ""},
    AcvpSet{"ACVP-AES-GMAC", "ACVP-AES-GMAC", "", "1.0", RunAcvpGcm, ""},
    AcvpSet{"ACVP-AES-KW", "ACVP-AES-KW", "", "1.0", RunAcvpKeyWrap, ""},
    AcvpSet{"ACVP-AES-KWP", "ACVP-AES-KWP", "", "1.0", RunAcvpKeyWrap, ""},
    AcvpSet{"ACVP-AES-XTS", "ACVP-AES-XTS", "", "1.0", RunAcvpXts, ""},
    AcvpSet{"CMAC-AES", "CMAC-AES", "", "1.0", RunAcvpCmac, ""},
    AcvpSet{"ECDSA", "ECDSA", "keyVer", "1.0", RunAcvpEcdsaKeyVer, ""},
    AcvpSet{"ECDSA", "ECDSA", "sigVer", "1.0", RunAcvpEcdsaSigVer, ""},
    AcvpSet{"ECDSA-KeyGen", "ECDSA", "keyGen", "1.0", RunAcvpEcdsaKeyGen, ""},
    AcvpSet{"EDDSA", "EDDSA", "keyVer", "1.0", RunAcvpEddsaKeyVer, ""},
    AcvpSet{"EDDSA", "EDDSA", "sigVer", "1.0", RunAcvpEddsaSigVer, ""},
    AcvpSet{"HMAC-SHA2-256", "HMAC-SHA2-256", "", "1.0", RunAcvpHmac, ""},
    AcvpSet{"HMAC-SHA2-384", "HMAC-SHA2-384", "", "1.0", RunAcvpHmac, ""},
    AcvpSet{"HMAC-SHA2-512", "HMAC-SHA2-512", "", "1.0", RunAcvpHmac, ""},
    AcvpSet{"HMAC-SHA3-256", "HMAC-SHA3-256", "", "1.0", RunAcvpHmac, ""},
    AcvpSet{"KAS-ECC-SSC_528650", "KAS-ECC-SSC", "", "Sp800-56Ar3", RunAcvpEcdh, ""},
    AcvpSet{"KDA-HKDF", "KDA", "HKDF", "Sp800-56Cr1", RunAcvpKdaHkdf, ""},
    AcvpSet{"KDA-OneStep", "KDA", "OneStep", "Sp800-56Cr2", RunAcvpKdaOneStep, ""},
    AcvpSet{"KDF", "KDF", "", "1.0", RunAcvpKbkdf, ""},
    AcvpSet{"ML-DSA", "ML-DSA", "keyGen", "FIPS204", RunAcvpMlDsaKeyGen, ""},
    AcvpSet{"ML-DSA", "ML-DSA", "sigGen", "FIPS204", RunAcvpMlDsaSigGen, ""},
    AcvpSet{"ML-KEM", "ML-KEM", "encapDecap", "FIPS203", RunAcvpMlKem, ""},
    AcvpSet{"PBKDF", "PBKDF", "", "1.0", RunAcvpPbkdf, ""},
    AcvpSet{"RSA", "RSA", "sigVer", "FIPS186-4", RunAcvpRsaSigVer, ""},
    AcvpSet{"RSA", "RSA", "sigVer", "FIPS186-5", RunAcvpRsaSigVer, ""},
    AcvpSet{"RSA-SigGen", "RSA", "sigGen", "FIPS186-5", RunAcvpRsaSigGen, ""},
    AcvpSet{"SHA2-256", "SHA2-256", "", "1.0", RunAcvpDigest, ""},
    AcvpSet{"SHA2-384", "SHA2-384", "", "1.0", RunAcvpDigest, ""},
    AcvpSet{"SHA2-512", "SHA2-512", "", "1.0", RunAcvpDigest, ""},
    AcvpSet{"SHA3-256", "SHA3-256", "", "2.0", RunAcvpDigest, ""},
    AcvpSet{"SHA3-384", "SHA3-384", "", "2.0", RunAcvpDigest, ""},
    AcvpSet{"SHAKE-256", "SHAKE-256", "", "1.0", nullptr, kNotOffered},
    AcvpSet{"TLS-1.2-KDF", "TLS-v1.2", "KDF", "RFC7627", RunAcvpTls12, ""},
    AcvpSet{"TLS-v1.3", "TLS-v1.3", "KDF", "RFC8446", RunAcvpTls13, ""},
    AcvpSet{"ctrDRBG", "ctrDRBG", "", "1.0", RunAcvpDrbg, ""},
    AcvpSet{"hmacDRBG", "hmacDRBG", "", "1.0", RunAcvpDrbg, ""},
};

}  // namespace

std::span<const AcvpSet> AcvpTable() { return kTable; }

}  // namespace vallum::vectors
