// SPDX-License-Identifier: Apache-2.0
#include "rest/openapi_reader.h"

#include <algorithm>

#include "rest/rest.h"

namespace vallum::rest {
namespace {

// A text that fails loudly beats a test that quietly checks nothing.
template <typename T>
T Must(Result<T> result) {
  if (!result) std::abort();
  return *std::move(result);
}

JsonValue Get(JsonValue object, std::string_view name) {
  const auto value = object.Find(name);
  if (!value) std::abort();
  return *value;
}

std::string TextOf(JsonValue object, std::string_view name) {
  const auto value = object.Find(name);
  return value ? std::string(Must(value->AsString())) : std::string();
}

std::string Quoted(std::string_view text) {
  std::string out;
  JsonWriter(out).String(text);
  return out;
}

bool IsType(JsonValue value, std::string_view type) {
  if (type == "object") return value.IsObject();
  if (type == "array") return value.IsArray();
  if (type == "string") return value.IsString();
  if (type == "boolean") return value.AsBool().has_value();
  if (type == "integer") return value.AsInteger().has_value();
  return false;
}

std::string Upper(std::string_view text) {
  std::string upper;
  for (const char c : text) upper += static_cast<char>(c - 'a' + 'A');
  return upper;
}

std::string ScalarMismatch(JsonValue value, JsonValue schema) {
  if (const auto allowed = schema.Find("enum")) {
    const std::string_view text = Must(value.AsString());
    const auto names = Must(allowed->AsArray());
    const bool found =
        std::ranges::any_of(names, [&](JsonValue n) { return Must(n.AsString()) == text; });
    if (!found) return "\"" + std::string(text) + "\" is not in the enum";
  }
  if (TextOf(schema, "contentEncoding") == "base64" && !FromBase64(Must(value.AsString()))) {
    return "not base64";
  }
  if (const auto least = schema.Find("minimum")) {
    if (Must(value.AsInteger()) < Must(least->AsInteger())) return "below the minimum";
  }
  return {};
}

}  // namespace

std::string Render(const RawMembers& members) {
  std::string text;
  for (const auto& [name, value] : members) {
    text += (text.empty() ? "" : ",") + Quoted(name) + ":" + value;
  }
  return "{" + text + "}";
}

OpenApi OpenApi::Load() {
  return OpenApi(Must(JsonDocument::Parse(OpenApiDocument(), {.max_depth = 64})));
}

JsonValue OpenApi::Schema(std::string_view name) const {
  return Get(Get(Get(document_.root(), "components"), "schemas"), name);
}

JsonValue OpenApi::Resolve(JsonValue schema) const {
  constexpr std::string_view kPrefix = "#/components/schemas/";
  const auto reference = schema.Find("$ref");
  if (!reference) return schema;
  return Resolve(Schema(Must(reference->AsString()).substr(kPrefix.size())));
}

std::string OpenApi::ObjectMismatch(JsonValue value, JsonValue schema) const {
  const auto properties = schema.Find("properties");
  const auto additional = schema.Find("additionalProperties");
  for (const auto& [name, member] : Must(value.Members())) {
    const auto property = properties ? properties->Find(name) : std::nullopt;
    if (!property && additional && !additional->IsObject()) return std::string(name) + " is extra";
    const auto inner = property ? property : additional;
    if (!inner || !inner->IsObject()) continue;
    if (const std::string why = Mismatch(member, *inner); !why.empty()) {
      return std::string(name) + ": " + why;
    }
  }
  if (const auto required = schema.Find("required")) {
    for (const JsonValue name : Must(required->AsArray())) {
      if (!value.Find(Must(name.AsString()))) {
        return std::string(Must(name.AsString())) + " is missing";
      }
    }
  }
  return {};
}

std::string OpenApi::Mismatch(JsonValue value, JsonValue schema) const {
  schema = Resolve(schema);
  if (const auto forms = schema.Find("oneOf")) {
    std::string why;
    int fits = 0;
    for (const JsonValue form : Must(forms->AsArray())) {
      const std::string mismatch = Mismatch(value, form);
      fits += mismatch.empty() ? 1 : 0;
      why += "[" + mismatch + "]";
    }
    return fits == 1 ? "" : "fits " + std::to_string(fits) + " forms " + why;
  }
  if (const std::string type = TextOf(schema, "type"); !type.empty() && !IsType(value, type)) {
    return "is not of type " + type;
  }
  if (value.IsArray()) {
    for (const JsonValue item : Must(value.AsArray())) {
      if (const std::string why = Mismatch(item, Get(schema, "items")); !why.empty()) return why;
    }
    return {};
  }
  return value.IsObject() ? ObjectMismatch(value, schema) : ScalarMismatch(value, schema);
}

std::string OpenApi::Example(JsonValue schema) const {
  schema = Resolve(schema);
  const std::string type = TextOf(schema, "type");
  if (type == "object") return Render(ExampleMembers(schema));
  if (type == "array") return "[" + Example(Get(schema, "items")) + "]";
  if (type == "boolean") return "true";
  if (type == "integer") {
    const auto least = schema.Find("minimum");
    return std::to_string(least ? Must(least->AsInteger()) : 1);
  }
  if (const auto allowed = schema.Find("enum")) {
    return Quoted(Must(Must(allowed->AsArray()).front().AsString()));
  }
  return TextOf(schema, "contentEncoding") == "base64" ? "\"aGk=\"" : "\"k1\"";
}

// Every member, but of alternatives ("message" or "digest") only the first.
RawMembers OpenApi::ExampleMembers(JsonValue schema) const {
  RawMembers members;
  std::vector<std::string> left_out;
  if (const auto forms = schema.Find("oneOf")) {
    const auto alternatives = Must(forms->AsArray());
    for (std::size_t i = 1; i < alternatives.size(); ++i) {
      for (const JsonValue name : Must(Get(alternatives[i], "required").AsArray())) {
        left_out.emplace_back(Must(name.AsString()));
      }
    }
  }
  const auto properties = schema.Find("properties");
  if (!properties) return members;
  for (const auto& [name, property] : Must(properties->Members())) {
    if (std::ranges::find(left_out, name) != left_out.end()) continue;
    members.emplace_back(name, Example(property));
  }
  return members;
}

Operation OpenApi::ReadOperation(std::string_view path, std::string_view method,
                                 JsonValue value) const {
  Operation operation;
  operation.id = TextOf(value, "operationId");
  operation.method = Upper(method);
  operation.path = path;
  operation.target = path;
  for (const auto& [name, example] : {std::pair{"{name}", "k1"}, std::pair{"{level}", "0"},
                                      std::pair{"{index}", "x001/234.p/5"}}) {
    const std::size_t at = operation.target.find(name);
    if (at != std::string::npos)
      operation.target.replace(at, std::string_view(name).size(), example);
  }
  const auto security = value.Find("security");
  operation.anonymous = security && Must(security->AsArray()).empty();
  if (const auto request = value.Find("requestBody")) {
    const JsonValue schema =
        Resolve(Get(Get(Get(*request, "content"), "application/json"), "schema"));
    const auto forms = schema.Find("properties") ? std::nullopt : schema.Find("oneOf");
    std::vector<JsonValue> schemas =
        forms ? Must(forms->AsArray()) : std::vector<JsonValue>{schema};
    for (const JsonValue form : schemas) {
      operation.bodies.push_back({Resolve(form), ExampleMembers(Resolve(form))});
    }
  }
  for (const auto& [status, response] : Must(Get(value, "responses").Members())) {
    if (!status.starts_with('2')) continue;
    operation.success = status;
    const auto media = Must(Get(response, "content").Members()).front();
    operation.content_type = media.first;
    operation.answer = Get(media.second, "schema");
  }
  return operation;
}

std::vector<Operation> OpenApi::Operations() const {
  std::vector<Operation> operations;
  for (const auto& [path, item] : Must(Get(document_.root(), "paths").Members())) {
    for (const auto& [method, value] : Must(item.Members())) {
      operations.push_back(ReadOperation(path, method, value));
    }
  }
  return operations;
}

}  // namespace vallum::rest
