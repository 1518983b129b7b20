// SPDX-License-Identifier: Apache-2.0
#include "p11/core/template.h"

#include <algorithm>
#include <cstring>

namespace vallum::p11 {
namespace {

constexpr CK_ULONG kMostAttributes = 256;
constexpr CK_ULONG kLargestValue = 1 << 18;

bool HasForm(ValueKind kind, ByteSpan value) {
  switch (kind) {
    case ValueKind::kFlag:
      return value.size() == sizeof(CK_BBOOL);
    case ValueKind::kNumber:
      return value.size() == sizeof(CK_ULONG);
    case ValueKind::kDate:
      return value.empty() || value.size() == sizeof(CK_DATE);
    case ValueKind::kNumbers:
      return value.size() % sizeof(CK_ULONG) == 0;
    case ValueKind::kBytes:
      return true;
  }
  return false;
}

}  // namespace

Ck<Template> Template::Read(CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  if (count > kMostAttributes || (attributes == nullptr && count != 0))
    return Fail(CKR_ARGUMENTS_BAD);
  Template result;
  result.entries_.reserve(count);
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_ATTRIBUTE one;  // by bytes: the caller's array may stand anywhere
    std::memcpy(&one, reinterpret_cast<const char*>(attributes) + i * sizeof(one), sizeof(one));
    if (one.ulValueLen > kLargestValue || (one.pValue == nullptr && one.ulValueLen != 0)) {
      return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
    }
    const ByteSpan value(static_cast<const std::uint8_t*>(one.pValue), one.ulValueLen);
    if (const auto earlier = result.Find(one.type)) {
      if (!std::ranges::equal(*earlier, value)) return Fail(CKR_TEMPLATE_INCONSISTENT);
      continue;
    }
    result.entries_.push_back({one.type, value});
  }
  return result;
}

Template Template::Without(CK_ATTRIBUTE_TYPE type) const {
  Template rest = *this;
  std::erase_if(rest.entries_, [type](const Entry& entry) { return entry.type == type; });
  return rest;
}

std::optional<ByteSpan> Template::Find(CK_ATTRIBUTE_TYPE type) const {
  const auto at = std::ranges::find(entries_, type, &Entry::type);
  if (at == entries_.end()) return std::nullopt;
  return at->value;
}

Ck<std::optional<CK_ULONG>> Template::Number(CK_ATTRIBUTE_TYPE type) const {
  const auto value = Find(type);
  if (!value) return std::optional<CK_ULONG>();
  CK_ULONG number = 0;
  if (value->size() != sizeof(number)) return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
  std::memcpy(&number, value->data(), sizeof(number));
  return std::optional(number);
}

Ck<Attributes> Template::Check(CK_OBJECT_CLASS object_class, When when) const {
  Attributes checked;
  for (const Entry& entry : entries_) {
    const AttributeRule* rule = FindRule(entry.type, object_class);
    if (rule == nullptr) return Fail(CKR_ATTRIBUTE_TYPE_INVALID);
    if ((rule->when & when) == 0) return Fail(CKR_ATTRIBUTE_READ_ONLY);
    if (!HasForm(rule->kind, entry.value)) return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
    if (rule->secret) continue;
    if (rule->kind == ValueKind::kFlag) {
      checked.SetFlag(entry.type, entry.value[0] != 0);
    } else {
      checked.Set(entry.type, ToBytes(entry.value));
    }
  }
  return checked;
}

}  // namespace vallum::p11
