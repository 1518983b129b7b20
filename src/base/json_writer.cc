// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cassert>
#include <charconv>

#include "base/json.h"

namespace vallum {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// What a character is escaped as: 0 = not at all, 'u' = \u00XX, else a backslash and this.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes = {};
  for (std::size_t i = 0; i < 0x20; ++i) escapes[i] = 'u';
  escapes['\b'] = 'b';
  escapes['\t'] = 't';
  escapes['\n'] = 'n';
  escapes['\f'] = 'f';
  escapes['\r'] = 'r';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}();

char EscapeOf(char character) { return kEscapes[static_cast<unsigned char>(character)]; }

}  // namespace

JsonWriter& JsonWriter::BeginObject() { return Open('{'); }
JsonWriter& JsonWriter::EndObject() { return Close('}'); }
JsonWriter& JsonWriter::BeginArray() { return Open('['); }
JsonWriter& JsonWriter::EndArray() { return Close(']'); }

JsonWriter& JsonWriter::Name(std::string_view name) {
  assert(depth_ > 0 && !after_name_);
  Separate();
  PutQuoted(name);
  Put(":");
  after_name_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view value) {
  Separate();
  PutQuoted(value);
  return *this;
}

JsonWriter& JsonWriter::Integer(std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  return Scalar({digits.begin(), end});
}

JsonWriter& JsonWriter::Bool(bool value) { return Scalar(value ? "true" : "false"); }
JsonWriter& JsonWriter::Null() { return Scalar("null"); }
JsonWriter& JsonWriter::Raw(std::string_view json) { return Scalar(json); }

JsonWriter& JsonWriter::Base64(ByteSpan bytes) {
  Separate();
  const std::size_t size = Base64Size(bytes.size());
  if (char* out = Extend(size + 2)) {
    out[0] = '"';
    EncodeBase64(bytes, out + 1);
    out[size + 1] = '"';
  }
  return *this;
}

Status JsonWriter::status() const {
  if (!failed_) return {};
  return ResourceExhausted(
      "no more memory can be locked for the JSON text; raise the memory-lock limit or ask for "
      "less");
}

JsonWriter& JsonWriter::Scalar(std::string_view text) {
  Separate();
  Put(text);
  return *this;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  Put({&bracket, 1});
  first_ = true;
  ++depth_;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  assert(depth_ > 0 && !after_name_);
  Put({&bracket, 1});
  first_ = false;
  --depth_;
  return *this;
}

void JsonWriter::Separate() {
  if (!first_ && !after_name_) Put(",");
  first_ = false;
  after_name_ = false;
}

void JsonWriter::PutQuoted(std::string_view value) {
  Put("\"");
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && EscapeOf(value[plain]) == 0) ++plain;
    Put(value.substr(0, plain));
    if (plain == value.size()) break;
    const char special = value[plain];
    const char escape[] = {'\\',
                           EscapeOf(special),
                           '0',
                           '0',
                           static_cast<char>('0' + (special >> 4)),
                           kHexDigits[special & 15]};
    Put({escape, escape[1] == 'u' ? std::size_t{6} : std::size_t{2}});
    value.remove_prefix(plain + 1);
  }
  Put("\"");
}

void JsonWriter::Put(std::string_view text) {
  if (failed_) return;
  if (text_ != nullptr) {
    text_->append(text);
  } else {
    failed_ = !secret_->Append(AsBytes(text)).has_value();
  }
}

char* JsonWriter::Extend(std::size_t count) {
  if (failed_) return nullptr;
  if (text_ != nullptr) {
    text_->resize(text_->size() + count);
    return text_->data() + text_->size() - count;
  }
  const auto tail = secret_->Extend(count);
  failed_ = !tail.has_value();
  return failed_ ? nullptr : reinterpret_cast<char*>(tail->data());
}

}  // namespace vallum
