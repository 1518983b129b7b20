// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/pax.h"

#include <charconv>

namespace vallum::scan {
namespace {

Error Damaged() { return InvalidArgument("a pax header is damaged"); }

Result<std::uint64_t> Decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size()) return Damaged();
  return value;
}

Status Store(std::string_view key, std::string_view value, PaxFields& fields) {
  if (key == "path") fields.path = value;
  if (key == "linkpath") fields.link = value;
  if (key == "size") fields.size = TRY(Decimal(value));
  if (key.starts_with("GNU.sparse.")) fields.sparse = true;
  if (key == "GNU.sparse.name") fields.sparse_name = value;
  return {};
}

}  // namespace

Status ParsePax(std::string_view records, PaxFields& fields) {
  while (!records.empty() && records.front() != '\0') {
    const std::size_t space = records.find(' ');
    if (space == std::string_view::npos) return Damaged();
    const std::uint64_t length = TRY(Decimal(records.substr(0, space)));
    if (length <= space + 1 || length > records.size() || records[length - 1] != '\n')
      return Damaged();
    const std::string_view record = records.substr(space + 1, length - space - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return Damaged();
    TRY(Store(record.substr(0, equals), record.substr(equals + 1), fields));
    records.remove_prefix(length);
  }
  return {};
}

}  // namespace vallum::scan
