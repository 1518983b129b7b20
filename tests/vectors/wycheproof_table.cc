// SPDX-License-Identifier: Apache-2.0
// SIZE: a table
#include <array>

#include "vectors/adapters.h"

namespace vallum::vectors {
namespace {

constexpr std::string_view kNotOffered = "the door does not offer it";

constexpr std::array kTable = {
    WycheproofSet{"aes_cbc_pkcs5", "AES-CBC-PKCS5", "IndCpaTest", RunWycheproofCbc, ""},
    WycheproofSet{"aes_ccm", "AES-CCM", "AeadTest", RunWycheproofCcm, ""},
    WycheproofSet{"aes_cmac", "AES-CMAC", "MacTest", RunWycheproofCmac, ""},
    WycheproofSet{"aes_gcm", "AES-GCM", "AeadTest", RunWycheproofGcm, ""},
    WycheproofSet{"aes_gmac", "AES-GMAC", "MacWithIvTest", RunWycheproofGmac, ""},
    WycheproofSet{"aes_kwp", "AES-KWP", "KeywrapTest", RunWycheproofKwp, ""},
    WycheproofSet{"aes_wrap", "AES-WRAP", "KeywrapTest", RunWycheproofKw, ""},
    WycheproofSet{"aes_xts", "AES-XTS", "IndCpaTest", RunWycheproofXts, ""},
    WycheproofSet{"ecdh_secp256r1_ecpoint", "ECDH", "EcdhEcpointTest", RunWycheproofEcdh, ""},
    WycheproofSet{"ecdh_secp256r1", "ECDH", "EcdhTest", RunWycheproofEcdh, ""},
    WycheproofSet{"ecdh_secp521r1_ecpoint", "ECDH", "EcdhEcpointTest", RunWycheproofEcdh, ""},
    WycheproofSet{"ecdsa_secp256r1_sha256_p1363", "ECDSA", "EcdsaP1363Verify",
                  RunWycheproofEcdsaP1363, ""},
    WycheproofSet{"ecdsa_secp256r1_sha256", "ECDSA", "EcdsaVerify", RunWycheproofEcdsa, ""},
    WycheproofSet{"ecdsa_secp256r1_sha3_256", "ECDSA", "EcdsaVerify", RunWycheproofEcdsa, ""},
    WycheproofSet{"ecdsa_secp384r1_sha384_p1363", "ECDSA", "EcdsaP1363Verify",
                  RunWycheproofEcdsaP1363, ""},
    WycheproofSet{"ecdsa_secp384r1_sha384", "ECDSA", "EcdsaVerify", RunWycheproofEcdsa, ""},
    WycheproofSet{"ecdsa_secp521r1_sha512", "ECDSA", "EcdsaVerify", RunWycheproofEcdsa, ""},
    WycheproofSet{"ed25519", "EDDSA", "EddsaVerify", RunWycheproofEddsa, ""},
    WycheproofSet{"hkdf_sha256", "HKDF-SHA-256", "HkdfTest", RunWycheproofHkdf, ""},
    WycheproofSet{"hkdf_sha512", "HKDF-SHA-512", "HkdfTest", RunWycheproofHkdf, ""},
    WycheproofSet{"hmac_sha256", "HMACSHA256", "MacTest", RunWycheproofHmac, ""},
    WycheproofSet{"hmac_sha384", "HMACSHA384", "MacTest", RunWycheproofHmac, ""},
    WycheproofSet{"hmac_sha3_256", "HMACSHA3-256", "MacTest", RunWycheproofHmac, ""},
    WycheproofSet{"hmac_sha512", "HMACSHA512", "MacTest", RunWycheproofHmac, ""},
    WycheproofSet{"kmac256_no_customization", "KMAC256", "MacTest", RunWycheproofKmac, ""},
    WycheproofSet{"mldsa_44_sign_seed", "ML-DSA-44", "MlDsaSign", RunWycheproofMlDsaSign, ""},
    WycheproofSet{"mldsa_44_verify", "ML-DSA-44", "MlDsaVerify", RunWycheproofMlDsaVerify, ""},
    WycheproofSet{"mldsa_65_sign_seed", "ML-DSA-65", "MlDsaSign", RunWycheproofMlDsaSign, ""},
    WycheproofSet{"mldsa_65_verify", "ML-DSA-65", "MlDsaVerify", RunWycheproofMlDsaVerify, ""},
    WycheproofSet{"mlkem_512", "ML-KEM", "MLKEMTest", RunWycheproofMlKem, ""},
    WycheproofSet{"mlkem_768_encaps", "ML-KEM", "MLKEMEncapsTest", RunWycheproofMlKemEncaps, ""},
    WycheproofSet{"mlkem_768_keygen_seed", "ML-KEM", "MLKEMKeyGen", RunWycheproofMlKemKeyGen, ""},
    WycheproofSet{"mlkem_768", "ML-KEM", "MLKEMTest", RunWycheproofMlKem, ""},
    WycheproofSet{"pbkdf2_hmacsha256", "PBKDF2-HMACSHA256", "PbkdfTest", RunWycheproofPbkdf2, ""},
    WycheproofSet{"pbkdf2_hmacsha512", "PBKDF2-HMACSHA512", "PbkdfTest", RunWycheproofPbkdf2, ""},
    WycheproofSet{"rsa_oaep_2048_sha256_mgf1sha256", "RSAES-OAEP", "RsaesOaepDecrypt",
                  RunWycheproofOaep, ""},
    WycheproofSet{"rsa_oaep_3072_sha512_mgf1sha512", "RSAES-OAEP", "RsaesOaepDecrypt",
                  RunWycheproofOaep, ""},
    WycheproofSet{"rsa_pkcs1_2048_sig_gen", "RSASSA-PKCS1-v1_5", "RsassaPkcs1Generate",
                  RunWycheproofRsaSigGen, ""},
    WycheproofSet{"rsa_pss_2048_sha256_mgf1_32", "RSASSA-PSS", "RsassaPssVerify",
                  RunWycheproofRsaPss, ""},
    WycheproofSet{"rsa_pss_3072_sha256_mgf1_32", "RSASSA-PSS", "RsassaPssVerify",
                  RunWycheproofRsaPss, ""},
    WycheproofSet{"rsa_pss_misc", "RSASSA-PSS", "RsassaPssVerify", RunWycheproofRsaPss, ""},
    WycheproofSet{"rsa_signature_2048_sha256", "RSASSA-PKCS1-v1_5", "RsassaPkcs1Verify",
                  RunWycheproofRsaPkcs1, ""},
    WycheproofSet{"rsa_signature_3072_sha512", "RSASSA-PKCS1-v1_5", "RsassaPkcs1Verify",
                  RunWycheproofRsaPkcs1, ""},
};

}  // namespace

std::span<const WycheproofSet> WycheproofTable() { return kTable; }

}  // namespace vallum::vectors
