// SPDX-License-Identifier: Apache-2.0
// The operator record as bytes: docs/formats/operator-record.md. Parsing decides nothing about
// authenticity.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "module/key_blob.h"
#include "module/role.h"

namespace vallum::module {

/// How an operator proves who it is; the numbers are stored.
enum class LoginMethod : std::uint8_t { kEcP256 = 1, kEd25519 = 2, kPassphrase = 3 };

struct OperatorFacts {
  std::string name;
  Role role = Role::kUser;
  LoginMethod method = LoginMethod::kEcP256;
  bool operator==(const OperatorFacts&) const = default;
};

struct OperatorRecord {
  OperatorFacts facts;
  KekId kek_id{};
  SealedBytes sealed;  ///< views what was parsed
};

/// What is sealed in the record of an operator with a passphrase.
struct PassphraseVerifier {
  std::array<std::uint8_t, 16> salt{};
  std::uint32_t iterations = 0;
  SecretBytes hash;  ///< 64 bytes
};

/// CheckOperatorName is kInvalidArgument unless 1 to 64 printable ASCII characters without spaces.
Status CheckOperatorName(std::string_view name);

/// OperatorRecordHeader returns the bytes that are authenticated.
Bytes OperatorRecordHeader(const OperatorFacts& facts, const KekId& kek_id);
Bytes EncodeOperatorRecord(const OperatorRecord& record);
/// ParseOperatorRecord is strict: kIntegrity for anything that this version would not write.
Result<OperatorRecord> ParseOperatorRecord(ByteSpan bytes);

Result<SecretBytes> EncodeVerifier(const PassphraseVerifier& verifier);
Result<PassphraseVerifier> ParseVerifier(ByteSpan bytes);

}  // namespace vallum::module
