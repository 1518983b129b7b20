// SPDX-License-Identifier: Apache-2.0
#include "scan/certificate/certificate_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "scan/certificate/built_in.h"

namespace vallum::scan {
namespace {

using Fields = std::vector<std::string_view>;

Error Wrong(std::size_t line) {
  return Error(Code::kConfiguration,
               fmt::format("line {} of the certificate table is wrong", line));
}

Fields Split(std::string_view line) {
  Fields fields;
  while (true) {
    const std::size_t comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

/// Calls `on_row` for each line behind the comments and the line of names.
Status ForEachRow(std::string_view text, std::size_t width,
                  const std::function<Status(const Fields&)>& on_row) {
  bool head_seen = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const Fields fields = Split(line);
    if (fields.size() != width) return Wrong(number);
    if (std::exchange(head_seen, true) && !on_row(fields)) return Wrong(number);
  }
  return {};
}

Result<std::uint32_t> Number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size()) return InvalidArgument("no number");
  return value;
}

/// "Module 3.0.1" and "Module 3.1" are of the same name.
std::string LettersOf(std::string_view name) {
  std::string letters;
  for (const char one : name) {
    const bool upper = one >= 'A' && one <= 'Z';
    if (upper || (one >= 'a' && one <= 'z')) letters += static_cast<char>(upper ? one + 32 : one);
  }
  return letters;
}

CertificateStatus StatusOf(std::string_view text) {
  if (text == "active") return CertificateStatus::kActive;
  if (text == "historical" || text == "revoked") return CertificateStatus::kHistorical;
  return CertificateStatus::kUnknown;
}

}  // namespace

std::string_view CertificateStatusName(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::kActive:
      return "active";
    case CertificateStatus::kHistorical:
      return "historical";
    case CertificateStatus::kUnknown:
      break;
  }
  return "unknown";
}

CertificateStatus Certificate::StatusOn(Day day) const {
  if (listed != CertificateStatus::kActive) return listed;
  if (!sunset) return CertificateStatus::kUnknown;
  return day > *sunset ? CertificateStatus::kHistorical : CertificateStatus::kActive;
}

bool Certificate::ExpiresWithin(Day day, unsigned days) const {
  return StatusOn(day) == CertificateStatus::kActive &&
         StatusOn(day + std::chrono::days(days)) == CertificateStatus::kHistorical;
}

Status CertificateTable::AddCertificates(std::string_view text) {
  return ForEachRow(text, 8, [this](const Fields& row) -> Status {
    Certificate one;
    one.number = TRY(Number(row[0]));
    one.vendor = row[1];
    one.module = row[2];
    one.standard = row[3];
    one.level = row[4];
    one.listed = StatusOf(row[5]);
    if (!row[6].empty()) one.sunset = TRY(ParseDay(row[6]));
    one.as_of = TRY(ParseDay(row[7]));
    newest_ = std::max(newest_, one.as_of);
    certificates_[one.number] = std::move(one);
    return {};
  });
}

Status CertificateTable::AddVersions(std::string_view text) {
  return ForEachRow(text, 3, [this](const Fields& row) -> Status {
    versions_.emplace(std::pair(std::string(row[0]), std::string(row[1])), TRY(Number(row[2])));
    return {};
  });
}

Status CertificateTable::AddFiles(std::string_view text) {
  return ForEachRow(text, 4, [this](const Fields& row) -> Status {
    const FileStanding standing =
        row[3] == "likely" ? FileStanding::kLikely : FileStanding::kCandidate;
    files_.emplace(std::string(row[0]), FileMatch{TRY(Number(row[1])), standing});
    return {};
  });
}

Result<CertificateTable> CertificateTable::Parse(const Texts& texts) {
  CertificateTable table;
  TRY(table.AddCertificates(texts.certificates));
  TRY(table.AddCertificates(texts.newer));
  TRY(table.AddVersions(texts.versions));
  TRY(table.AddFiles(texts.files));
  return table;
}

Result<CertificateTable> CertificateTable::BuiltIn() {
  return Parse({kCertificatesCsv, kNewerCsv, kVersionsCsv, kFilesCsv});
}

const Certificate* CertificateTable::Find(std::uint32_t number) const {
  const auto found = certificates_.find(number);
  return found == certificates_.end() ? nullptr : &found->second;
}

std::optional<std::uint32_t> CertificateTable::SuccessorOf(std::uint32_t number, Day day) const {
  const Certificate* old = Find(number);
  std::optional<std::uint32_t> best;
  if (old == nullptr) return best;
  for (const auto& [other, one] : certificates_) {
    const bool later =
        other > number && (!old->sunset || !one.sunset || *one.sunset > *old->sunset);
    const bool same = one.vendor == old->vendor && LettersOf(one.module) == LettersOf(old->module);
    if (later && same && one.StatusOn(day) == CertificateStatus::kActive) best = other;
  }
  return best;
}

std::vector<std::uint32_t> CertificateTable::ForVersion(std::string_view product,
                                                        std::string_view version) const {
  std::vector<std::uint32_t> numbers;
  const auto [first, last] =
      versions_.equal_range(std::pair(std::string(product), std::string(version)));
  for (auto one = first; one != last; ++one) numbers.push_back(one->second);
  return numbers;
}

std::vector<FileMatch> CertificateTable::ForFile(std::string_view sha256) const {
  std::vector<FileMatch> matches;
  const auto [first, last] = files_.equal_range(sha256);
  for (auto one = first; one != last; ++one) matches.push_back(one->second);
  return matches;
}

}  // namespace vallum::scan
