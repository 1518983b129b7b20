// SPDX-License-Identifier: Apache-2.0
#include "audit/record.h"

#include <array>
#include <limits>

#include "base/json.h"
#include "base/utf8.h"

namespace vallum::audit {
namespace {

constexpr std::size_t kMaxDetail = 512;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// The whole of `text` as UTF-8: a log that cannot be parsed later would be worth nothing.
std::string Repaired(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t good = internal::FirstInvalidUtf8(text);
    repaired.append(text.substr(0, good));
    if (good == text.size()) break;
    repaired.append(kReplacement);
    text.remove_prefix(good + 1);
  }
  return repaired;
}

void WriteText(JsonWriter& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  json.Name(name);
  if (internal::FirstInvalidUtf8(text) == text.size()) {
    json.String(text);
  } else {
    json.String(Repaired(text));
  }
}

// At most kMaxDetail bytes, not ending within a character.
std::string_view Shortened(std::string_view detail) {
  if (detail.size() <= kMaxDetail) return detail;
  std::size_t size = kMaxDetail;
  while (size > 0 && (static_cast<unsigned char>(detail[size]) & 0xc0) == 0x80) --size;
  return detail.substr(0, size);
}

Result<std::string> Text(ObjectReader& object, std::string_view name) {
  return std::string(TRY(object.OptionalString(name)).value_or(""));
}

Result<std::uint32_t> Number(ObjectReader& object, std::string_view name, std::int64_t missing) {
  const std::int64_t value = TRY(object.OptionalInteger(name)).value_or(missing);
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max()) {
    return InvalidArgument("member \"" + std::string(name) +
                           "\" of an audit record is out of range");
  }
  return static_cast<std::uint32_t>(value);
}

Status ReadSubject(ObjectReader& object, Record& record) {
  record.time = TRY(ParseTime(TRY(object.String("time"))));
  if (const auto request = TRY(object.OptionalString("request"))) {
    record.request = RequestId(TRY(ParseUuid(*request)));
  }
  record.principal = TRY(Text(object, "principal"));
  record.operation = TRY(Text(object, "operation"));
  record.key_id = TRY(Text(object, "key"));
  record.key_name = TRY(Text(object, "name"));
  record.key_version = TRY(Number(object, "version", 0));
  return {};
}

Status ReadOutcome(ObjectReader& object, Record& record) {
  record.algorithm = TRY(Text(object, "algorithm"));
  record.scheme = TRY(Text(object, "scheme"));
  record.outcome = TRY(Text(object, "outcome"));
  record.approval = TRY(Text(object, "approval"));
  record.trace = TRY(Text(object, "trace"));
  record.detail = TRY(Text(object, "detail"));
  record.count = TRY(Number(object, "count", 1));
  record.recovered = TRY(object.OptionalBool("recovered")).value_or(false);
  return object.Finish();
}

}  // namespace

void Encode(const Record& record, std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Name("time").String(FormatTime(record.time));
  if (record.request != RequestId()) json.Name("request").String(ToString(record.request));
  WriteText(json, "principal", record.principal);
  WriteText(json, "operation", record.operation);
  WriteText(json, "key", record.key_id);
  WriteText(json, "name", record.key_name);
  if (record.key_version != 0) json.Name("version").Integer(record.key_version);
  WriteText(json, "algorithm", record.algorithm);
  WriteText(json, "scheme", record.scheme);
  WriteText(json, "outcome", record.outcome);
  WriteText(json, "approval", record.approval);
  WriteText(json, "trace", record.trace);
  WriteText(json, "detail", Shortened(record.detail));
  if (record.count != 1) json.Name("count").Integer(record.count);
  if (record.recovered) json.Name("recovered").Bool(true);
  json.EndObject();
}

Result<Record> Decode(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text));
  ObjectReader object(document.root());
  Record record;
  TRY(ReadSubject(object, record));
  TRY(ReadOutcome(object, record));
  std::string canonical;
  Encode(record, canonical);
  if (canonical == text) return record;
  return InvalidArgument(
      "an audit record is not in its canonical form; it was not written by Vallum");
}

}  // namespace vallum::audit
