// SPDX-License-Identifier: Apache-2.0
#include "scan/exception/exceptions.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "base/json.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kHexOfSha256 = 64;

bool IsRule(std::string_view id) {
  return std::any_of(kRules.begin(), kRules.end(), [id](const Rule& one) { return one.id == id; });
}

/// Named, so that the error says which exception is wrong.
Result<std::string> Filled(ObjectReader& object, std::string_view name) {
  const std::string_view text = TRY(object.String(name));
  if (text.empty()) return InvalidArgument(fmt::format("member \"{}\" is empty", name));
  return std::string(text);
}

Result<Exception> ParseOne(const JsonValue& value, Day as_of) {
  ObjectReader object(value);
  Exception one;
  one.rule = TRY(Filled(object, "rule"));
  one.reason = TRY(Filled(object, "reason"));
  one.owner = TRY(Filled(object, "owner"));
  one.expires = TRY(ParseDay(TRY(object.String("expires"))));
  one.path = TRY(object.OptionalString("path")).value_or("");
  one.sha256 = TRY(object.OptionalString("sha256")).value_or("");
  TRY(object.Finish());
  if (!IsRule(one.rule)) return InvalidArgument("there is no such rule; docs/scan.md lists them");
  if (one.path.empty() && one.sha256.empty()) {
    return InvalidArgument("it must name a path, a sha256 or both");
  }
  const bool is_hex = one.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!one.sha256.empty() && (one.sha256.size() != kHexOfSha256 || !is_hex)) {
    return InvalidArgument("its sha256 must have 64 hexadecimal digits in lower case");
  }
  if (one.expires > as_of + std::chrono::days(kLongestException)) {
    return InvalidArgument("it lasts longer than a year; an exception is to be looked at again");
  }
  return one;
}

}  // namespace

bool Exception::Covers(const Finding& finding) const {
  if (RuleOf(finding.rule).id != rule) return false;
  if (!sha256.empty() && finding.sha256 != sha256) return false;
  return path.empty() || ::fnmatch(path.c_str(), finding.path.c_str(), FNM_NOESCAPE) == 0;
}

Result<std::vector<Exception>> ParseExceptions(std::string_view json, Day as_of) {
  const JsonDocument document = TRY(JsonDocument::Parse(json));
  ObjectReader object(document.root());
  const JsonValue list = TRY(object.Value("exceptions"));
  TRY(object.Finish());
  std::vector<Exception> exceptions;
  for (const JsonValue& value : TRY(list.AsArray())) {
    auto one = ParseOne(value, as_of);
    if (!one) {
      return InvalidArgument(
          fmt::format("exception {}: {}", exceptions.size() + 1, one.error().message()));
    }
    exceptions.push_back(*std::move(one));
  }
  return exceptions;
}

void Accept(const std::vector<Exception>& exceptions, Day as_of, Evaluation& evaluation) {
  std::vector<Finding> left;
  for (Finding& finding : evaluation.findings) {
    const auto found = std::find_if(
        exceptions.begin(), exceptions.end(),
        [&](const Exception& one) { return one.expires >= as_of && one.Covers(finding); });
    if (found == exceptions.end()) {
      left.push_back(std::move(finding));
    } else {
      evaluation.accepted.push_back(
          {std::move(finding), found->reason, found->owner, found->expires});
    }
  }
  for (const Exception& one : exceptions) {
    if (one.expires >= as_of) continue;
    left.push_back(
        {.rule = RuleId::kExceptionExpired,
         .severity = RuleOf(RuleId::kExceptionExpired).severity,
         .path = one.path.empty() ? one.sha256 : one.path,
         .product = one.rule,
         .version = "",
         .sha256 = "",
         .confidence = Confidence::kExact,
         .evidence = fmt::format("it ended on {}; owner {}", FormatDay(one.expires), one.owner)});
  }
  std::stable_sort(left.begin(), left.end(), WorseFirst);
  evaluation.findings = std::move(left);
}

}  // namespace vallum::scan
