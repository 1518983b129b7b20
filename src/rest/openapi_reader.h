// SPDX-License-Identifier: Apache-2.0
// Reads openapi.json for the tests that are generated from it: operations, examples, conformance.
// It knows the part of JSON Schema that the document uses, and nothing else. For tests only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace vallum::rest {

/// Members of an object as raw JSON texts, so that a test can take one away or change it.
using RawMembers = std::vector<std::pair<std::string, std::string>>;
std::string Render(const RawMembers& members);

/// Body is one form that a request may have: its schema and a valid example.
struct Body {
  JsonValue schema;
  RawMembers example;
};

struct Operation {
  std::string id;
  std::string method;  ///< upper case
  std::string path;    ///< as in the document
  std::string target;  ///< with example parameters
  bool anonymous = false;
  std::vector<Body> bodies;  ///< empty: takes none
  std::string success;       ///< "200"
  std::string content_type;
  std::optional<JsonValue> answer;  ///< schema of the success
};

class OpenApi {
 public:
  static OpenApi Load();
  std::vector<Operation> Operations() const;
  /// Schema by its name in components.
  JsonValue Schema(std::string_view name) const;
  /// Resolve follows $ref.
  JsonValue Resolve(JsonValue schema) const;
  /// Mismatch says how `value` differs from `schema`, or is empty.
  std::string Mismatch(JsonValue value, JsonValue schema) const;
  /// Example makes a JSON text that fits, with all members where `members` says so.
  std::string Example(JsonValue schema) const;
  RawMembers ExampleMembers(JsonValue schema) const;

 private:
  explicit OpenApi(JsonDocument document) : document_(std::move(document)) {}
  Operation ReadOperation(std::string_view path, std::string_view method, JsonValue value) const;
  std::string ObjectMismatch(JsonValue value, JsonValue schema) const;
  JsonDocument document_;
};

}  // namespace vallum::rest
