// SPDX-License-Identifier: Apache-2.0
// The adapters that the tables name: each runs one case of an algorithm family through the door.
#pragma once

#include "vectors/acvp.h"
#include "vectors/wycheproof.h"

namespace vallum::vectors {

// acvp_aead.cc
Result<Verdict> RunAcvpCcm(const AcvpCase& one);
Result<Verdict> RunAcvpGcm(const AcvpCase& one);
Result<Verdict> RunAcvpGcmInternalIv(const AcvpCase& one);
// acvp_aes.cc
Result<Verdict> RunAcvpAes(const AcvpCase& one);
Result<Verdict> RunAcvpXts(const AcvpCase& one);
// acvp_digest.cc
Result<Verdict> RunAcvpDigest(const AcvpCase& one);
// acvp_keywrap.cc
Result<Verdict> RunAcvpKeyWrap(const AcvpCase& one);
// acvp_mac.cc
Result<Verdict> RunAcvpCmac(const AcvpCase& one);
Result<Verdict> RunAcvpHmac(const AcvpCase& one);
// acvp_drbg.cc
Result<Verdict> RunAcvpDrbg(const AcvpCase& one);
// acvp_ecdh.cc
Result<Verdict> RunAcvpEcdh(const AcvpCase& one);
// acvp_generation.cc
Result<Verdict> RunAcvpEcdsaKeyGen(const AcvpCase& one);
Result<Verdict> RunAcvpRsaSigGen(const AcvpCase& one);
// acvp_kdf.cc
Result<Verdict> RunAcvpKbkdf(const AcvpCase& one);
Result<Verdict> RunAcvpKdaHkdf(const AcvpCase& one);
Result<Verdict> RunAcvpKdaOneStep(const AcvpCase& one);
Result<Verdict> RunAcvpPbkdf(const AcvpCase& one);
// acvp_tls.cc
Result<Verdict> RunAcvpTls12(const AcvpCase& one);
Result<Verdict> RunAcvpTls13(const AcvpCase& one);
// acvp_pqc.cc
Result<Verdict> RunAcvpMlDsaKeyGen(const AcvpCase& one);
Result<Verdict> RunAcvpMlDsaSigGen(const AcvpCase& one);
Result<Verdict> RunAcvpMlKem(const AcvpCase& one);
// acvp_signature.cc
Result<Verdict> RunAcvpEcdsaKeyVer(const AcvpCase& one);
Result<Verdict> RunAcvpEcdsaSigVer(const AcvpCase& one);
Result<Verdict> RunAcvpEddsaKeyVer(const AcvpCase& one);
Result<Verdict> RunAcvpEddsaSigVer(const AcvpCase& one);
Result<Verdict> RunAcvpRsaSigVer(const AcvpCase& one);

// wycheproof_aes.cc
Result<Verdict> RunWycheproofCbc(const WycheproofCase& one);
Result<Verdict> RunWycheproofCcm(const WycheproofCase& one);
Result<Verdict> RunWycheproofGcm(const WycheproofCase& one);
Result<Verdict> RunWycheproofGmac(const WycheproofCase& one);
Result<Verdict> RunWycheproofKw(const WycheproofCase& one);
Result<Verdict> RunWycheproofKwp(const WycheproofCase& one);
Result<Verdict> RunWycheproofXts(const WycheproofCase& one);
// wycheproof_ecdh.cc
Result<Verdict> RunWycheproofEcdh(const WycheproofCase& one);
// wycheproof_kdf.cc
Result<Verdict> RunWycheproofHkdf(const WycheproofCase& one);
Result<Verdict> RunWycheproofPbkdf2(const WycheproofCase& one);
// wycheproof_mac.cc
Result<Verdict> RunWycheproofCmac(const WycheproofCase& one);
Result<Verdict> RunWycheproofKmac(const WycheproofCase& one);
Result<Verdict> RunWycheproofHmac(const WycheproofCase& one);
// wycheproof_pqc.cc
Result<Verdict> RunWycheproofMlDsaSign(const WycheproofCase& one);
Result<Verdict> RunWycheproofMlDsaVerify(const WycheproofCase& one);
Result<Verdict> RunWycheproofMlKem(const WycheproofCase& one);
Result<Verdict> RunWycheproofMlKemEncaps(const WycheproofCase& one);
Result<Verdict> RunWycheproofMlKemKeyGen(const WycheproofCase& one);
// wycheproof_rsa.cc
Result<Verdict> RunWycheproofOaep(const WycheproofCase& one);
Result<Verdict> RunWycheproofRsaSigGen(const WycheproofCase& one);
// wycheproof_signature.cc
Result<Verdict> RunWycheproofEcdsa(const WycheproofCase& one);
Result<Verdict> RunWycheproofEcdsaP1363(const WycheproofCase& one);
Result<Verdict> RunWycheproofEddsa(const WycheproofCase& one);
Result<Verdict> RunWycheproofRsaPkcs1(const WycheproofCase& one);
Result<Verdict> RunWycheproofRsaPss(const WycheproofCase& one);

}  // namespace vallum::vectors
