// SPDX-License-Identifier: Apache-2.0
// The life cycle of keys.
#include <fmt/format.h>

#include "rest/batch.h"
#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/handlers.h"

namespace vallum::rest {
namespace {

constexpr std::uint64_t kDefaultPage = 100;
constexpr std::uint64_t kMaxPage = 1000;
constexpr std::uint64_t kMaxVersion = 0xffffffff;

Status SendKey(Exchange& x, const service::KeyInfo& key, const service::Indicator* indicator) {
  JsonWriter json(x.response().body);
  WriteKey(json, key, indicator);
  return Finished(json);
}

}  // namespace

Status CreateKey(Exchange& x) {
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto wanted = TRY(ReadItems<service::CreateKeyRequest>(body, ReadKeyRequest));
  TRY(body.Finish());

  x.response().status = 201;
  if (wanted.shape == Shape::kBatch) {
    auto made = TRY(x.Use().CreateKeys(x.caller(), wanted.items));
    return WriteItems(x, Shape::kBatch, made, WriteKeyMembers);
  }
  const auto made = TRY(x.Use().CreateKey(x.caller(), wanted.items.front()));
  return SendKey(x, made.value, &made.indicator);
}

Status UnwrapKey(Exchange& x) {
  service::ImportKeyRequest request;
  request.wrapping_key = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  request.key = TRY(ReadKeyRequest(body));
  request.wrapped = TRY(body.Base64("wrapped"));
  request.wrapping_version = TRY(ReadVersion(body));
  TRY(body.Finish());

  const auto made = TRY(x.Use().ImportKey(x.caller(), request));
  x.response().status = 201;
  return SendKey(x, made.value, &made.indicator);
}

Status ListKeys(Exchange& x) {
  TRY(x.ExpectNoBody());
  Query query = TRY(x.ParseQuery());
  const std::string prefix = query.Text("prefix");
  const std::string after = query.Text("after");
  const std::uint64_t limit = TRY(query.Number("limit", kDefaultPage, 1, kMaxPage));
  TRY(query.Finish());

  const service::KeyPage page = TRY(x.Use().ListKeys(x.caller(), prefix, after, limit));
  JsonWriter json(x.response().body);
  json.BeginObject().Name("keys").BeginArray();
  for (const service::KeyInfo& key : page.keys) WriteKey(json, key);
  json.EndArray();
  json.Name("next").String(page.next);
  json.EndObject();
  return Finished(json);
}

Status GetKey(Exchange& x) {
  TRY(x.ExpectNoBody());
  TRY(x.ExpectNoQuery());
  const std::string name = TRY(x.Parameter(0));
  const service::KeyInfo key = TRY(x.Use().ShowKey(x.caller(), name));
  return SendKey(x, key, nullptr);
}

Status RotateKey(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  TRY(x.ExpectEmptyObject());
  const auto rotated = TRY(x.Use().RotateKey(x.caller(), name));
  return SendKey(x, rotated.value, &rotated.indicator);
}

Status SetKeyState(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const std::int64_t version = TRY(body.Integer("version"));
  const service::KeyState state = TRY(service::ParseKeyState(TRY(body.String("state"))));
  TRY(body.Finish());
  if (version < 1 || version > static_cast<std::int64_t>(kMaxVersion)) {
    return InvalidArgument("member \"version\" must name one version, 1 or greater");
  }
  const service::KeyUse use{name, static_cast<std::uint32_t>(version)};
  const service::KeyInfo key = TRY(x.Use().SetKeyState(x.caller(), use, state));
  return SendKey(x, key, nullptr);
}

Status GetPublicKey(Exchange& x) {
  TRY(x.ExpectNoBody());
  service::KeyUse use;
  use.name = TRY(x.Parameter(0));
  Query query = TRY(x.ParseQuery());
  use.version = static_cast<std::uint32_t>(TRY(query.Number("version", 0, 0, kMaxVersion)));
  TRY(query.Finish());

  const service::KeyInfo key = TRY(x.Use().ShowKey(x.caller(), use.name));
  if (use.version == 0) use.version = key.primary_version;
  const Bytes spki = TRY(x.Use().PublicKey(x.caller(), use));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("version").Integer(use.version);
  json.Name("algorithm").String(module::Name(key.algorithm));
  json.Name("public_key").Base64(spki);
  json.Name("pem").String(ToPem("PUBLIC KEY", spki));
  json.EndObject();
  return Finished(json);
}

}  // namespace vallum::rest
