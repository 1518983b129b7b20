// SPDX-License-Identifier: Apache-2.0
// Crates with primitives of their own: one row each. rustls and what is linked to OpenSSL are no rows.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace vallum::scan {

inline constexpr std::string_view kRing = "ring";
inline constexpr std::string_view kAwsLc = "aws-lc-sys";
inline constexpr std::string_view kAwsLcFips = "aws-lc-fips-sys";

inline constexpr auto kRustCrates = std::to_array<std::string_view>({
    kRing,
    kAwsLc,
    kAwsLcFips,
    "aes",
    "aes-gcm",
    "aes-gcm-siv",
    "aes-siv",
    "argon2",
    "argon2rs",
    "bcrypt",
    "blake2",
    "blake2-rfc",
    "blake2b_simd",
    "blake2s_simd",
    "blake3",
    "blowfish",
    "boring-sys",
    "camellia",
    "ccm",
    "chacha20",
    "chacha20poly1305",
    "cmac",
    "crypto_box",
    "crypto_secretbox",
    "curve25519-dalek",
    "des",
    "dryoc",
    "ecdsa",
    "ed25519-dalek",
    "elliptic-curve",
    "graviola",
    "hkdf",
    "hmac",
    "hmac-sha1",
    "k256",
    "kuznyechik",
    "libcrux",
    "libsodium-sys",
    "md-5",
    "md4",
    "md5",
    "mbedtls-sys",
    "ml-dsa",
    "ml-kem",
    "orion",
    "p256",
    "p384",
    "p521",
    "pbkdf2",
    "poly1305",
    "ripemd",
    "rsa",
    "rust-crypto",
    "salsa20",
    "schnorrkel",
    "scrypt",
    "secp256k1-sys",
    "sha-1",
    "sha1",
    "sha1_smol",
    "sha2",
    "sha3",
    "slh-dsa",
    "sm3",
    "snow",
    "sodiumoxide",
    "tiny-keccak",
    "twofish",
    "x25519-dalek",
    "xsalsa20poly1305",
});

/// KnownRustCrate is the row of that name, or empty.
constexpr std::string_view KnownRustCrate(std::string_view name) {
  const auto* const found = std::find(kRustCrates.begin(), kRustCrates.end(), name);
  return found == kRustCrates.end() ? std::string_view() : *found;
}

}  // namespace vallum::scan
