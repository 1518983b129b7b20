// SPDX-License-Identifier: Apache-2.0
// npm packages with primitives of their own, in JavaScript, WebAssembly or a native addon: one row each.
// What asks node:crypto (jose, jsonwebtoken) is no row.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace vallum::scan {

inline constexpr auto kNodePackages = std::to_array<std::string_view>({
    "@node-rs/argon2",
    "@node-rs/bcrypt",
    "@noble/ciphers",
    "@noble/curves",
    "@noble/ed25519",
    "@noble/hashes",
    "@noble/post-quantum",
    "@noble/secp256k1",
    "aes-js",
    "argon2",
    "argon2-browser",
    "asmcrypto.js",
    "bcrypt",
    "bcryptjs",
    "blake2b",
    "blakejs",
    "browserify-aes",
    "browserify-cipher",
    "browserify-des",
    "browserify-rsa",
    "browserify-sign",
    "create-ecdh",
    "create-hash",
    "create-hmac",
    "crypto-browserify",
    "crypto-js",
    "des.js",
    "diffie-hellman",
    "ed2curve",
    "elliptic",
    "ethereum-cryptography",
    "hash-wasm",
    "hash.js",
    "js-sha1",
    "js-sha256",
    "js-sha3",
    "js-sha512",
    "jsencrypt",
    "jsrsasign",
    "keccak",
    "libsodium",
    "libsodium-sumo",
    "libsodium-wrappers",
    "libsodium-wrappers-sumo",
    "md4",
    "md5",
    "md5.js",
    "miller-rabin",
    "node-forge",
    "openpgp",
    "pbkdf2",
    "public-encrypt",
    "ripemd160",
    "scrypt-js",
    "secp256k1",
    "sha.js",
    "sha1",
    "sha3",
    "sjcl",
    "sodium-javascript",
    "sodium-native",
    "tweetnacl",
});

/// KnownNodePackage is the row of that name, or empty.
constexpr std::string_view KnownNodePackage(std::string_view name) {
  const auto* const found = std::find(kNodePackages.begin(), kNodePackages.end(), name);
  return found == kNodePackages.end() ? std::string_view() : *found;
}

}  // namespace vallum::scan
