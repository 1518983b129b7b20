// SPDX-License-Identifier: Apache-2.0
// Attributes: the attributes of one object, as values.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

/// Attributes is a small map from type to bytes, in the order of the types. Numbers and flags are kept as
/// Cryptoki lays them out in memory. It never holds key material.
class Attributes {
 public:
  using Entry = std::pair<CK_ATTRIBUTE_TYPE, Bytes>;

  /// Find is null when the object has no such attribute.
  const Bytes* Find(CK_ATTRIBUTE_TYPE type) const;
  bool Has(CK_ATTRIBUTE_TYPE type) const { return Find(type) != nullptr; }
  /// Flag is false, and Number is nothing, when it is not there or of another size.
  bool Flag(CK_ATTRIBUTE_TYPE type) const;
  std::optional<CK_ULONG> Number(CK_ATTRIBUTE_TYPE type) const;
  bool Equals(CK_ATTRIBUTE_TYPE type, ByteSpan value) const;

  void Set(CK_ATTRIBUTE_TYPE type, Bytes value);
  void SetFlag(CK_ATTRIBUTE_TYPE type, bool value);
  void SetNumber(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  void SetDefault(CK_ATTRIBUTE_TYPE type, Bytes value);
  void Remove(CK_ATTRIBUTE_TYPE type);

  const std::vector<Entry>& entries() const { return entries_; }
  /// size is what they need in memory, about.
  std::size_t size() const;

  /// Encode and Decode: docs/formats/token.md. Decode is kIntegrity for what Encode did not make.
  void Encode(Bytes& out) const;
  static Result<Attributes> Decode(ByteReader& reader);
  bool operator==(const Attributes&) const = default;

 private:
  std::vector<Entry> entries_;
};

/// Values as Cryptoki lays them out.
Bytes FlagValue(bool value);
Bytes NumberValue(CK_ULONG value);
inline Bytes TextValue(std::string_view text) { return ToBytes(AsBytes(text)); }

}  // namespace vallum::p11
