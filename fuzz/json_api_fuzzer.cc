// SPDX-License-Identifier: Apache-2.0
// The whole REST front on a service that answers everything: any request gets a well-formed answer.
//
// Input: method, space, target, newline; traceparent, newline; the rest is the body.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "rest/fake_service.h"

namespace vallum::rest {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string_view TakeUntil(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return taken;
}

void CheckAnswer(const Reply& reply) {
  Require(reply.status >= 200 && reply.status < 600);
  Require(reply.Header("X-Request-Id").size() == 36);
  Require((reply.status >= 400) == (reply.content_type == "application/problem+json"));
  if (reply.content_type.find("json") == std::string::npos) return;
  Require(JsonDocument::Parse(reply.body, {.max_bytes = 16 << 20, .max_depth = 64}).has_value());
}

void Run(std::string_view input) {
  static FakeService service;
  static RestApi api(service, {.max_body_bytes = 64 << 10});
  const std::string_view method = TakeUntil(input, ' ');
  const std::string_view target = TakeUntil(input, '\n');
  const std::string trace(TakeUntil(input, '\n'));
  service.refusals.clear();
  CheckAnswer(Send(api, method, target, input, As::kClient, {{"traceparent", trace}}));
  CheckAnswer(Send(api, method, target, input, As::kAnonymous));
}

}  // namespace
}  // namespace vallum::rest

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vallum::rest::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
