// SPDX-License-Identifier: Apache-2.0
// The SSP table (ISO/IEC 19790:2012, 7.9.1): every sensitive security parameter of the module, and the
// source files whose secret memory holds it. The Security Policy prints it; ssp_table_test.cc compares
// it with the code both ways.
// Requirement: ssp-table
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vallum::module {

enum class SspKind : std::uint8_t {
  kCritical,  ///< CSP: secret
  kPublic,    ///< PSP: must not be changed
};

enum class Ssp : std::uint8_t {
  kRootKey,
  kKeyEncryptionKey,
  kSecretKey,
  kPrivateKey,
  kPublicKey,
  kKeyInTransit,
  kSharedSecret,
  kDerivedSecret,
  kPlaintext,
  kOperatorVerifier,
  kOperatorPassphrase,
  kOperatorPublicKey,
  kDrbgState,
  kEntropyInput,
};
inline constexpr std::size_t kSspCount = 14;

struct SspRow {
  Ssp ssp;
  std::string_view name;
  SspKind kind;
  std::string_view generation;
  std::string_view entry;
  std::string_view output;
  std::string_view storage;
  std::string_view use;
  std::string_view zeroisation;
};

/// One row an SSP, in the order of the enum. "arena" is the locked memory of base/secret.h,
/// "libcrypto" the memory of the private libcrypto and its provider, wiped at every free.
inline constexpr std::array kSsps = {
    SspRow{Ssp::kRootKey, "root key", SspKind::kCritical, "approved DRBG (GenerateRootKey)",
           "plaintext over the API (Unseal, CreateKek)", "plaintext over the API, for a seal",
           "arena, during the call", "AES-256-GCM around the key-encryption key",
           "end of the call; ZeroiseAll"},
    SspRow{Ssp::kKeyEncryptionKey, "key-encryption key", SspKind::kCritical,
           "approved DRBG (CreateKek, UnsealEphemeral)", "encrypted under the root key (Unseal)",
           "encrypted under the root key (CreateKek)", "libcrypto; arena during the call",
           "AES-256-GCM around keys and operators", "ZeroiseAll, Shutdown"},
    SspRow{Ssp::kSecretKey, "secret key", SspKind::kCritical,
           "approved DRBG, or an approved derivation",
           "encrypted (OpenKey, UnwrapKey) or plaintext over the API (EnterKey)",
           "encrypted (blob, WrapKey)", "libcrypto; arena where it is used raw or extractable",
           "the services of its algorithm", "ZeroiseKey, EndSession, ZeroiseAll, last handle"},
    SspRow{Ssp::kPrivateKey, "private key", SspKind::kCritical,
           "approved key-pair generation with pair-wise consistency test",
           "encrypted (OpenKey, UnwrapKey)",
           "encrypted (blob, WrapKey); plaintext when extractable (ExportPrivateKeyPem)",
           "libcrypto", "the services of its algorithm",
           "ZeroiseKey, EndSession, ZeroiseAll, last handle"},
    SspRow{Ssp::kPublicKey, "public key", SspKind::kPublic, "with its private key",
           "plaintext over the API (EnterPublicKey), validated",
           "plaintext over the API (PublicKey)", "libcrypto",
           "verification, encapsulation, encryption", "with its private key; ZeroiseAll"},
    SspRow{Ssp::kKeyInTransit, "encoded key", SspKind::kCritical, "encoding of a key of the module",
           "inside a blob or a wrapped key", "inside a blob or a wrapped key",
           "arena, during the call", "input and output of key wrapping", "end of the call"},
    SspRow{Ssp::kSharedSecret, "shared secret", SspKind::kCritical,
           "key encapsulation or agreement", "none", "plaintext over the API",
           "arena, until the caller drops it", "derivation of keys", "when the caller drops it"},
    SspRow{Ssp::kDerivedSecret, "derived secret", SspKind::kCritical, "approved derivation", "none",
           "plaintext over the API (DeriveBytes)", "arena, until the caller drops it",
           "keys and their input", "when the caller drops it"},
    SspRow{Ssp::kPlaintext, "decrypted data", SspKind::kCritical, "none", "encrypted",
           "plaintext over the API", "arena, until the caller drops it",
           "data, or a key in transport", "when the caller drops it"},
    SspRow{Ssp::kOperatorVerifier, "operator's verifier", SspKind::kCritical,
           "PBKDF2 of the passphrase", "encrypted (LoadOperator)", "encrypted (EnrolOperator)",
           "arena", "comparison at login", "RemoveOperator, ZeroiseAll, Shutdown"},
    SspRow{Ssp::kOperatorPassphrase, "operator's passphrase", SspKind::kCritical, "none",
           "plaintext over the API (LoginWithPassphrase, EnrolOperator)", "none",
           "arena of the caller", "PBKDF2", "when the caller drops it"},
    SspRow{Ssp::kOperatorPublicKey, "operator's public key", SspKind::kPublic, "none",
           "plaintext over the API (EnrolOperator), encrypted (LoadOperator)",
           "encrypted (EnrolOperator)", "libcrypto; arena during the call",
           "verification of a login", "RemoveOperator, ZeroiseAll, Shutdown"},
    SspRow{Ssp::kDrbgState, "DRBG state: V and Key", SspKind::kCritical, "from the entropy input",
           "none", "none", "libcrypto", "random bits, keys, IVs",
           "ZeroiseAll (root and calling thread), end of thread, end of process"},
    SspRow{Ssp::kEntropyInput, "entropy input", SspKind::kCritical, "entropy source", "none",
           "none", "libcrypto, during seeding", "seed of the DRBG", "end of seeding"},
};
static_assert(kSsps.size() == kSspCount);

/// SspSite says that a source file allocates secret memory for an SSP.
struct SspSite {
  std::string_view file;
  Ssp ssp;
};

inline constexpr std::array kSspSites = {
    SspSite{"src/module/aes_key.cc", Ssp::kSecretKey},
    SspSite{"src/module/authentication.cc", Ssp::kOperatorVerifier},
    SspSite{"src/module/authentication.cc", Ssp::kOperatorPublicKey},
    SspSite{"src/module/cipher.cc", Ssp::kPlaintext},
    SspSite{"src/module/derivation.cc", Ssp::kDerivedSecret},
    SspSite{"src/module/encryption.cc", Ssp::kPlaintext},
    SspSite{"src/module/kek.cc", Ssp::kKeyEncryptionKey},
    SspSite{"src/module/kek.cc", Ssp::kKeyInTransit},
    SspSite{"src/module/entropy.cc", Ssp::kEntropyInput},
    SspSite{"src/module/key.cc", Ssp::kSecretKey},
    SspSite{"src/module/key_blob_cast.cc", Ssp::kKeyInTransit},
    SspSite{"src/module/operator_record.cc", Ssp::kOperatorVerifier},
    SspSite{"src/module/random.cc", Ssp::kRootKey},
    SspSite{"src/ossl/agreement.cc", Ssp::kSharedSecret},
    SspSite{"src/ossl/ccm.cc", Ssp::kSecretKey},
    SspSite{"src/ossl/kem.cc", Ssp::kSharedSecret},
    SspSite{"src/ossl/keywrap.cc", Ssp::kKeyInTransit},
    SspSite{"src/ossl/oaep.cc", Ssp::kPlaintext},
    SspSite{"src/ossl/pkey.cc", Ssp::kPrivateKey},
    SspSite{"src/ossl/random.cc", Ssp::kSecretKey},
};

}  // namespace vallum::module
