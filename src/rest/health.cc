// SPDX-License-Identifier: Apache-2.0
// Liveness, readiness and the API's own description: what needs no client certificate.
#include <fmt/format.h>

#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/handlers.h"
#include "rest/problem.h"

namespace vallum::rest {
namespace {

void WriteCheck(JsonWriter& json, std::string_view name, const Status& status) {
  json.Name(name);
  if (status) {
    json.String("ok");
  } else {
    json.String(
        fmt::format("{}: {}", CodeName(status.error().code()), PublicDetail(status.error())));
  }
}

}  // namespace

Status GetLiveness(Exchange& x) {
  JsonWriter json(x.response().body);
  json.BeginObject().Name("status").String("alive").EndObject();
  return Finished(json);
}

Status GetReadiness(Exchange& x) {
  const service::Health health = x.Use().GetHealth();
  x.response().status = health.ready() ? 200 : 503;
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("status").String(health.ready() ? "ready" : "not_ready");
  json.Name("checks").BeginObject();
  WriteCheck(json, "module", health.module);
  WriteCheck(json, "audit", health.audit);
  WriteCheck(json, "store", health.store);
  json.EndObject().EndObject();
  return Finished(json);
}

Status GetOpenApi(Exchange& x) { return x.response().body.Append(AsBytes(OpenApiDocument())); }

}  // namespace vallum::rest
