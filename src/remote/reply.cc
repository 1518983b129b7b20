// SPDX-License-Identifier: Apache-2.0
#include "remote/reply.h"

#include <fmt/format.h>

#include <algorithm>

namespace vallum::remote {
namespace {

constexpr JsonLimits kReplyLimits{.max_bytes = 16 << 20, .max_depth = 16};

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

Code CodeFromName(std::string_view name) {
  const auto found = std::find(kCodeNames.begin(), kCodeNames.end(), name);
  if (found == kCodeNames.end()) return Code::kInternal;
  return static_cast<Code>(found - kCodeNames.begin());
}

// The same answer without a parsable problem, from a proxy in between, say.
Error BareError(unsigned status) {
  return Error(
      Code::kUnavailable,
      fmt::format("the server answered HTTP {} without saying why; check that the profile's "
                  "server is a vallumd",
                  status));
}

}  // namespace

std::string PathSegment(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (IsUnreserved(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Error ProblemError(unsigned status, std::string_view body) {
  auto document = JsonDocument::Parse(body);
  if (!document) return BareError(status);
  ObjectReader problem(document->root());
  auto code = problem.String("code");
  auto detail = problem.String("detail");
  if (!code || !detail) return BareError(status);
  auto request = problem.OptionalString("request_id");
  if (status < 500) return Error(CodeFromName(*code), std::string(*detail));
  return Error(Code::kUnavailable,
               fmt::format("the server failed ({}): {}; its log has request {}", *code, *detail,
                           request && *request ? **request : "?"));
}

std::optional<Error> ItemFailure(ObjectReader& item) {
  const auto failure = item.OptionalValue("error");
  if (!failure) return std::nullopt;
  ObjectReader members(*failure);
  const auto code = members.String("code");
  const auto detail = members.String("detail");
  if (!code || !detail) return Internal("the server does not say why an item failed");
  return Error(CodeFromName(*code), std::string(*detail));
}

Result<JsonValue> Reply::Json() {
  if (!document_) {
    auto parsed = JsonDocument::ParseInPlace(response_.body.mutable_span(), kReplyLimits);
    if (!parsed) {
      return Error(Code::kNetwork,
                   "the server's answer is not the JSON expected; check that the "
                   "profile's server is a vallumd");
    }
    document_ = *std::move(parsed);
  }
  return document_->root();
}

Result<Reply> Checked(net::ClientResponse response) {
  if (response.status >= 200 && response.status < 300) return Reply(std::move(response));
  return ProblemError(response.status, AsText(response.body.span()));
}

}  // namespace vallum::remote
