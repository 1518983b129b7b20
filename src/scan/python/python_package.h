// SPDX-License-Identifier: Apache-2.0
// Python distributions with primitives of their own, in Python or in C: one row each. What is judged by
// the library that it is linked to (cryptography, pyOpenSSL, M2Crypto) is no row.
#pragma once

#include <array>
#include <string_view>

namespace vallum::scan {

struct PythonPackage {
  std::string_view distribution;  ///< in lower case, with "-" for "_" and "."
  std::string_view module;        ///< what a program imports; empty: nothing
};

inline constexpr auto kPythonPackages = std::to_array<PythonPackage>({
    {"pycryptodome", "Crypto"},
    {"pycryptodomex", "Cryptodome"},
    {"pycrypto", "Crypto"},
    {"pynacl", "nacl"},
    {"libnacl", "libnacl"},
    {"pysodium", "pysodium"},
    {"bcrypt", "bcrypt"},
    {"argon2-cffi", "argon2"},
    {"argon2-cffi-bindings", ""},
    {"passlib", "passlib"},
    {"rsa", "rsa"},
    {"ecdsa", "ecdsa"},
    {"tinyec", "tinyec"},
    {"blake3", "blake3"},
    {"pure25519", "pure25519"},
    {"ed25519", "ed25519"},
    {"coincurve", "coincurve"},
    {"secp256k1", "secp256k1"},
    {"pyaes", "pyaes"},
    {"pyblake2", "pyblake2"},
    {"pysha3", "sha3"},
    {"scrypt", "scrypt"},
    {"pyserpent", "serpent"},
    {"fastecdsa", "fastecdsa"},
    {"liboqs-python", "oqs"},
    {"pqcrypto", "pqcrypto"},
    {"rijndael", "rijndael"},
    {"twofish", "twofish"},
    {"py-ecc", "py_ecc"},
    {"starkbank-ecdsa", "ellipticcurve"},
    {"simple-crypt", "simplecrypt"},
});

}  // namespace vallum::scan
