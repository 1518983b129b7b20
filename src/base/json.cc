// SPDX-License-Identifier: Apache-2.0
// The only file that knows RapidJSON. What is added to it:
// - a stream with an end of its own, so that a span without a closing NUL parses in place;
// - UTF-8 is checked once over the whole text, which is faster than character by character, and
//   again in strings that had escapes, since RapidJSON lets a lone low surrogate through;
// - a handler that stops at the depth limit before the recursive parser goes deeper;
// - a walk over the finished tree that finds duplicate members.
#include "base/json.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/utf8.h"

namespace vallum {
namespace {

using Encoding = rapidjson::UTF8<>;
using Pool = rapidjson::MemoryPoolAllocator<>;
using Tree = rapidjson::GenericDocument<Encoding, Pool>;
using Node = Tree::ValueType;

constexpr std::size_t kMostDepth = 256;
constexpr std::size_t kPoolChunk = 4096;
constexpr std::size_t kFewMembers = 16;

const Node& NodeOf(const void* node) { return *static_cast<const Node*>(node); }

std::string_view TextOf(const Node& node) { return {node.GetString(), node.GetStringLength()}; }

Error NotJson(std::size_t offset, std::string_view why) {
  return InvalidArgument("the JSON text is not acceptable at byte " + std::to_string(offset) +
                         ": " + std::string(why));
}

// RapidJSON's stream concept; lower-case members are its names.
class SpanStream {
 public:
  using Ch = char;

  explicit SpanStream(MutableByteSpan text)
      : begin_(reinterpret_cast<char*>(text.data())), at_(begin_), end_(begin_ + text.size()) {}

  char Peek() const { return at_ == end_ ? '\0' : *at_; }
  char Take() { return at_ == end_ ? '\0' : *at_++; }
  std::size_t Tell() const { return static_cast<std::size_t>(at_ - begin_); }
  char* PutBegin() { return put_ = at_; }
  void Put(char character) { *put_++ = character; }
  std::size_t PutEnd(char* begin) { return static_cast<std::size_t>(put_ - begin); }
  void Flush() {}

  // Moves on to the next quote, backslash or control character.
  void CopyPlain() {
    const char* from = at_;
    while (end_ - at_ >= 8 && !AnySpecial(at_)) at_ += 8;
    while (at_ != end_ && !IsSpecial(*at_)) ++at_;
    const auto count = static_cast<std::size_t>(at_ - from);
    if (put_ != from && count != 0) std::memmove(put_, from, count);
    put_ += count;
  }

 private:
  static bool IsSpecial(char character) {
    return character == '"' || character == '\\' || static_cast<unsigned char>(character) < 0x20;
  }

  // May say yes wrongly after a true one; never no wrongly.
  static bool AnySpecial(const char* eight) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, eight, sizeof word);
    const auto has_zero = [](std::uint64_t x) { return (x - kOnes) & ~x; };
    const std::uint64_t control = (word - kOnes * 0x20) & ~word;
    return ((has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\')) | control) &
            (kOnes * 0x80)) != 0;
  }

  char* begin_;
  char* at_;
  char* end_;
  char* put_ = nullptr;
};

// Forwards events to the tree, unless they go too deep or a string has become ill-formed.
class StrictHandler {
 public:
  using Ch = char;

  StrictHandler(Tree& tree, std::size_t max_depth, bool has_escapes)
      : tree_(tree), max_depth_(std::min(max_depth, kMostDepth)), has_escapes_(has_escapes) {}

  std::string_view refusal() const { return refusal_; }

  bool Null() { return tree_.Null(); }
  bool Bool(bool value) { return tree_.Bool(value); }
  bool Int(int value) { return tree_.Int(value); }
  bool Uint(unsigned value) { return tree_.Uint(value); }
  bool Int64(std::int64_t value) { return tree_.Int64(value); }
  bool Uint64(std::uint64_t value) { return tree_.Uint64(value); }
  bool Double(double value) { return tree_.Double(value); }
  bool RawNumber(const char* text, unsigned size, bool copy) {
    return tree_.RawNumber(text, size, copy);
  }
  bool String(const char* text, unsigned size, bool copy) {
    return WellFormed(text, size) && tree_.String(text, size, copy);
  }
  bool Key(const char* text, unsigned size, bool copy) {
    return WellFormed(text, size) && tree_.Key(text, size, copy);
  }
  bool StartObject() { return Deeper() && tree_.StartObject(); }
  bool StartArray() { return Deeper() && tree_.StartArray(); }
  bool EndObject(unsigned count) {
    --depth_;
    return tree_.EndObject(count);
  }
  bool EndArray(unsigned count) {
    --depth_;
    return tree_.EndArray(count);
  }

 private:
  bool Deeper() {
    if (depth_ == max_depth_) {
      refusal_ = "it is nested too deeply";
      return false;
    }
    ++depth_;
    return true;
  }

  bool WellFormed(const char* text, std::size_t size) {
    if (!has_escapes_ || internal::FirstInvalidUtf8({text, size}) == size) return true;
    refusal_ = "an escaped surrogate has no partner";
    return false;
  }

  Tree& tree_;
  std::size_t max_depth_;
  bool has_escapes_;
  std::size_t depth_ = 0;
  std::string_view refusal_;
};

std::string_view Duplicate(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  const auto found = std::adjacent_find(names.begin(), names.end());
  return found == names.end() ? std::string_view() : *std::next(found);
}

// The later of two equal names in one object (data() is null when there is none).
std::string_view DuplicateAmong(const Node& object) {
  const std::size_t count = object.MemberCount();
  if (count > kFewMembers) {
    std::vector<std::string_view> names;
    names.reserve(count);
    for (const auto& member : object.GetObject()) names.push_back(TextOf(member.name));
    return Duplicate(names);
  }
  for (auto later = object.MemberBegin(); later != object.MemberEnd(); ++later) {
    for (auto earlier = object.MemberBegin(); earlier != later; ++earlier) {
      if (TextOf(earlier->name) == TextOf(later->name)) return TextOf(later->name);
    }
  }
  return {};
}

// Recursion is bounded by the depth limit.
std::string_view DuplicateIn(const Node& node) {
  std::string_view found;
  if (node.IsObject()) {
    found = DuplicateAmong(node);
    for (auto it = node.MemberBegin(); found.data() == nullptr && it != node.MemberEnd(); ++it) {
      found = DuplicateIn(it->value);
    }
  }
  if (node.IsArray()) {
    for (auto it = node.Begin(); found.data() == nullptr && it != node.End(); ++it) {
      found = DuplicateIn(*it);
    }
  }
  return found;
}

}  // namespace
}  // namespace vallum

namespace rapidjson {

template <>
template <>
inline void GenericReader<vallum::Encoding, vallum::Encoding>::ScanCopyUnescapedString(
    vallum::SpanStream& in, vallum::SpanStream&) {
  in.CopyPlain();
}

}  // namespace rapidjson

namespace vallum {

struct JsonDocument::State {
  Status Parse(MutableByteSpan text, const JsonLimits& limits);

  std::string copy;
  alignas(std::max_align_t) std::array<char, 2048> first_chunk;
  Pool pool{first_chunk.data(), first_chunk.size(), kPoolChunk};
  Tree tree{&pool};
};

Status JsonDocument::State::Parse(MutableByteSpan text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return NotJson(limits.max_bytes, "it is longer than " + std::to_string(limits.max_bytes) +
                                         " bytes; send less at once");
  }
  const std::size_t invalid = internal::FirstInvalidUtf8(AsText(text));
  if (invalid != text.size()) return NotJson(invalid, "it is not UTF-8");

  SpanStream stream(text);
  StrictHandler handler(tree, limits.max_depth, AsText(text).find('\\') != std::string_view::npos);
  rapidjson::ParseResult result;
  auto generate = [&](Tree&) {
    result = rapidjson::Reader().Parse<rapidjson::kParseInsituFlag>(stream, handler);
    return !result.IsError();
  };
  tree.Populate(generate);
  if (!handler.refusal().empty()) return NotJson(stream.Tell(), handler.refusal());
  if (result.IsError()) return NotJson(result.Offset(), GetParseError_En(result.Code()));
  if (stream.Tell() != text.size()) return NotJson(stream.Tell(), "more follows after its end");

  const std::string_view duplicate = DuplicateIn(tree);
  if (duplicate.data() == nullptr) return {};
  const auto offset = static_cast<std::size_t>(AsBytes(duplicate).data() - text.data());
  return NotJson(offset, "a member of that name stands before it in the same object");
}

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::ParseInPlace(MutableByteSpan text, const JsonLimits& limits) {
  auto state = std::make_unique<State>();
  TRY(state->Parse(text, limits));
  return JsonDocument(std::move(state));
}

Result<JsonDocument> JsonDocument::Parse(std::string_view text, const JsonLimits& limits) {
  auto state = std::make_unique<State>();
  state->copy = text;
  TRY(state->Parse({reinterpret_cast<std::uint8_t*>(state->copy.data()), text.size()}, limits));
  return JsonDocument(std::move(state));
}

JsonValue JsonDocument::root() const { return JsonValue(static_cast<const Node*>(&state_->tree)); }

bool JsonValue::IsObject() const { return NodeOf(node_).IsObject(); }
bool JsonValue::IsArray() const { return NodeOf(node_).IsArray(); }
bool JsonValue::IsString() const { return NodeOf(node_).IsString(); }
bool JsonValue::IsNull() const { return NodeOf(node_).IsNull(); }

Result<std::string_view> JsonValue::AsString() const {
  if (!IsString()) return InvalidArgument("it is not a string; send one");
  return TextOf(NodeOf(node_));
}

Result<std::int64_t> JsonValue::AsInteger() const {
  if (!NodeOf(node_).IsInt64()) {
    return InvalidArgument("it is not a whole number of at most 64 bits; send one");
  }
  return NodeOf(node_).GetInt64();
}

Result<bool> JsonValue::AsBool() const {
  if (!NodeOf(node_).IsBool()) return InvalidArgument("it is not a boolean; send true or false");
  return NodeOf(node_).GetBool();
}

Result<std::vector<JsonValue>> JsonValue::AsArray() const {
  if (!IsArray()) return InvalidArgument("it is not an array; send one");
  std::vector<JsonValue> elements;
  elements.reserve(NodeOf(node_).Size());
  for (const Node& element : NodeOf(node_).GetArray()) elements.push_back(JsonValue(&element));
  return elements;
}

Result<std::vector<JsonValue::Member>> JsonValue::Members() const {
  if (!IsObject()) return InvalidArgument("it is not an object; send one");
  std::vector<Member> members;
  members.reserve(MemberCount());
  for (std::size_t i = 0; i < MemberCount(); ++i) members.push_back(MemberAt(i));
  return members;
}

std::optional<JsonValue> JsonValue::Find(std::string_view name) const {
  for (std::size_t i = 0; i < MemberCount(); ++i) {
    const auto [found, value] = MemberAt(i);
    if (found == name) return value;
  }
  return std::nullopt;
}

std::size_t JsonValue::MemberCount() const { return IsObject() ? NodeOf(node_).MemberCount() : 0; }

JsonValue::Member JsonValue::MemberAt(std::size_t index) const {
  const auto member = NodeOf(node_).MemberBegin() + static_cast<std::ptrdiff_t>(index);
  return {TextOf(member->name), JsonValue(&member->value)};
}

}  // namespace vallum
