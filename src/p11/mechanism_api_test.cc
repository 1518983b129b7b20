// SPDX-License-Identifier: Apache-2.0
// Mechanisms, as an application uses them. Other people's implementations check the results in tests/p11.
#include <algorithm>

#include "p11/api_testing.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {
namespace {

class MechanismApiTest : public ApiTest {
 protected:
  static CK_MECHANISM Plain(CK_MECHANISM_TYPE type) { return {type, nullptr, 0}; }
  template <typename T>
  static CK_MECHANISM With(CK_MECHANISM_TYPE type, T& parameter) {
    return {type, &parameter, sizeof(parameter)};
  }

  CK_RV Encrypt(CK_MECHANISM how, CK_OBJECT_HANDLE key, ByteSpan data, Bytes& out) {
    if (const CK_RV begun = C_EncryptInit(session_, &how, key); begun != CKR_OK) return begun;
    CK_ULONG size = 0;
    const CK_RV asked = C_Encrypt(session_, Data(data), data.size(), nullptr, &size);
    if (asked != CKR_OK) return asked;
    out.resize(size);
    const CK_RV done = C_Encrypt(session_, Data(data), data.size(), out.data(), &size);
    out.resize(size);
    return done;
  }
  CK_RV Decrypt(CK_MECHANISM how, CK_OBJECT_HANDLE key, ByteSpan data, Bytes& out) {
    if (const CK_RV begun = C_DecryptInit(session_, &how, key); begun != CKR_OK) return begun;
    out.resize(data.size());
    CK_ULONG size = out.size();
    const CK_RV done = C_Decrypt(session_, Data(data), data.size(), out.data(), &size);
    out.resize(size);
    return done;
  }
  // Signs at once and in pieces; both verify, and a changed message does not.
  void ExpectSigns(CK_MECHANISM how, const Pair& pair) {
    const Bytes data(100, 7);
    const Bytes signature = Sign(how, pair.private_key, data);
    EXPECT_EQ(Verify(how, pair.public_key, data, signature), CKR_OK) << how.mechanism;
    EXPECT_EQ(Verify(how, pair.public_key, Bytes(100, 8), signature), CKR_SIGNATURE_INVALID)
        << how.mechanism;
    EXPECT_EQ(Verify(how, pair.public_key, data, ByteSpan(signature).subspan(1)),
              CKR_SIGNATURE_LEN_RANGE);
    Bytes pieces(signature.size());
    CK_ULONG size = pieces.size();
    ASSERT_EQ(C_SignInit(session_, &how, pair.private_key), CKR_OK);
    ASSERT_EQ(C_SignUpdate(session_, Data(data), 30), CKR_OK);
    ASSERT_EQ(C_SignUpdate(session_, Data(ByteSpan(data).subspan(30)), 70), CKR_OK);
    ASSERT_EQ(C_SignFinal(session_, pieces.data(), &size), CKR_OK);
    ASSERT_EQ(C_VerifyInit(session_, &how, pair.public_key), CKR_OK);
    ASSERT_EQ(C_VerifyUpdate(session_, Data(data), 100), CKR_OK);
    EXPECT_EQ(C_VerifyFinal(session_, pieces.data(), size), CKR_OK) << how.mechanism;
  }
  // An AES key that is known.
  CK_OBJECT_HANDLE Known(std::string_view hex, TestTemplate given = {}) {
    given.Number(CKA_CLASS, CKO_SECRET_KEY).Number(CKA_KEY_TYPE, CKK_AES);
    given.Add(CKA_VALUE, *FromHex(hex)).Flag(CKA_SIGN, true).Flag(CKA_VERIFY, true);
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    EXPECT_EQ(C_CreateObject(session_, given.data(), given.size(), &key), CKR_OK);
    return key;
  }
  Pair Rsa() {
    return MakePair(CKM_RSA_PKCS_KEY_PAIR_GEN, TestTemplate().Number(CKA_MODULUS_BITS, 2048));
  }
};

TEST_F(MechanismApiTest, TheListIsTheTableAndEachHasItsInfo) {
  CK_ULONG count = 0;
  ASSERT_EQ(C_GetMechanismList(0, nullptr, &count), CKR_OK);
  std::vector<CK_MECHANISM_TYPE> all(count);
  ASSERT_EQ(C_GetMechanismList(0, all.data(), &count), CKR_OK);
  EXPECT_EQ(count, kMechanisms.size());
  for (const CK_MECHANISM_TYPE type : all) {
    CK_MECHANISM_INFO info;
    ASSERT_EQ(C_GetMechanismInfo(0, type, &info), CKR_OK);
    EXPECT_NE(info.flags, 0u);
  }
  count = 1;
  EXPECT_EQ(C_GetMechanismList(0, all.data(), &count), CKR_BUFFER_TOO_SMALL);
  CK_MECHANISM_INFO info;
  EXPECT_EQ(C_GetMechanismInfo(0, CKM_DES_CBC, &info), CKR_MECHANISM_INVALID);
}

TEST_F(MechanismApiTest, EcdsaSignsWithEveryHashThatItsCurveAllows) {
  const Pair p256 = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  for (const CK_MECHANISM_TYPE type : {CKM_ECDSA_SHA256, CKM_ECDSA_SHA384, CKM_ECDSA_SHA3_256}) {
    ExpectSigns(Plain(type), p256);
  }
  ExpectSigns(Plain(CKM_ECDSA_SHA384), MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP384)));
}

TEST_F(MechanismApiTest, ADigestSignedRawIsTheHashedSignature) {
  const Pair pair = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  CK_MECHANISM sha256 = Plain(CKM_SHA256);
  Bytes digest(32);
  CK_ULONG size = digest.size();
  ASSERT_EQ(C_DigestInit(session_, &sha256), CKR_OK);
  ASSERT_EQ(C_Digest(session_, Text("abc"), 3, digest.data(), &size), CKR_OK);
  EXPECT_EQ(ToHex(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const Bytes signature = Sign(Plain(CKM_ECDSA), pair.private_key, digest);
  EXPECT_EQ(Verify(Plain(CKM_ECDSA_SHA256), pair.public_key, AsBytes("abc"), signature), CKR_OK);
  CK_MECHANISM raw = Plain(CKM_ECDSA);
  ASSERT_EQ(C_SignInit(session_, &raw, pair.private_key), CKR_OK);
  Bytes out(64);
  size = out.size();
  EXPECT_EQ(C_Sign(session_, digest.data(), 20, out.data(), &size), CKR_DATA_LEN_RANGE);
}

TEST_F(MechanismApiTest, RsaSignsInBothPaddingsHashedAndRaw) {
  const Pair pair = Rsa();
  ExpectSigns(Plain(CKM_SHA256_RSA_PKCS), pair);
  ExpectSigns(Plain(CKM_SHA3_512_RSA_PKCS), pair);
  CK_RSA_PKCS_PSS_PARAMS pss{CKM_SHA256, CKG_MGF1_SHA256, 32};
  ExpectSigns(With(CKM_SHA256_RSA_PKCS_PSS, pss), pair);
  const Bytes digest(32, 5);
  const Bytes signature = Sign(With(CKM_RSA_PKCS_PSS, pss), pair.private_key, digest);
  EXPECT_EQ(Verify(With(CKM_RSA_PKCS_PSS, pss), pair.public_key, digest, signature), CKR_OK);
  pss.sLen = 20;
  ExpectSigns(With(CKM_SHA256_RSA_PKCS_PSS, pss), pair);
  pss.mgf = CKG_MGF1_SHA1;
  CK_MECHANISM wrong = With(CKM_SHA256_RSA_PKCS_PSS, pss);
  EXPECT_EQ(C_SignInit(session_, &wrong, pair.private_key), CKR_MECHANISM_PARAM_INVALID);
  Bytes info = *FromHex("3031300d060960864801650304020105000420");
  Append(info, digest);
  const Bytes raw = Sign(Plain(CKM_RSA_PKCS), pair.private_key, info);
  EXPECT_EQ(Verify(Plain(CKM_RSA_PKCS), pair.public_key, info, raw), CKR_OK);
}

TEST_F(MechanismApiTest, EdwardsAndPostQuantumKeysSign) {
  ExpectSigns(Plain(CKM_EDDSA), MakePair(CKM_EC_EDWARDS_KEY_PAIR_GEN, Curve(kEd25519)));
  const Pair dsa =
      MakePair(CKM_ML_DSA_KEY_PAIR_GEN, TestTemplate().Number(CKA_PARAMETER_SET, CKP_ML_DSA_65));
  ExpectSigns(Plain(CKM_ML_DSA), dsa);
  CK_BYTE context[] = "context";
  CK_SIGN_ADDITIONAL_CONTEXT with{CKH_DETERMINISTIC_REQUIRED, context, 7};
  ExpectSigns(With(CKM_ML_DSA, with), dsa);
  const Bytes data(10, 1);
  EXPECT_EQ(Verify(Plain(CKM_ML_DSA), dsa.public_key, data,
                   Sign(With(CKM_ML_DSA, with), dsa.private_key, data)),
            CKR_SIGNATURE_INVALID);
}

TEST_F(MechanismApiTest, AGenericSecretMakesHmacsOfEveryHash) {
  const CK_OBJECT_HANDLE key =
      Secret(CKM_GENERIC_SECRET_KEY_GEN, 32, TestTemplate().Flag(CKA_TOKEN, true));
  for (const auto& [type, size] : {std::pair{CKM_SHA256_HMAC, 32}, std::pair{CKM_SHA512_HMAC, 64},
                                   std::pair{CKM_SHA3_384_HMAC, 48}}) {
    const Bytes mac = Sign(Plain(type), key, AsBytes("data"));
    EXPECT_EQ(mac.size(), static_cast<std::size_t>(size));
    EXPECT_EQ(Verify(Plain(type), key, AsBytes("data"), mac), CKR_OK);
    EXPECT_EQ(Verify(Plain(type), key, AsBytes("date"), mac), CKR_SIGNATURE_INVALID);
  }
}

TEST_F(MechanismApiTest, AnEnteredHmacKeyGivesTheMacOfRfc4231) {
  TestTemplate given;
  given.Number(CKA_CLASS, CKO_SECRET_KEY)
      .Number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
      .Add(CKA_VALUE, Bytes(20, 0x0b));
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  ASSERT_EQ(C_CreateObject(session_, given.data(), given.size(), &key), CKR_OK);
  EXPECT_EQ(ToHex(Sign(Plain(CKM_SHA256_HMAC), key, AsBytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST_F(MechanismApiTest, AesModesComeBackAtOnceAndInPieces) {
  const CK_OBJECT_HANDLE key = Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_TOKEN, true));
  std::array<CK_BYTE, 16> iv{};
  CK_AES_CTR_PARAMS ctr{128, {}};
  const Bytes data(48, 9);
  for (const CK_MECHANISM& how : {Plain(CKM_AES_ECB), With(CKM_AES_CBC, iv),
                                  With(CKM_AES_CBC_PAD, iv), With(CKM_AES_CTR, ctr)}) {
    Bytes sealed;
    Bytes opened;
    ASSERT_EQ(Encrypt(how, key, data, sealed), CKR_OK) << how.mechanism;
    ASSERT_EQ(Decrypt(how, key, sealed, opened), CKR_OK) << how.mechanism;
    EXPECT_EQ(opened, data);
    CK_MECHANISM again = how;
    Bytes pieces(80);
    CK_ULONG first = pieces.size();
    ASSERT_EQ(C_EncryptInit(session_, &again, key), CKR_OK);
    ASSERT_EQ(C_EncryptUpdate(session_, Data(data), 20, pieces.data(), &first), CKR_OK);
    CK_ULONG second = pieces.size() - first;
    ASSERT_EQ(C_EncryptUpdate(session_, Data(ByteSpan(data).subspan(20)), 28, pieces.data() + first,
                              &second),
              CKR_OK);
    CK_ULONG last = pieces.size() - first - second;
    ASSERT_EQ(C_EncryptFinal(session_, pieces.data() + first + second, &last), CKR_OK);
    pieces.resize(first + second + last);
    EXPECT_EQ(pieces, sealed) << how.mechanism;
  }
  Bytes odd;
  EXPECT_EQ(Encrypt(With(CKM_AES_CBC, iv), key, Bytes(17), odd), CKR_DATA_LEN_RANGE);
}

TEST_F(MechanismApiTest, GcmTakesNoIvOfTheCallerAndMakesItsOwn) {
  const CK_OBJECT_HANDLE key = Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_TOKEN, true));
  std::array<CK_BYTE, 12> iv{};
  CK_BYTE aad[] = "aad";
  CK_GCM_PARAMS gcm{iv.data(), iv.size(), 96, aad, 3, 128};
  const Bytes data(33, 4);
  Bytes sealed;
  EXPECT_EQ(Encrypt(With(CKM_AES_GCM, gcm), key, data, sealed), CKR_OPERATION_NOT_VALIDATED);
  gcm.ulIvBits = 0;
  ASSERT_EQ(Encrypt(With(CKM_AES_GCM, gcm), key, data, sealed), CKR_OK);
  EXPECT_NE(iv, (std::array<CK_BYTE, 12>{}));
  EXPECT_EQ(sealed.size(), data.size() + 16);
  gcm.ulIvBits = 96;
  Bytes opened;
  ASSERT_EQ(Decrypt(With(CKM_AES_GCM, gcm), key, sealed, opened), CKR_OK);
  EXPECT_EQ(opened, data);
  sealed[0] ^= 1;
  EXPECT_EQ(Decrypt(With(CKM_AES_GCM, gcm), key, sealed, opened), CKR_AEAD_DECRYPT_FAILED);
}

TEST_F(MechanismApiTest, MessagesHaveIvsThatTheModuleMakes) {
  const CK_OBJECT_HANDLE key = Secret(CKM_AES_KEY_GEN, 32);
  std::array<CK_BYTE, 12> iv{};
  std::array<CK_BYTE, 16> tag{};
  CK_GCM_MESSAGE_PARAMS message{iv.data(), 12, 0, CKG_GENERATE_RANDOM, tag.data(), 128};
  CK_MECHANISM how = Plain(CKM_AES_GCM);
  ASSERT_EQ(C_MessageEncryptInit(session_, &how, key), CKR_OK);
  CK_BYTE data[] = "message";
  Bytes sealed(7);
  CK_ULONG size = sealed.size();
  ASSERT_EQ(C_EncryptMessage(session_, &message, sizeof(message), nullptr, 0, data, 7,
                             sealed.data(), &size),
            CKR_OK);
  const auto first = iv;
  ASSERT_EQ(C_EncryptMessage(session_, &message, sizeof(message), nullptr, 0, data, 7,
                             sealed.data(), &size),
            CKR_OK);
  EXPECT_NE(iv, first);
  ASSERT_EQ(C_MessageEncryptFinal(session_), CKR_OK);
  CK_FLAGS validation = 0;
  ASSERT_EQ(C_GetSessionValidationFlags(session_, CKS_LAST_VALIDATION_OK, &validation), CKR_OK);
  EXPECT_EQ(validation, CKS_LAST_VALIDATION_OK);
  ASSERT_EQ(C_MessageDecryptInit(session_, &how, key), CKR_OK);
  Bytes opened(7);
  message.ivGenerator = CKG_NO_GENERATE;
  ASSERT_EQ(C_DecryptMessage(session_, &message, sizeof(message), nullptr, 0, sealed.data(), 7,
                             opened.data(), &size),
            CKR_OK);
  EXPECT_EQ(AsText(opened), "message");
  tag[0] ^= 1;
  EXPECT_EQ(C_DecryptMessage(session_, &message, sizeof(message), nullptr, 0, sealed.data(), 7,
                             opened.data(), &size),
            CKR_AEAD_DECRYPT_FAILED);
}

TEST_F(MechanismApiTest, OaepComesBack) {
  const Pair pair = Rsa();
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, nullptr, 0};
  Bytes sealed;
  Bytes opened;
  ASSERT_EQ(Encrypt(With(CKM_RSA_PKCS_OAEP, oaep), pair.public_key, AsBytes("secret"), sealed),
            CKR_OK);
  ASSERT_EQ(Decrypt(With(CKM_RSA_PKCS_OAEP, oaep), pair.private_key, sealed, opened), CKR_OK);
  EXPECT_EQ(AsText(opened), "secret");
}

TEST_F(MechanismApiTest, AWrappedKeyComesBackAsItWas) {
  const CK_OBJECT_HANDLE wrapping =
      Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_WRAP, true).Flag(CKA_UNWRAP, true));
  const CK_OBJECT_HANDLE fixed = Secret(CKM_AES_KEY_GEN, 16);
  const CK_OBJECT_HANDLE loose =
      Secret(CKM_AES_KEY_GEN, 16, TestTemplate().Flag(CKA_EXTRACTABLE, true));
  CK_MECHANISM how = Plain(CKM_AES_KEY_WRAP_KWP);
  Bytes wrapped(64);
  CK_ULONG size = wrapped.size();
  EXPECT_EQ(C_WrapKey(session_, &how, wrapping, fixed, wrapped.data(), &size),
            CKR_KEY_UNEXTRACTABLE);
  ASSERT_EQ(C_WrapKey(session_, &how, wrapping, loose, wrapped.data(), &size), CKR_OK);
  TestTemplate given;
  given.Number(CKA_CLASS, CKO_SECRET_KEY).Number(CKA_KEY_TYPE, CKK_AES).Flag(CKA_TOKEN, true);
  CK_OBJECT_HANDLE back = CK_INVALID_HANDLE;
  ASSERT_EQ(C_UnwrapKey(session_, &how, wrapping, wrapped.data(), size, given.data(), given.size(),
                        &back),
            CKR_OK);
  Bytes one;
  Bytes other;
  ASSERT_EQ(Encrypt(Plain(CKM_AES_ECB), loose, Bytes(16), one), CKR_OK);
  ASSERT_EQ(Encrypt(Plain(CKM_AES_ECB), back, Bytes(16), other), CKR_OK);
  EXPECT_EQ(one, other);
  wrapped[0] ^= 1;
  EXPECT_EQ(C_UnwrapKey(session_, &how, wrapping, wrapped.data(), size, given.data(), given.size(),
                        &back),
            CKR_WRAPPED_KEY_INVALID);
}

TEST_F(MechanismApiTest, SlhDsaSigns) {
  ExpectSigns(Plain(CKM_SLH_DSA),
              MakePair(CKM_SLH_DSA_KEY_PAIR_GEN,
                       TestTemplate().Number(CKA_PARAMETER_SET, CKP_SLH_DSA_SHA2_128F)));
}

TEST_F(MechanismApiTest, CmacIsTheOneOfRfc4493) {
  const CK_OBJECT_HANDLE key = Known("2b7e151628aed2a6abf7158809cf4f3c");
  const Bytes mac = Sign(Plain(CKM_AES_CMAC), key, *FromHex("6bc1bee22e409f96e93d7e117393172a"));
  EXPECT_EQ(ToHex(mac), "070a16b46b4d4144f79bdd9dd04a287c");
  EXPECT_EQ(Verify(Plain(CKM_AES_CMAC), key, Bytes(16), mac), CKR_SIGNATURE_INVALID);
}

TEST_F(MechanismApiTest, CcmIsTheOneOfRfc3610) {
  const CK_OBJECT_HANDLE key = Known("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf");
  Bytes nonce = *FromHex("00000003020100a0a1a2a3a4a5");
  Bytes aad = *FromHex("0001020304050607");
  CK_CCM_PARAMS ccm{23, nonce.data(), nonce.size(), aad.data(), aad.size(), 8};
  const Bytes sealed = *FromHex("588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0");
  Bytes opened;
  ASSERT_EQ(Decrypt(With(CKM_AES_CCM, ccm), key, sealed, opened), CKR_OK);
  EXPECT_EQ(ToHex(opened), "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e");
  aad[0] ^= 1;
  EXPECT_EQ(Decrypt(With(CKM_AES_CCM, ccm), key, sealed, opened), CKR_AEAD_DECRYPT_FAILED);
}

TEST_F(MechanismApiTest, KeyWrapIsTheOneOfRfc3394) {
  const CK_OBJECT_HANDLE wrapping =
      Known("000102030405060708090a0b0c0d0e0f", TestTemplate().Flag(CKA_WRAP, true));
  const CK_OBJECT_HANDLE key =
      Known("00112233445566778899aabbccddeeff", TestTemplate().Flag(CKA_EXTRACTABLE, true));
  CK_MECHANISM how = Plain(CKM_AES_KEY_WRAP);
  Bytes wrapped(64);
  CK_ULONG size = wrapped.size();
  ASSERT_EQ(C_WrapKey(session_, &how, wrapping, key, wrapped.data(), &size), CKR_OK);
  wrapped.resize(size);
  EXPECT_EQ(ToHex(wrapped), "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
}

TEST_F(MechanismApiTest, BothSidesOfAnAgreementGetTheSameKey) {
  const TestTemplate derives = TestTemplate().Flag(CKA_DERIVE, true);
  const Pair a = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256), derives);
  const Pair b = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256), derives);
  TestTemplate given;
  given.Number(CKA_CLASS, CKO_SECRET_KEY).Number(CKA_KEY_TYPE, CKK_AES).Number(CKA_VALUE_LEN, 32);
  std::vector<Bytes> sealed;
  for (const auto& [own, peer] :
       {std::pair{a.private_key, b.public_key}, std::pair{b.private_key, a.public_key}}) {
    Bytes point = Attribute(peer, CKA_EC_POINT);
    CK_ECDH1_DERIVE_PARAMS ecdh{CKD_SHA256_KDF, 0, nullptr, point.size(), point.data()};
    CK_MECHANISM how = With(CKM_ECDH1_DERIVE, ecdh);
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    ASSERT_EQ(C_DeriveKey(session_, &how, own, given.data(), given.size(), &key), CKR_OK);
    ASSERT_EQ(Encrypt(Plain(CKM_AES_ECB), key, Bytes(16), sealed.emplace_back()), CKR_OK);
  }
  EXPECT_EQ(sealed[0], sealed[1]);
}

TEST_F(MechanismApiTest, BothSidesOfAnEncapsulationGetTheSameKey) {
  const Pair pair =
      MakePair(CKM_ML_KEM_KEY_PAIR_GEN, TestTemplate().Number(CKA_PARAMETER_SET, CKP_ML_KEM_768));
  TestTemplate given;
  given.Number(CKA_CLASS, CKO_SECRET_KEY).Number(CKA_KEY_TYPE, CKK_AES);
  CK_MECHANISM how = Plain(CKM_ML_KEM);
  CK_ULONG size = 0;
  CK_OBJECT_HANDLE mine = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE yours = CK_INVALID_HANDLE;
  ASSERT_EQ(C_EncapsulateKey(session_, &how, pair.public_key, given.data(), given.size(), nullptr,
                             &size, nullptr),
            CKR_OK);
  Bytes ciphertext(size);
  ASSERT_EQ(C_EncapsulateKey(session_, &how, pair.public_key, given.data(), given.size(),
                             ciphertext.data(), &size, &mine),
            CKR_OK);
  ASSERT_EQ(C_DecapsulateKey(session_, &how, pair.private_key, given.data(), given.size(),
                             ciphertext.data(), size, &yours),
            CKR_OK);
  Bytes one;
  Bytes other;
  ASSERT_EQ(Encrypt(Plain(CKM_AES_ECB), mine, Bytes(16), one), CKR_OK);
  ASSERT_EQ(Encrypt(Plain(CKM_AES_ECB), yours, Bytes(16), other), CKR_OK);
  EXPECT_EQ(one, other);
}

TEST_F(MechanismApiTest, AnOperationSurvivesTooLittleRoomAndNothingElse) {
  const Pair pair = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  CK_MECHANISM how = Plain(CKM_ECDSA_SHA256);
  Bytes out(64);
  CK_ULONG size = 63;
  ASSERT_EQ(C_SignInit(session_, &how, pair.private_key), CKR_OK);
  EXPECT_EQ(C_SignInit(session_, &how, pair.private_key), CKR_OPERATION_ACTIVE);
  EXPECT_EQ(C_Sign(session_, out.data(), 4, out.data(), &size), CKR_BUFFER_TOO_SMALL);
  EXPECT_EQ(size, 64u);
  EXPECT_EQ(C_Sign(session_, nullptr, 4, out.data(), &size), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_Sign(session_, out.data(), 4, out.data(), &size), CKR_OPERATION_NOT_INITIALIZED);
}

TEST_F(MechanismApiTest, AKeyOfTheWrongTypeOrClassOrMechanismIsRefused) {
  const Pair pair = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  CK_MECHANISM rsa = Plain(CKM_SHA256_RSA_PKCS);
  CK_MECHANISM ecdsa = Plain(CKM_ECDSA_SHA256);
  CK_MECHANISM des = Plain(CKM_DES_CBC);
  EXPECT_EQ(C_SignInit(session_, &rsa, pair.private_key), CKR_KEY_TYPE_INCONSISTENT);
  EXPECT_EQ(C_SignInit(session_, &ecdsa, pair.public_key), CKR_KEY_TYPE_INCONSISTENT);
  EXPECT_EQ(C_SignInit(session_, &des, pair.private_key), CKR_MECHANISM_INVALID);
  EXPECT_EQ(C_SignInit(session_, &ecdsa, 999999), CKR_KEY_HANDLE_INVALID);
  CK_MECHANISM broken{CKM_ECDSA_SHA256, &rsa, 3};
  EXPECT_EQ(C_SignInit(session_, &broken, pair.private_key), CKR_MECHANISM_PARAM_INVALID);
  const Pair limited = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256),
                                TestTemplate().Number(CKA_ALLOWED_MECHANISMS, CKM_ECDSA_SHA384));
  EXPECT_EQ(C_SignInit(session_, &ecdsa, limited.private_key), CKR_MECHANISM_INVALID);
}

}  // namespace
}  // namespace vallum::p11
