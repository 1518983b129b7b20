// SPDX-License-Identifier: Apache-2.0
// The module: status, self-test, random bytes.
#include <fmt/format.h>

#include <algorithm>

#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/handlers.h"

namespace vallum::rest {
namespace {

constexpr std::int64_t kMaxRandom = 65536;

void WriteProvider(JsonWriter& json, const module::ModuleStatus& status) {
  json.Name("provider").BeginObject();
  json.Name("name").String(status.provider.name);
  json.Name("version").String(status.provider_version);
  json.Name("sha256").String(status.provider.sha256);
  json.Name("certificate").String(status.provider.certificate);
  json.EndObject();
}

}  // namespace

Status GetModule(Exchange& x) {
  TRY(x.ExpectNoBody());
  TRY(x.ExpectNoQuery());
  const auto report = TRY(x.Use().GetStatus(x.caller()));
  const module::ModuleStatus& status = report.module;
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("state").String(module::Name(status.state));
  json.Name("policy").String(module::Name(status.policy));
  json.Name("version").String(status.module_version);
  WriteProvider(json, status);
  json.Name("first_error").String(status.first_error);
  json.Name("self_tests");
  WriteSelfTests(json, status.self_tests);
  json.Name("provider_load_microseconds").Integer(status.provider_load_microseconds);
  json.Name("services").BeginObject();
  json.Name("approved").Integer(static_cast<std::int64_t>(status.services_approved));
  json.Name("not_approved").Integer(static_cast<std::int64_t>(status.services_not_approved));
  json.EndObject();
  json.Name("seal").String(report.seal);
  json.Name("seal_risk").String(report.seal_risk);
  json.Name("audit_size").Integer(static_cast<std::int64_t>(report.audit_size));
  json.Name("validated").Bool(false);
  json.EndObject();
  return Finished(json);
}

Status RunSelfTest(Exchange& x) {
  TRY(x.ExpectEmptyObject());
  const auto results = TRY(x.Use().SelfTest(x.caller()));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("passed").Bool(!results.empty() &&
                           std::ranges::all_of(results, &module::SelfTestResult::passed));
  json.Name("self_tests");
  WriteSelfTests(json, results);
  json.EndObject();
  return Finished(json);
}

Status GetRandom(Exchange& x) {
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const std::int64_t size = TRY(body.Integer("bytes"));
  TRY(body.Finish());
  if (size < 1 || size > kMaxRandom) {
    return InvalidArgument(fmt::format("member \"bytes\" must be from 1 to {}", kMaxRandom));
  }
  const auto made = TRY(x.Use().Random(x.caller(), static_cast<std::size_t>(size)));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("random").Base64(made.value.span());
  WriteFips(json, made.indicator);
  json.EndObject();
  return Finished(json);
}

}  // namespace vallum::rest
