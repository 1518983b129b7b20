// SPDX-License-Identifier: Apache-2.0
// Principals and what they were granted.
#include <fmt/format.h>

#include <algorithm>

#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/handlers.h"

namespace vallum::rest {

Status CreatePrincipal(Exchange& x) {
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  service::CreatePrincipalRequest request;
  request.name = TRY(body.String("name"));
  request.roles = TRY(policy::ParseRoles(TRY(ReadNames(body, "roles"))));
  request.certificate_request_pem = TRY(body.String("certificate_request"));
  request.days = TRY(body.OptionalInteger("days")).value_or(request.days);
  TRY(body.Finish());

  const service::NewPrincipal made = TRY(x.Use().CreatePrincipal(x.caller(), request));
  x.response().status = 201;
  JsonWriter json(x.response().body);
  json.BeginObject().Name("principal");
  WritePrincipal(json, made.principal);
  json.Name("certificate").String(made.certificate_pem);
  json.Name("ca").String(made.ca_pem);
  json.EndObject();
  return Finished(json);
}

Status ListPrincipals(Exchange& x) {
  TRY(x.ExpectNoBody());
  TRY(x.ExpectNoQuery());
  const auto principals = TRY(x.Use().ListPrincipals(x.caller()));
  JsonWriter json(x.response().body);
  json.BeginObject().Name("principals").BeginArray();
  for (const policy::Principal& principal : principals) WritePrincipal(json, principal);
  json.EndArray().EndObject();
  return Finished(json);
}

Status RevokePrincipal(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  TRY(x.ExpectEmptyObject());
  TRY(x.Use().RevokePrincipal(x.caller(), name));
  const auto principals = TRY(x.Use().ListPrincipals(x.caller()));
  const auto revoked = std::ranges::find(principals, name, &policy::Principal::name);
  if (revoked == principals.end()) {
    return NotFound(fmt::format("principal \"{}\" was revoked and is listed no more", name));
  }
  JsonWriter json(x.response().body);
  WritePrincipal(json, *revoked);
  return Finished(json);
}

Status SetGrant(Exchange& x) {
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  service::GrantRequest request;
  request.key = TRY(body.String("key"));
  request.principal = TRY(body.String("principal"));
  request.actions = TRY(policy::ParseActions(TRY(ReadNames(body, "actions"))));
  TRY(body.Finish());

  TRY(x.Use().SetGrant(x.caller(), request));
  JsonWriter json(x.response().body);
  json.BeginObject().EndObject();
  return Finished(json);
}

}  // namespace vallum::rest
