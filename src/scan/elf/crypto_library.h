// SPDX-License-Identifier: Apache-2.0
// The cryptographic libraries that are known by their ELF files: one row each.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace vallum::scan {

/// VersionText is a C string whose beginning names a product and whose next word is the version, as
/// in "OpenSSL 3.0.19 27 Jan 2026".
struct VersionText {
  std::string_view begins;
  std::string_view product;
  bool has_date = false;  ///< only a text with a day of the month behind the version counts
};

/// MarkerSymbol is a function that a product defines and nobody else; a file that defines it is the
/// product's library or has the product built in.
struct MarkerSymbol {
  std::string_view name;
  std::string_view product;
  bool is_prefix = false;
};

/// LibraryName is the beginning of a shared library's name (DT_SONAME, DT_NEEDED).
struct LibraryName {
  std::string_view begins;
  std::string_view product;
};

inline constexpr auto kVersionTexts = std::to_array<VersionText>({
    {"OpenSSL 1.1.1 (compatible; AWS-LC ", "AWS-LC"},  // before the next row, which it begins like
    {"OpenSSL 0.", "OpenSSL", true},
    {"OpenSSL 1.", "OpenSSL", true},
    {"OpenSSL 3.", "OpenSSL", true},
    {"OpenSSL 4.", "OpenSSL", true},
    {"LibreSSL ", "LibreSSL"},
    {"mbed TLS ", "Mbed TLS"},
    {"Mbed TLS ", "Mbed TLS"},
});

inline constexpr auto kMarkerSymbols = std::to_array<MarkerSymbol>({
    {"OSSL_LIB_CTX_new", "OpenSSL"},
    {"OPENSSL_init_crypto", "OpenSSL"},
    {"EVP_MD_CTX_create", "OpenSSL"},
    {"awslc_api_version_num", "AWS-LC"},
    {"aws_lc_", "AWS-LC", true},
    {"AWSLC_", "AWS-LC", true},
    {"BORINGSSL_self_test", "BoringSSL"},
    {"BORINGSSL_bcm_text_hash", "BoringSSL"},
    {"wolfCrypt_Init", "wolfSSL"},
    {"wc_AesSetKey", "wolfSSL"},
    {"mbedtls_aes_setkey_enc", "Mbed TLS"},
    {"mbedtls_sha256_starts", "Mbed TLS"},
    {"sodium_init", "libsodium"},
    {"crypto_secretbox_easy", "libsodium"},
    {"gcry_check_version", "libgcrypt"},
    {"gnutls_global_init", "GnuTLS"},
    {"nettle_aes256_encrypt", "Nettle"},
    {"nettle_sha256_update", "Nettle"},
    {"FREEBL_GetVector", "NSS"},
    {"NSS_InitContext", "NSS"},
    {"_ZN5Botan", "Botan", true},
    {"_ZN8CryptoPP", "Crypto++", true},
    {"register_all_ciphers", "LibTomCrypt"},
    {"OQS_init", "liboqs"},
    {"argon2id_hash_raw", "Argon2"},
});

inline constexpr auto kLibraryNames = std::to_array<LibraryName>({
    {"libcrypto.so", "OpenSSL"},    {"libssl.so", "OpenSSL"},
    {"libcrypto-", "OpenSSL"},      {"libssl-", "OpenSSL"},
    {"libwolfssl.so", "wolfSSL"},   {"libmbedcrypto.so", "Mbed TLS"},
    {"libmbedtls.so", "Mbed TLS"},  {"libtfpsacrypto.so", "Mbed TLS"},
    {"libsodium.so", "libsodium"},  {"libgcrypt.so", "libgcrypt"},
    {"libgnutls.so", "GnuTLS"},     {"libnettle.so", "Nettle"},
    {"libhogweed.so", "Nettle"},    {"libfreebl3.so", "NSS"},
    {"libfreeblpriv3.so", "NSS"},   {"libsoftokn3.so", "NSS"},
    {"libnss3.so", "NSS"},          {"libssl3.so", "NSS"},
    {"libsmime3.so", "NSS"},        {"libnssdbm3.so", "NSS"},
    {"libbotan-", "Botan"},         {"libcrypto++.so", "Crypto++"},
    {"libcryptopp.so", "Crypto++"}, {"libtomcrypt.so", "LibTomCrypt"},
    {"liboqs.so", "liboqs"},        {"libargon2.so", "Argon2"},
});

}  // namespace vallum::scan
