// SPDX-License-Identifier: Apache-2.0
// The vector files' names of algorithms, in the door's vocabulary. Null: the door does not offer it.
#pragma once

#include <optional>
#include <string_view>

#include "module/module.h"

namespace vallum::vectors {

/// DigestOf takes ACVP's ("SHA2-256") and Wycheproof's ("SHA-256") names.
std::optional<module::DigestAlgorithm> DigestOf(std::string_view name);
/// HmacOf takes "HMAC-SHA2-256" and so on.
std::optional<module::Algorithm> HmacOf(std::string_view name);
/// EcOf takes "P-256" and "secp256r1".
std::optional<module::Algorithm> EcOf(std::string_view curve);
/// RsaOf takes the size of a modulus in bits.
std::optional<module::Algorithm> RsaOf(std::int64_t bits);
/// MlDsaOf takes "ML-DSA-44", MlKemOf "ML-KEM-512".
std::optional<module::Algorithm> MlDsaOf(std::string_view name);
std::optional<module::Algorithm> MlKemOf(std::string_view name);

/// EcdsaOf and so on name a signature scheme by its hash, in either form.
std::optional<module::Scheme> EcdsaOf(std::string_view hash);
std::optional<module::Scheme> PssOf(std::string_view hash);
std::optional<module::Scheme> Pkcs1Of(std::string_view hash);
std::optional<module::Scheme> OaepOf(std::string_view hash);

/// HashSize is that of a hash's output in bytes; 0: unknown.
std::size_t HashSize(std::string_view hash);

/// Offers says whether the approved table has a key's operation with a scheme.
bool Offers(module::Algorithm algorithm, module::Operation operation, module::Scheme scheme);

}  // namespace vallum::vectors
