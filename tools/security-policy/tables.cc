// SPDX-License-Identifier: Apache-2.0
// Prints the module's own constexpr tables as JSON: what the Security Policy is made of.
#include <cstdio>
#include <string>

#include "base/json.h"
#include "module/approved_table.h"
#include "module/indicator.h"
#include "module/role_table.h"
#include "module/ssp_table.h"
#include "module/state_table.h"

namespace {

using vallum::JsonWriter;
namespace m = vallum::module;

std::string_view Text(m::Scope scope) { return scope == m::Scope::kModule ? "module" : "service"; }

std::string_view Text(m::Output output) {
  switch (output) {
    case m::Output::kAllowed:
      return "allowed";
    case m::Output::kHeld:
      return "held";
    case m::Output::kInhibited:
      return "inhibited";
  }
  return "inhibited";
}

void WriteStates(JsonWriter& json) {
  json.Name("states").BeginArray();
  for (const m::StateRow& row : m::kStates) {
    json.BeginObject().Name("name").String(row.name).Name("scope").String(Text(row.scope));
    json.Name("output").String(Text(row.output)).Name("description").String(row.description);
    json.EndObject();
  }
  json.EndArray().Name("transitions").BeginArray();
  for (const m::Transition& t : m::kTransitions) {
    json.BeginObject().Name("from").String(m::RowOf(t.from).name);
    json.Name("to").String(m::RowOf(t.to).name).Name("scope").String(Text(t.scope));
    json.Name("name").String(t.name).Name("event").String(t.event).EndObject();
  }
  json.EndArray();
}

void WriteServices(JsonWriter& json, const m::AlgorithmFacts& facts) {
  json.Name("services").BeginArray();
  for (const m::Service& service : m::kServices) {
    if (!m::IsOffered(facts, service)) continue;
    json.BeginObject().Name("scheme").String(m::Name(service.scheme));
    json.Name("least_key_bits").Integer(service.least_key_bits).Name("operations").BeginArray();
    for (int i = 0; i < 32; ++i) {
      const auto operation = static_cast<m::Operation>(i);
      if (service.operations.Has(operation)) json.String(m::Name(operation));
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

void WriteAlgorithms(JsonWriter& json) {
  json.Name("algorithms").BeginArray();
  for (const m::AlgorithmFacts& facts : m::kAlgorithms) {
    json.BeginObject().Name("name").String(facts.name).Name("bits").Integer(facts.key_bits);
    WriteServices(json, facts);
    json.EndObject();
  }
  json.EndArray();
}

void WriteRoles(JsonWriter& json, const m::Roles& roles) {
  json.Name("roles").BeginArray();
  for (const m::Role role :
       {m::Role::kUnauthenticated, m::Role::kUser, m::Role::kCryptoOfficer, m::Role::kAuditor}) {
    if (roles.Has(role)) json.String(m::Name(role));
  }
  json.EndArray();
}

void WriteRoleMatrix(JsonWriter& json) {
  json.Name("role_matrix").BeginArray();
  for (const m::OperationRow& row : m::kOperationRoles) {
    json.BeginObject().Name("service").String(m::Name(row.operation));
    WriteRoles(json, row.roles);
    json.Name("audited").Bool(row.audit == m::Audit::kAlways).EndObject();
  }
  for (const m::ManagementRow& row : m::kManagementRoles) {
    json.BeginObject().Name("service").String(row.name);
    WriteRoles(json, row.roles);
    json.Name("audited").Bool(row.audit == m::Audit::kAlways).EndObject();
  }
  json.EndArray();
}

void WriteSsps(JsonWriter& json) {
  json.Name("ssps").BeginArray();
  for (const m::SspRow& row : m::kSsps) {
    json.BeginObject().Name("name").String(row.name);
    json.Name("kind").String(row.kind == m::SspKind::kCritical ? "CSP" : "PSP");
    json.Name("generation").String(row.generation).Name("entry").String(row.entry);
    json.Name("output").String(row.output).Name("storage").String(row.storage);
    json.Name("use").String(row.use).Name("zeroisation").String(row.zeroisation).EndObject();
  }
  json.EndArray();
}

void WriteReasons(JsonWriter& json) {
  json.Name("reasons").BeginArray();
  for (std::uint32_t bit = 1; bit != 0; bit <<= 1) {
    for (const std::string_view name : m::ReasonNames(bit)) json.String(name);
  }
  json.EndArray();
}

}  // namespace

int main() {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  WriteStates(json);
  WriteAlgorithms(json);
  WriteReasons(json);
  WriteRoleMatrix(json);
  WriteSsps(json);
  json.EndObject();
  std::printf("%s\n", text.c_str());
}
