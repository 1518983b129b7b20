// SPDX-License-Identifier: Apache-2.0
// Objects that the server keeps for a principal.
#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/handlers.h"

namespace vallum::rest {
namespace {

constexpr std::uint64_t kDefaultPage = 100;
constexpr std::uint64_t kMaxPage = 1000;

void WriteObject(JsonWriter& json, const service::Object& object) {
  json.BeginObject();
  json.Name("name").String(object.name);
  json.Name("kind").String(object.kind);
  json.Name("value").Base64(object.value);
  json.Name("revision").Integer(static_cast<std::int64_t>(object.revision));
  json.EndObject();
}

}  // namespace

Status ListObjects(Exchange& x) {
  TRY(x.ExpectNoBody());
  Query query = TRY(x.ParseQuery());
  service::ObjectListing listing;
  listing.prefix = query.Text("prefix");
  listing.after = query.Text("after");
  listing.limit = TRY(query.Number("limit", kDefaultPage, 1, kMaxPage));
  TRY(query.Finish());

  const service::ObjectPage page = TRY(x.Use().ListObjects(x.caller(), listing));
  JsonWriter json(x.response().body);
  json.BeginObject().Name("objects").BeginArray();
  for (const service::Object& object : page.objects) WriteObject(json, object);
  json.EndArray();
  json.Name("next").String(page.next);
  json.EndObject();
  return Finished(json);
}

Status PutObject(Exchange& x) {
  service::PutObjectRequest request;
  request.name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  request.kind = TRY(body.String("kind"));
  request.value = TRY(body.Base64("value"));
  const auto revision = TRY(body.OptionalInteger("revision"));
  TRY(body.Finish());
  if (revision && *revision < 0) {
    return InvalidArgument(
        R"(member "revision" must be 0 for a new object, or that of the object to replace)");
  }
  if (revision) request.revision = static_cast<std::uint64_t>(*revision);

  const service::Object object = TRY(x.Use().PutObject(x.caller(), request));
  JsonWriter json(x.response().body);
  WriteObject(json, object);
  return Finished(json);
}

Status DeleteObject(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  TRY(x.ExpectEmptyObject());
  TRY(x.Use().DeleteObject(x.caller(), name));
  JsonWriter json(x.response().body);
  json.BeginObject().EndObject();
  return Finished(json);
}

}  // namespace vallum::rest
