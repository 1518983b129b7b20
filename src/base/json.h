// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259) behind one header: a reader that is strict and bounded, a writer that is canonical
// in layout (no white space, members in the order written).
//
//   auto document = TRY(JsonDocument::ParseInPlace(body.mutable_span(), {}));
//   ObjectReader object(document.root());
//   auto name = TRY(object.String("name"));
//   auto count = TRY(object.OptionalInteger("count"));
//   TRY(object.Finish());                     // an unknown member is an error that names it
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace vallum {

struct JsonLimits {
  std::size_t max_bytes = 1 << 20;  ///< of the text
  std::size_t max_depth = 16;       ///< of nesting; values over 256 count as 256
};

/// JsonValue is a non-owning view into a JsonDocument, which must outlive it, as must every text it
/// returns.
class JsonValue {
 public:
  using Member = std::pair<std::string_view, JsonValue>;

  bool IsObject() const;
  bool IsArray() const;
  bool IsString() const;
  bool IsNull() const;
  /// Each As... is kInvalidArgument when the value is of another type.
  Result<std::string_view> AsString() const;
  /// AsInteger also refuses fractions, exponents, and what does not fit.
  Result<std::int64_t> AsInteger() const;
  Result<bool> AsBool() const;
  Result<std::vector<JsonValue>> AsArray() const;
  /// Members lists an object's members in order; kInvalidArgument when it is none.
  Result<std::vector<Member>> Members() const;
  std::optional<JsonValue> Find(std::string_view name) const;

 private:
  friend class JsonDocument;
  friend class ObjectReader;
  std::size_t MemberCount() const;  // 0 when it is no object
  Member MemberAt(std::size_t index) const;
  explicit JsonValue(const void* node) : node_(node) {}
  const void* node_;
};

/// JsonDocument owns a parsed text. Duplicate members, trailing text, invalid UTF-8, lone surrogates,
/// numbers out of range, and anything past the limits are kInvalidArgument; the message gives the
/// byte offset and nothing of the text. A moved-from document may only be assigned or destroyed.
class JsonDocument {
 public:
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  /// ParseInPlace parses within `text`, which it overwrites and which must outlive the document:
  /// strings stay in the caller's (secret) memory and are not copied.
  static Result<JsonDocument> ParseInPlace(MutableByteSpan text, const JsonLimits& limits);
  /// Parse copies `text` first; for texts that hold no secret.
  static Result<JsonDocument> Parse(std::string_view text, const JsonLimits& limits = {});

  JsonValue root() const;

 private:
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// ObjectReader takes the members of one object by name and can insist that none is left over.
/// Errors name the member: "member \"alg\" is missing". To the Optional functions a null is the same
/// as no member. It views the document, which must outlive it. Not thread-safe.
class ObjectReader {
 public:
  explicit ObjectReader(JsonValue value);
  Result<std::string_view> String(std::string_view name);
  Result<std::int64_t> Integer(std::string_view name);
  Result<JsonValue> Value(std::string_view name);
  Result<Bytes> Base64(std::string_view name);
  /// SecretBase64 decodes straight into the arena.
  Result<SecretBytes> SecretBase64(std::string_view name);
  Result<std::optional<std::string_view>> OptionalString(std::string_view name);
  Result<std::optional<std::int64_t>> OptionalInteger(std::string_view name);
  Result<std::optional<bool>> OptionalBool(std::string_view name);
  Result<std::optional<Bytes>> OptionalBase64(std::string_view name);
  std::optional<JsonValue> OptionalValue(std::string_view name);
  /// Finish is kInvalidArgument when the value is no object or a member was not asked for.
  Status Finish();

 private:
  std::optional<JsonValue> Take(std::string_view name);
  JsonValue value_;
  std::uint64_t taken_ = 0;               // by position in the object
  std::vector<std::size_t> taken_later_;  // positions from 64 on
};

/// JsonWriter builds one text at the end of `out`, which must outlive it. Calls must nest properly; a
/// misuse is a programming error (assert). Commas are put in by the writer. Strings must be UTF-8,
/// which is not checked; quotes, backslashes and control characters are escaped. Written to a
/// SecretBuffer, nothing of the text is ever anywhere else. Not thread-safe.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : text_(&out) {}
  explicit JsonWriter(SecretBuffer& out) : secret_(&out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Name(std::string_view name);
  JsonWriter& String(std::string_view value);
  JsonWriter& Integer(std::int64_t value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  /// Base64 writes a string value of the bytes' base64 form, without a copy elsewhere.
  JsonWriter& Base64(ByteSpan bytes);
  /// Raw inserts a text that is JSON already (a nested document made by another writer).
  JsonWriter& Raw(std::string_view json);

  /// status is kResourceExhausted once a SecretBuffer could not grow; later calls do nothing.
  Status status() const;

 private:
  JsonWriter& Scalar(std::string_view text);
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate();
  void PutQuoted(std::string_view value);
  void Put(std::string_view text);
  char* Extend(std::size_t count);
  std::string* text_ = nullptr;
  SecretBuffer* secret_ = nullptr;
  std::size_t depth_ = 0;
  bool first_ = true;
  bool after_name_ = false;
  bool failed_ = false;
};

}  // namespace vallum
