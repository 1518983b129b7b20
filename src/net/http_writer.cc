// SPDX-License-Identifier: Apache-2.0
#include "net/http_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>

namespace vallum::net {
namespace {

Status Put(SecretBuffer& out, std::initializer_list<std::string_view> parts) {
  for (const auto part : parts) TRY(out.Append(AsBytes(part)));
  return {};
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

bool HasBody(unsigned status) { return status >= 200 && status != 204 && status != 304; }

bool Has(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& h) { return h.first == name; });
}

}  // namespace

Status WriteResponse(const Response& response, const ResponseFraming& framing, SecretBuffer& out) {
  constexpr std::size_t kUsualHead = 512;
  TRY(out.Reserve(out.size() + kUsualHead + response.body.size()));
  const fmt::format_int status(response.status);
  TRY(Put(out, {"HTTP/1.1 ",
                {status.data(), status.size()},
                " ",
                ReasonPhrase(response.status),
                "\r\nDate: ",
                framing.date}));
  if (HasBody(response.status)) {
    const fmt::format_int length(response.body.size());
    if (!response.body.empty()) TRY(Put(out, {"\r\nContent-Type: ", response.content_type}));
    TRY(Put(out, {"\r\nContent-Length: ", {length.data(), length.size()}}));
  }
  for (const auto& [name, value] : response.headers) {
    if (!HasControl(value)) TRY(Put(out, {"\r\n", name, ": ", value}));
  }
  if (response.status == 503 && !Has(response, "Retry-After")) {
    TRY(Put(out, {"\r\nRetry-After: 1"}));
  }
  if (!framing.keep_alive) TRY(Put(out, {"\r\nConnection: close"}));
  TRY(Put(out, {"\r\n\r\n"}));
  if (HasBody(response.status) && !framing.head) TRY(out.Append(response.body.span()));
  return {};
}

Status WriteRequest(std::string_view method, std::string_view target, std::string_view host,
                    ByteSpan body, SecretBuffer& out) {
  constexpr std::size_t kUsualHead = 512;
  TRY(out.Reserve(out.size() + kUsualHead + body.size()));
  TRY(Put(out, {method, " ", target, " HTTP/1.1\r\nHost: ", host, "\r\nAccept: */*"}));
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    const fmt::format_int length(body.size());
    TRY(Put(out, {"\r\nContent-Type: application/json\r\nContent-Length: ",
                  {length.data(), length.size()}}));
  }
  TRY(Put(out, {"\r\n\r\n"}));
  return out.Append(body);
}

std::string HttpDate(std::int64_t unix_seconds) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

}  // namespace vallum::net
