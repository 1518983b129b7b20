// SPDX-License-Identifier: Apache-2.0
#include "p11/core/attributes.h"

#include <algorithm>
#include <cstring>

namespace vallum::p11 {
namespace {

constexpr std::size_t kMostAttributes = 256;

}  // namespace

Bytes FlagValue(bool value) { return {static_cast<std::uint8_t>(value ? CK_TRUE : CK_FALSE)}; }

Bytes NumberValue(CK_ULONG value) {
  Bytes bytes(sizeof(value));
  std::memcpy(bytes.data(), &value, sizeof(value));
  return bytes;
}

const Bytes* Attributes::Find(CK_ATTRIBUTE_TYPE type) const {
  const auto at = std::ranges::lower_bound(entries_, type, {}, &Entry::first);
  return at != entries_.end() && at->first == type ? &at->second : nullptr;
}

bool Attributes::Flag(CK_ATTRIBUTE_TYPE type) const {
  const Bytes* value = Find(type);
  return value != nullptr && value->size() == 1 && (*value)[0] != 0;
}

std::optional<CK_ULONG> Attributes::Number(CK_ATTRIBUTE_TYPE type) const {
  const Bytes* value = Find(type);
  CK_ULONG number = 0;
  if (value == nullptr || value->size() != sizeof(number)) return std::nullopt;
  std::memcpy(&number, value->data(), sizeof(number));
  return number;
}

bool Attributes::Equals(CK_ATTRIBUTE_TYPE type, ByteSpan value) const {
  const Bytes* own = Find(type);
  return own != nullptr && std::ranges::equal(*own, value);
}

void Attributes::Set(CK_ATTRIBUTE_TYPE type, Bytes value) {
  const auto at = std::ranges::lower_bound(entries_, type, {}, &Entry::first);
  if (at != entries_.end() && at->first == type) {
    at->second = std::move(value);
  } else {
    entries_.insert(at, {type, std::move(value)});
  }
}

void Attributes::SetFlag(CK_ATTRIBUTE_TYPE type, bool value) { Set(type, FlagValue(value)); }
void Attributes::SetNumber(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  Set(type, NumberValue(value));
}

void Attributes::SetDefault(CK_ATTRIBUTE_TYPE type, Bytes value) {
  if (!Has(type)) Set(type, std::move(value));
}

void Attributes::Remove(CK_ATTRIBUTE_TYPE type) {
  std::erase_if(entries_, [type](const Entry& entry) { return entry.first == type; });
}

std::size_t Attributes::size() const {
  std::size_t sum = 0;
  for (const Entry& entry : entries_) sum += sizeof(entry) + entry.second.size();
  return sum;
}

void Attributes::Encode(Bytes& out) const {
  AppendBe16(out, static_cast<std::uint16_t>(entries_.size()));
  for (const auto& [type, value] : entries_) {
    AppendBe64(out, type);
    AppendBe32(out, static_cast<std::uint32_t>(value.size()));
    Append(out, value);
  }
}

Result<Attributes> Attributes::Decode(ByteReader& reader) {
  Attributes attributes;
  const std::uint16_t count = TRY(reader.ReadBe16());
  if (count > kMostAttributes) return Integrity("an object has too many attributes");
  for (std::uint16_t i = 0; i < count; ++i) {
    const CK_ATTRIBUTE_TYPE type = TRY(reader.ReadBe64());
    if (!attributes.entries_.empty() && attributes.entries_.back().first >= type) {
      return Integrity("the attributes of an object are not in order");
    }
    const std::uint32_t size = TRY(reader.ReadBe32());
    attributes.entries_.emplace_back(type, ToBytes(TRY(reader.ReadBytes(size))));
  }
  return attributes;
}

}  // namespace vallum::p11
