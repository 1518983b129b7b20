// SPDX-License-Identifier: Apache-2.0
// Java libraries with primitives of their own, known by one class each, wherever the class was moved to.
#pragma once

#include <array>
#include <string_view>

namespace vallum::scan {

struct JavaLibrary {
  std::string_view class_file;  ///< the end of the class's path
  std::string_view product;
  std::string_view
      constant;  ///< a text in the class, with the version behind it; empty: any content
};

inline constexpr std::string_view kBouncyCastle = "Bouncy Castle";
inline constexpr std::string_view kBouncyCastleFips = "BC-FJA";

inline constexpr auto kJavaLibraries = std::to_array<JavaLibrary>({
    {"/BouncyCastleProvider.class", kBouncyCastle, "BouncyCastle Security Provider v"},
    {"/BouncyCastleFipsProvider.class", kBouncyCastleFips,
     "BouncyCastle Security Provider (FIPS edition) v"},
    {"/tink/aead/AeadConfig.class", "Tink", ""},
    {"/jasypt/encryption/pbe/StandardPBEByteEncryptor.class", "Jasypt", ""},
    {"/mindrot/jbcrypt/BCrypt.class", "jBCrypt", ""},
    {"/favre/lib/crypto/bcrypt/BCrypt.class", "bcrypt (favre)", ""},
    {"/security/crypto/bcrypt/BCrypt.class", "Spring Security Crypto", ""},
    {"/conscrypt/OpenSSLProvider.class", "Conscrypt", ""},
    {"/i2p/crypto/eddsa/EdDSAEngine.class", "EdDSA-Java", ""},
    {"/mkammerer/argon2/Argon2Factory.class", "argon2-jvm", ""},
    {"/goterl/lazysodium/LazySodium.class", "Lazysodium", ""},
    {"/amazon/corretto/crypto/provider/AmazonCorrettoCryptoProvider.class",
     "Corretto Crypto Provider", ""},
    {"/zip4j/crypto/AESEncrypter.class", "zip4j", ""},
});

}  // namespace vallum::scan
