// SPDX-License-Identifier: Apache-2.0
#include "rest/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vallum::rest {
namespace {

constexpr std::size_t kMaxDepth = 8;

bool IsLowerHex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsJson(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  constexpr std::string_view kJson = "application/json";
  return std::ranges::equal(type, kJson, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

Result<Query> Query::Parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return InvalidArgument("a query parameter is not of the form name=value");
    }
    std::string name = TRY(PercentDecode(pair.substr(0, equals)));
    std::string value = TRY(PercentDecode(pair.substr(equals + 1)));
    for (const Parameter& other : query.parameters_) {
      if (other.name == name) {
        return InvalidArgument(fmt::format("query parameter \"{}\" is given twice", name));
      }
    }
    query.parameters_.push_back({std::move(name), std::move(value)});
  }
  return query;
}

std::string Query::Text(std::string_view name) {
  for (Parameter& parameter : parameters_) {
    if (parameter.name != name) continue;
    parameter.taken = true;
    return parameter.value;
  }
  return {};
}

Result<std::uint64_t> Query::Number(std::string_view name, std::uint64_t otherwise,
                                    std::uint64_t least, std::uint64_t most) {
  const std::string text = Text(name);
  if (text.empty()) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return InvalidArgument(
        fmt::format("query parameter \"{}\" must be a number from {} to {}", name, least, most));
  }
  return value;
}

Status Query::Finish() const {
  for (const Parameter& parameter : parameters_) {
    if (!parameter.taken) {
      return InvalidArgument(
          fmt::format("query parameter \"{}\" is not known; leave it out", parameter.name));
    }
  }
  return {};
}

Exchange::Exchange(service::Service& service, const RestOptions& options, net::Request& request,
                   net::Response& response, service::Caller caller, const Match& match)
    : service_(service),
      options_(options),
      request_(request),
      response_(response),
      caller_(std::move(caller)),
      parameters_(match.parameters),
      query_(SplitTarget(request.target).query) {}

service::Service& Exchange::Use() {
  used_ = true;
  return service_;
}

Result<std::string> Exchange::Parameter(std::size_t position) const {
  return PercentDecode(parameters_[position]);
}

Result<Query> Exchange::ParseQuery() const { return Query::Parse(query_); }

Result<JsonDocument> Exchange::ParseBody() {
  TRY(ExpectNoQuery());
  if (request_.body.empty()) return JsonDocument::Parse("{}");
  if (request_.body.size() > options_.max_body_bytes) {
    return ResourceExhausted(fmt::format("the body has {} bytes; at most {} are allowed",
                                         request_.body.size(), options_.max_body_bytes));
  }
  if (!IsJson(request_.Header("content-type"))) {
    return InvalidArgument("the body must be JSON; send it with Content-Type: application/json");
  }
  return JsonDocument::ParseInPlace(request_.body.mutable_span(),
                                    {.max_bytes = options_.max_body_bytes, .max_depth = kMaxDepth});
}

Status Exchange::ExpectNoBody() const {
  if (request_.body.empty()) return {};
  return InvalidArgument("this operation takes no body; send none");
}

Status Exchange::ExpectNoQuery() const {
  const Query query = TRY(ParseQuery());
  return query.Finish();
}

Status Exchange::ExpectEmptyObject() {
  const JsonDocument document = TRY(ParseBody());
  return ObjectReader(document.root()).Finish();
}

Status Exchange::SendText(std::string_view text) {
  response_.content_type = "text/plain; charset=utf-8";
  return response_.body.Append(AsBytes(text));
}

Status Exchange::SendBytes(ByteSpan bytes) {
  response_.content_type = "application/octet-stream";
  return response_.body.Append(bytes);
}

std::string TraceId(std::string_view traceparent) {
  // version "-" trace-id "-" parent-id "-" flags; later versions may append more.
  constexpr std::size_t kLength = 55;
  if (traceparent.size() < kLength || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return {};
  }
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view trace = traceparent.substr(3, 32);
  const std::string_view parent = traceparent.substr(36, 16);
  const std::string_view flags = traceparent.substr(53, 2);
  if (!IsLowerHex(version) || !IsLowerHex(trace) || !IsLowerHex(parent) || !IsLowerHex(flags)) {
    return {};
  }
  const bool extended = traceparent.size() > kLength;
  if (version == "ff" || (version == "00" && extended) ||
      (extended && traceparent[kLength] != '-')) {
    return {};
  }
  if (trace.find_first_not_of('0') == std::string_view::npos) return {};
  if (parent.find_first_not_of('0') == std::string_view::npos) return {};
  return std::string(trace);
}

}  // namespace vallum::rest
