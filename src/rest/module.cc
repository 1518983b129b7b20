// SPDX-License-Identifier: Apache-2.0
// The module: status, self-test, random bytes.
#include <fmt/format.h>

#include <algorithm>

#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/handlers.h"
#include "rest/module_status.h"

namespace vallum::rest {
namespace {

constexpr std::int64_t kMaxRandom = 65536;
constexpr std::string_view kNext =
    "the server answers status only; a restart unseals it with its root key again, so destroy the "
    "root key as well if nothing is to be opened any more";
constexpr std::string_view kNextWithTls =
    "stop the server: the key pair of its TLS certificate is wiped with its last connection; it "
    "answers status only, and a restart unseals it with its root key again, so destroy the root "
    "key "
    "as well if nothing is to be opened any more";

}  // namespace

Status GetModule(Exchange& x) {
  TRY(x.ExpectNoBody());
  TRY(x.ExpectNoQuery());
  const auto report = TRY(x.Use().GetStatus(x.caller()));
  JsonWriter json(x.response().body);
  WriteModule(json, report);
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

Status ZeroiseModule(Exchange& x) {
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto what = TRY(body.String("what"));
  TRY(body.Finish());
  if (what != "all") return InvalidArgument("member \"what\" must be \"all\"");
  const auto done = TRY(x.Use().Zeroise(x.caller()));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("report");
  WriteZeroisation(json, done.report);
  json.Name("state").String(module::Name(done.state));
  json.Name("recorded").Bool(done.recorded);
  json.Name("next").String(done.report.lent > 0 ? kNextWithTls : kNext);
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
