// SPDX-License-Identifier: Apache-2.0
// What an embedded token writes into its store, and how it is read back: docs/formats/token.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
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

/// What is sealed of a private object: its body, and the value of a data object.
struct SealedContent {
  ByteSpan body;
  ByteSpan value;
};
Result<SecretBuffer> EncodeContent(const SealedContent& content);
/// DecodeContent views `bytes`.
Result<SealedContent> DecodeContent(ByteSpan bytes);

/// An object's record is its body, which everybody can read and those logged in can check, or its
/// content, which only they can read.
enum class RecordKind : std::uint8_t { kSealed = 1, kChecked = 2 };
struct ObjectRecord {
  RecordKind kind = RecordKind::kSealed;
  std::array<std::uint8_t, 12> iv{};
  std::array<std::uint8_t, 16> tag{};
  ByteSpan bytes = {};  ///< the body, or the encrypted content; views what was decoded
};
Bytes EncodeRecord(const ObjectRecord& record);
Result<ObjectRecord> DecodeRecord(ByteSpan bytes);
/// AssociatedData is what the tag of an object's record covers besides what is encrypted.
Bytes AssociatedData(const ObjectRecord& record, const KeyId& id);

}  // namespace vallum::p11
