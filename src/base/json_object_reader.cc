// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/json.h"

namespace vallum {
namespace {

constexpr std::size_t kMarkedInline = 64;
constexpr std::size_t kMostShown = 64;

// Names come from the other side: shown without control characters, and not at any length.
std::string Called(std::string_view name) {
  std::string text = "member \"";
  for (const char character : name.substr(0, kMostShown)) {
    text.push_back(character >= ' ' && character != '"' && character < '\x7f' ? character : '?');
  }
  return text + (name.size() > kMostShown ? "...\"" : "\"");
}

Error Missing(std::string_view name) { return InvalidArgument(Called(name) + " is missing"); }

template <typename T>
Result<T> Named(Result<T> result, std::string_view name) {
  if (result) return result;
  return std::move(result).error().WithContext(Called(name));
}

template <typename T>
Result<std::optional<T>> Optional(Result<T> result) {
  if (!result) return std::move(result).error();
  return std::optional<T>(*std::move(result));
}

Result<Bytes> DecodeText(JsonValue value) { return FromBase64(TRY(value.AsString())); }

Result<SecretBytes> DecodeSecret(JsonValue value) {
  const std::string_view text = TRY(value.AsString());
  auto bytes = TRY(SecretBytes::Create(TRY(DecodedBase64Size(text))));
  TRY(DecodeBase64(text, bytes.mutable_span()));
  return bytes;
}

}  // namespace

ObjectReader::ObjectReader(JsonValue value) : value_(value) {}

std::optional<JsonValue> ObjectReader::Take(std::string_view name) {
  const std::size_t count = value_.MemberCount();
  for (std::size_t i = 0; i < count; ++i) {
    const auto [found, value] = value_.MemberAt(i);
    if (found != name) continue;
    if (i < kMarkedInline) {
      taken_ |= std::uint64_t{1} << i;
    } else {
      taken_later_.push_back(i);
    }
    return value;
  }
  return std::nullopt;
}

Result<JsonValue> ObjectReader::Value(std::string_view name) {
  const auto value = Take(name);
  if (!value) return Missing(name);
  return *value;
}

Result<std::string_view> ObjectReader::String(std::string_view name) {
  return Named(TRY(Value(name)).AsString(), name);
}

Result<std::int64_t> ObjectReader::Integer(std::string_view name) {
  return Named(TRY(Value(name)).AsInteger(), name);
}

Result<Bytes> ObjectReader::Base64(std::string_view name) {
  return Named(DecodeText(TRY(Value(name))), name);
}

Result<SecretBytes> ObjectReader::SecretBase64(std::string_view name) {
  return Named(DecodeSecret(TRY(Value(name))), name);
}

std::optional<JsonValue> ObjectReader::OptionalValue(std::string_view name) {
  const auto value = Take(name);
  if (!value || value->IsNull()) return std::nullopt;
  return value;
}

Result<std::optional<std::string_view>> ObjectReader::OptionalString(std::string_view name) {
  const auto value = OptionalValue(name);
  if (!value) return std::nullopt;
  return Optional(Named(value->AsString(), name));
}

Result<std::optional<std::int64_t>> ObjectReader::OptionalInteger(std::string_view name) {
  const auto value = OptionalValue(name);
  if (!value) return std::nullopt;
  return Optional(Named(value->AsInteger(), name));
}

Result<std::optional<bool>> ObjectReader::OptionalBool(std::string_view name) {
  const auto value = OptionalValue(name);
  if (!value) return std::nullopt;
  return Optional(Named(value->AsBool(), name));
}

Result<std::optional<Bytes>> ObjectReader::OptionalBase64(std::string_view name) {
  const auto value = OptionalValue(name);
  if (!value) return std::nullopt;
  return Optional(Named(DecodeText(*value), name));
}

Status ObjectReader::Finish() {
  if (!value_.IsObject()) {
    return InvalidArgument("the value is not a JSON object; put the members in braces");
  }
  for (std::size_t i = 0; i < value_.MemberCount(); ++i) {
    const bool taken = i < kMarkedInline ? (taken_ >> i & 1) != 0
                                         : std::find(taken_later_.begin(), taken_later_.end(), i) !=
                                               taken_later_.end();
    if (!taken) return InvalidArgument(Called(value_.MemberAt(i).first) + " is unknown; remove it");
  }
  return {};
}

}  // namespace vallum
