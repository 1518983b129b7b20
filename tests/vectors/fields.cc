// SPDX-License-Identifier: Apache-2.0
#include "vectors/fields.h"

#include <fmt/format.h>

#include <utility>

namespace vallum::vectors {

Fields::Fields(JsonValue value) {
  const auto members = value.Members();
  if (!members) {
    problem_ = members.error().message();
    return;
  }
  for (const auto& [name, member] : *members) entries_.push_back({std::string(name), member});
}

Fields::Entry* Fields::Find(std::string_view name) {
  for (Entry& entry : entries_) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

bool Fields::Has(std::string_view name) const {
  return const_cast<Fields*>(this)->Find(name) != nullptr;
}

void Fields::Fail(std::string_view name, std::string_view what) {
  if (problem_.empty()) problem_ = fmt::format("member \"{}\" {}", name, what);
}

const JsonValue* Fields::Take(std::string_view name) {
  Entry* entry = Find(name);
  if (entry == nullptr) {
    Fail(name, "is missing");
    return nullptr;
  }
  entry->used = true;
  return &entry->value;
}

std::string_view Fields::Text(std::string_view name) {
  const JsonValue* value = Take(name);
  if (value == nullptr) return {};
  const auto text = value->AsString();
  if (!text) Fail(name, "is no text");
  return text.value_or(std::string_view());
}

std::int64_t Fields::Integer(std::string_view name) {
  const JsonValue* value = Take(name);
  if (value == nullptr) return 0;
  const auto number = value->AsInteger();
  if (!number) Fail(name, "is no number");
  return number.value_or(0);
}

bool Fields::Flag(std::string_view name) {
  const JsonValue* value = Take(name);
  if (value == nullptr) return false;
  const auto flag = value->AsBool();
  if (!flag) Fail(name, "is neither true nor false");
  return flag.value_or(false);
}

Bytes Fields::Hex(std::string_view name) {
  auto bytes = FromHex(Text(name));
  if (!bytes) Fail(name, "is not hexadecimal");
  return std::move(bytes).value_or(Bytes());
}

Bytes Fields::HexOr(std::string_view name, Bytes otherwise) {
  return Has(name) ? Hex(name) : std::move(otherwise);
}

std::size_t Fields::Bits(std::string_view name) {
  const std::int64_t bits = Integer(name);
  if (bits < 0 || bits % 8 != 0) Fail(name, "is no number of whole bytes");
  return static_cast<std::size_t>(bits) / 8;
}

std::vector<std::string_view> Fields::Texts(std::string_view name) {
  const JsonValue* value = Take(name);
  std::vector<std::string_view> texts;
  if (value == nullptr) return texts;
  const auto array = value->AsArray();
  if (!array) Fail(name, "is no array");
  for (const JsonValue& one : array.value_or(std::vector<JsonValue>())) {
    const auto text = one.AsString();
    if (!text) Fail(name, "has an element that is no text");
    texts.push_back(text.value_or(std::string_view()));
  }
  return texts;
}

Fields& Fields::Object(std::string_view name) {
  for (auto& [known, fields] : objects_) {
    if (known == name) return *fields;
  }
  const JsonValue* value = Take(name);
  static const JsonDocument empty = JsonDocument::Parse("{}").value();
  auto fields = std::make_unique<Fields>(value == nullptr ? empty.root() : *value);
  return *objects_.emplace_back(std::string(name), std::move(fields)).second;
}

std::vector<Fields> Fields::Objects(std::string_view name) {
  const JsonValue* value = Take(name);
  std::vector<Fields> objects;
  if (value == nullptr) return objects;
  const auto array = value->AsArray();
  if (!array) Fail(name, "is no array");
  for (const JsonValue& one : array.value_or(std::vector<JsonValue>())) objects.emplace_back(one);
  return objects;
}

void Fields::Ignore(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (Entry* entry = Find(name)) entry->used = true;
  }
}

void Fields::IgnoreAll() {
  for (Entry& entry : entries_) entry.used = true;
  objects_.clear();
  problem_.clear();
}

std::string Fields::Problem() const {
  if (!problem_.empty()) return problem_;
  for (const Entry& entry : entries_) {
    if (!entry.used) return fmt::format("member \"{}\" was not used", entry.name);
  }
  for (const auto& [name, fields] : objects_) {
    if (const std::string problem = fields->Problem(); !problem.empty()) {
      return fmt::format("in \"{}\": {}", name, problem);
    }
  }
  return {};
}

}  // namespace vallum::vectors
