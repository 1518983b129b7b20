// SPDX-License-Identifier: Apache-2.0
#include "rest/codec.h"

#include <fmt/format.h>

#include <limits>

namespace vallum::rest {
namespace {

std::string_view OriginName(module::Origin origin) {
  switch (origin) {
    case module::Origin::kGenerated:
      return "generated";
    case module::Origin::kImportedWrapped:
      return "imported-wrapped";
    case module::Origin::kEntered:
      return "entered";
    case module::Origin::kDerived:
      return "derived";
  }
  return "entered";
}

void WriteLabels(JsonWriter& json, const std::map<std::string, std::string>& labels) {
  json.BeginObject();
  for (const auto& [name, value] : labels) json.Name(name).String(value);
  json.EndObject();
}

void WriteVersions(JsonWriter& json, const std::vector<service::KeyVersionInfo>& versions) {
  json.BeginArray();
  for (const service::KeyVersionInfo& version : versions) {
    json.BeginObject();
    json.Name("version").Integer(version.version);
    json.Name("state").String(service::Name(version.state));
    json.Name("created").String(FormatTime(version.created));
    json.Name("changed").String(FormatTime(version.changed));
    json.EndObject();
  }
  json.EndArray();
}

Result<std::map<std::string, std::string>> ReadLabels(const JsonValue& value) {
  auto members = value.Members();
  if (!members) return InvalidArgument("member \"labels\" must be an object of strings");
  std::map<std::string, std::string> labels;
  for (const auto& [name, label] : *members) {
    auto text = label.AsString();
    if (!text) return InvalidArgument(fmt::format("label \"{}\" must be a string", name));
    labels.emplace(name, *text);
  }
  return labels;
}

}  // namespace

void WriteNames(JsonWriter& json, const std::vector<std::string_view>& names) {
  json.BeginArray();
  for (const std::string_view name : names) json.String(name);
  json.EndArray();
}

void WriteFips(JsonWriter& json, const service::Indicator& indicator) {
  json.Name("fips").BeginObject();
  json.Name("approved").Bool(indicator.approved());
  json.Name("reasons");
  WriteNames(json, indicator.reasons == 0 ? std::vector<std::string_view>{}
                                          : module::ReasonNames(indicator.reasons));
  json.EndObject();
}

void WriteKeyMembers(JsonWriter& json, const service::KeyInfo& key) {
  json.Name("id").String(ToString(key.id));
  json.Name("name").String(key.name);
  json.Name("algorithm").String(module::Name(key.algorithm));
  json.Name("usages");
  WriteNames(json, module::UsageNames(key.usages));
  json.Name("extractable").Bool(key.extractable);
  json.Name("origin").String(OriginName(key.origin));
  json.Name("made_under").String(module::Name(key.made_under));
  json.Name("owner").String(key.owner);
  json.Name("labels");
  WriteLabels(json, key.labels);
  json.Name("created").String(FormatTime(key.created));
  json.Name("primary_version").Integer(key.primary_version);
  json.Name("versions");
  WriteVersions(json, key.versions);
}

void WriteKey(JsonWriter& json, const service::KeyInfo& key, const service::Indicator* indicator) {
  json.BeginObject();
  WriteKeyMembers(json, key);
  if (indicator != nullptr) WriteFips(json, *indicator);
  json.EndObject();
}

void WritePrincipal(JsonWriter& json, const policy::Principal& principal) {
  json.BeginObject();
  json.Name("name").String(principal.name);
  json.Name("roles");
  WriteNames(json, policy::RoleNames(principal.roles));
  json.Name("fingerprint").String(ToHex(principal.fingerprint));
  json.Name("not_after").String(FormatTime(principal.not_after));
  json.Name("revoked").Bool(principal.revoked);
  json.EndObject();
}

void WriteSelfTests(JsonWriter& json, const std::vector<module::SelfTestResult>& results) {
  json.BeginArray();
  for (const module::SelfTestResult& result : results) {
    json.BeginObject();
    json.Name("name").String(result.name);
    json.Name("passed").Bool(result.passed);
    json.Name("microseconds").Integer(result.microseconds);
    json.EndObject();
  }
  json.EndArray();
}

Result<std::vector<std::string_view>> ReadNames(ObjectReader& object, std::string_view name) {
  const JsonValue value = TRY(object.Value(name));
  auto elements = value.AsArray();
  if (!elements) {
    return InvalidArgument(fmt::format("member \"{}\" must be an array of strings", name));
  }
  std::vector<std::string_view> names;
  names.reserve(elements->size());
  for (const JsonValue& element : *elements) {
    auto text = element.AsString();
    if (!text) return InvalidArgument(fmt::format("member \"{}\" must hold only strings", name));
    names.push_back(*text);
  }
  return names;
}

Result<std::uint32_t> ReadVersion(ObjectReader& object, std::string_view name) {
  const std::optional<std::int64_t> version = TRY(object.OptionalInteger(name));
  if (!version) return 0;
  if (*version < 0 || *version > std::numeric_limits<std::uint32_t>::max()) {
    return InvalidArgument(fmt::format(
        "member \"{}\" must be a version number; leave it out for the primary version", name));
  }
  return static_cast<std::uint32_t>(*version);
}

Result<service::CreateKeyRequest> ReadKeyRequest(ObjectReader& object) {
  service::CreateKeyRequest request;
  request.name = TRY(object.String("name"));
  request.algorithm = TRY(module::ParseAlgorithm(TRY(object.String("algorithm"))));
  if (object.OptionalValue("usages")) {
    request.usages = TRY(module::ParseUsages(TRY(ReadNames(object, "usages"))));
    if (request.usages.bits() == 0) {
      return InvalidArgument("member \"usages\" is empty; leave it out for all of the algorithm's");
    }
  }
  request.extractable = TRY(object.OptionalBool("extractable")).value_or(false);
  if (const auto labels = object.OptionalValue("labels")) {
    request.labels = TRY(ReadLabels(*labels));
  }
  return request;
}

std::string ToPem(std::string_view label, ByteSpan der) {
  constexpr std::size_t kLine = 64;
  const std::string text = ToBase64(der);
  std::string pem = fmt::format("-----BEGIN {}-----\n", label);
  for (std::size_t at = 0; at < text.size(); at += kLine) {
    pem.append(text, at, kLine).append("\n");
  }
  return pem + fmt::format("-----END {}-----\n", label);
}

}  // namespace vallum::rest
