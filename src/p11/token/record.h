// SPDX-License-Identifier: Apache-2.0
// What an embedded token writes into its store, and how it is read back: docs/formats/token.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "p11/core/attributes.h"
#include "p11/core/key_material.h"

namespace vallum::p11 {

/// PinRecord is the token's root key under a PIN.
struct PinRecord {
  std::uint64_t iterations = 0;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 12> iv{};
  std::array<std::uint8_t, 32> sealed{};
  std::array<std::uint8_t, 16> tag{};
  bool operator==(const PinRecord&) const = default;
};

/// TokenRecord is the token itself.
struct TokenRecord {
  std::string label;
  std::array<std::uint8_t, 8> serial{};
  std::array<std::uint8_t, 32>
      pepper{};    ///< goes before each PIN; no secret to who holds the store
  Bytes kek_blob;  ///< of the module, under the root key
  KeyId record_key_id;
  Bytes record_key;  ///< key blob: seals private records
  PinRecord officer;
  std::optional<PinRecord> user;
  std::uint32_t officer_failures = 0;
  std::uint32_t user_failures = 0;
  bool operator==(const TokenRecord&) const = default;
};

Bytes EncodeToken(const TokenRecord& record);
/// Kinds of failure: kStorageVersion for a newer format, kIntegrity for anything else that is wrong.
Result<TokenRecord> DecodeToken(ByteSpan bytes);

/// ObjectBody is an object: attributes, and the forms of its key.
struct ObjectBody {
  Attributes attributes;
  std::vector<KeyForm> forms;
  bool is_public_key = false;
};
Bytes EncodeBody(const ObjectBody& body);
Result<ObjectBody> DecodeBody(ByteSpan bytes);

/// SealedRecord is a body that only those logged in can read.
struct SealedRecord {
  std::array<std::uint8_t, 12> iv{};
  ByteSpan ciphertext;
  std::array<std::uint8_t, 16> tag{};
};
/// An object's record is its body, or its sealed body.
Bytes EncodePlainRecord(ByteSpan body);
Bytes EncodeSealedRecord(const SealedRecord& sealed);
struct ObjectRecord {
  std::optional<SealedRecord> sealed;
  ByteSpan body;  ///< when not sealed; both view what was decoded
};
Result<ObjectRecord> DecodeRecord(ByteSpan bytes);

}  // namespace vallum::p11
