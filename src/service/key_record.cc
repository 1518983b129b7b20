// SPDX-License-Identifier: Apache-2.0
#include "service/key_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/json.h"

namespace vallum::service {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kMaxRecordBytes = 1 << 20;

constexpr std::array kPolicies = {module::Policy::kOnly, module::Policy::kOn, module::Policy::kLog};

Result<module::Policy> ParsePolicy(std::string_view name) {
  for (const module::Policy policy : kPolicies) {
    if (module::Name(policy) == name) return policy;
  }
  return InvalidArgument("unknown policy");
}

// What a stored text gets wrong is the store's fault, not the caller's.
Error Damaged(Error error) {
  if (error.code() == Code::kStorageVersion) return error;
  return Integrity(
      "a stored record is damaged (" + error.message() + "); restore the store from a backup",
      error.where());
}

Status CheckFormat(ObjectReader& reader) {
  if (TRY(reader.Integer("v")) != kFormat) {
    return Error(Code::kStorageVersion,
                 "the store was written by a newer version of Vallum; start that version");
  }
  return {};
}

Result<std::vector<std::string_view>> Strings(JsonValue array) {
  std::vector<std::string_view> strings;
  for (const JsonValue& value : TRY(array.AsArray())) strings.push_back(TRY(value.AsString()));
  return strings;
}

void WriteStrings(JsonWriter& json, const std::vector<std::string_view>& strings) {
  json.BeginArray();
  for (const std::string_view string : strings) json.String(string);
  json.EndArray();
}

void WriteVersion(JsonWriter& json, const KeyVersionInfo& version, const Bytes& blob) {
  json.BeginObject();
  json.Name("version").Integer(version.version);
  json.Name("state").String(Name(version.state));
  json.Name("created").String(FormatTime(version.created));
  json.Name("changed").String(FormatTime(version.changed));
  if (!blob.empty()) json.Name("blob").Base64(blob);
  json.EndObject();
}

Status ReadVersion(JsonValue value, KeyRecord& record) {
  ObjectReader reader(value);
  KeyVersionInfo version;
  const std::int64_t number = TRY(reader.Integer("version"));
  if (number != static_cast<std::int64_t>(record.info.versions.size()) + 1) {
    return InvalidArgument("versions are not 1, 2, 3, ...");
  }
  version.version = static_cast<std::uint32_t>(number);
  version.state = TRY(ParseKeyState(TRY(reader.String("state"))));
  version.created = TRY(ParseTime(TRY(reader.String("created"))));
  version.changed = TRY(ParseTime(TRY(reader.String("changed"))));
  std::optional<Bytes> blob = TRY(reader.OptionalBase64("blob"));
  TRY(reader.Finish());
  if (IsDestroyed(version.state) == (blob && !blob->empty())) {
    return InvalidArgument("a destroyed version has a blob, or another one has none");
  }
  record.info.versions.push_back(version);
  record.blobs.push_back(blob ? *std::move(blob) : Bytes{});
  return {};
}

Status ReadLabels(JsonValue value, std::map<std::string, std::string>& labels) {
  for (const auto& [name, label] : TRY(value.Members())) {
    labels.emplace(name, TRY(label.AsString()));
  }
  return {};
}

Result<KeyRecord> ReadRecord(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text, {.max_bytes = kMaxRecordBytes}));
  ObjectReader reader(document.root());
  TRY(CheckFormat(reader));
  KeyRecord record;
  KeyInfo& info = record.info;
  info.id = TRY(DecodeKeyId(TRY(reader.String("id"))));
  info.name = TRY(reader.String("name"));
  info.algorithm = TRY(module::ParseAlgorithm(TRY(reader.String("algorithm"))));
  info.usages = TRY(module::ParseUsages(TRY(Strings(TRY(reader.Value("usages"))))));
  info.extractable = TRY(TRY(reader.Value("extractable")).AsBool());
  info.origin = TRY(ParseOrigin(TRY(reader.String("origin"))));
  info.made_under = TRY(ParsePolicy(TRY(reader.String("made_under"))));
  info.owner = TRY(reader.String("owner"));
  TRY(ReadLabels(TRY(reader.Value("labels")), info.labels));
  info.created = TRY(ParseTime(TRY(reader.String("created"))));
  const std::int64_t primary = TRY(reader.Integer("primary"));
  for (const JsonValue& version : TRY(TRY(reader.Value("versions")).AsArray())) {
    TRY(ReadVersion(version, record));
  }
  TRY(reader.Finish());
  TRY(CheckName("key", info.name));
  if (primary < 1 || primary > static_cast<std::int64_t>(info.versions.size())) {
    return InvalidArgument("the primary version is not among the versions");
  }
  info.primary_version = static_cast<std::uint32_t>(primary);
  return record;
}

Result<policy::Actions> ReadGrant(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text));
  ObjectReader reader(document.root());
  TRY(CheckFormat(reader));
  const auto names = TRY(Strings(TRY(reader.Value("actions"))));
  TRY(reader.Finish());
  return policy::ParseActions(names);
}

template <typename T>
Result<T> OrDamaged(Result<T> result) {
  if (!result) return Damaged(std::move(result).error());
  return result;
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::string EncodeKeyRecord(const KeyRecord& record) {
  const KeyInfo& info = record.info;
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("id").String(ToString(info.id));
  json.Name("name").String(info.name);
  json.Name("algorithm").String(module::Name(info.algorithm));
  json.Name("usages");
  WriteStrings(json, module::UsageNames(info.usages));
  json.Name("extractable").Bool(info.extractable);
  json.Name("origin").String(OriginName(info.origin));
  json.Name("made_under").String(module::Name(info.made_under));
  json.Name("owner").String(info.owner);
  json.Name("labels").BeginObject();
  for (const auto& [name, value] : info.labels) json.Name(name).String(value);
  json.EndObject();
  json.Name("created").String(FormatTime(info.created));
  json.Name("primary").Integer(info.primary_version);
  json.Name("versions").BeginArray();
  for (std::size_t i = 0; i < info.versions.size(); ++i) {
    WriteVersion(json, info.versions[i], record.blobs[i]);
  }
  json.EndArray();
  json.EndObject();
  return text;
}

Result<KeyRecord> DecodeKeyRecord(std::string_view text) { return OrDamaged(ReadRecord(text)); }

std::string EncodeGrant(policy::Actions actions) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("actions");
  WriteStrings(json, policy::ActionNames(actions));
  json.EndObject();
  return text;
}

Result<policy::Actions> DecodeGrant(std::string_view text) { return OrDamaged(ReadGrant(text)); }

Status CheckName(std::string_view what, std::string_view name) {
  const bool ok = !name.empty() && name.size() <= 128 && IsNameCharacter(name.front()) &&
                  std::all_of(name.begin(), name.end(), [](char c) {
                    return IsNameCharacter(c) || c == '.' || c == '_' || c == '-';
                  });
  if (ok) return {};
  return InvalidArgument("a " + std::string(what) +
                         " name is 1 to 128 letters, digits, dots, underscores and hyphens, and "
                         "starts with a letter or digit; choose another name");
}

Status CheckLabels(const std::map<std::string, std::string>& labels) {
  if (labels.size() > 64) return InvalidArgument("a key has at most 64 labels; give fewer");
  for (const auto& [name, value] : labels) {
    if (name.empty() || name.size() > 64 || value.size() > 256) {
      return InvalidArgument("a label's name has 1 to 64 bytes and its value at most 256");
    }
    if (HasControlCharacter(name) || HasControlCharacter(value)) {
      return InvalidArgument("labels are printable text; remove the control characters");
    }
  }
  return {};
}

namespace entry {

std::string Key(std::string_view id) { return std::string("key/").append(id); }
std::string Name(std::string_view name) { return std::string(kNamePrefix).append(name); }
std::string Visible(std::string_view principal, std::string_view name) {
  return std::string("visible/").append(principal).append("/").append(name);
}
std::string Grant(std::string_view id, std::string_view principal) {
  return std::string("grant/").append(id).append("/").append(principal);
}
std::string Gcm(std::string_view id, std::uint32_t version) {
  return std::string("gcm/").append(id).append("/").append(std::to_string(version));
}
std::string Principal(std::string_view name) { return std::string(kPrincipalPrefix).append(name); }
std::string Fingerprint(ByteSpan fingerprint) { return "fingerprint/" + ToHex(fingerprint); }
std::string Object(std::string_view principal, std::string_view name) {
  return std::string("object/").append(principal).append("/").append(name);
}
std::string Outbox(const RequestId& request, std::uint64_t number) {
  return std::string(kOutboxPrefix) + ToString(request) + "/" + std::to_string(number);
}

}  // namespace entry

Bytes EncodeNumber(std::uint64_t number) { return ToBytes(AsBytes(std::to_string(number))); }

Result<std::uint64_t> DecodeNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(number) != text) {
    return Damaged(InvalidArgument("a number is expected"));
  }
  return number;
}

Result<KeyId> DecodeKeyId(std::string_view text) {
  auto bytes = ParseUuid(text);
  if (!bytes) return Damaged(std::move(bytes).error());
  return KeyId(*bytes);
}

}  // namespace vallum::service
