// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/json.h"

namespace vallum::cli {
namespace {

constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kPlain = "\033[0m";

std::string Coloured(bool colour, std::string_view code, std::string_view text) {
  return colour ? fmt::format("{}{}{}", code, text, kPlain) : std::string(text);
}

// Characters, not bytes: a name may hold UTF-8.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return out;
}

std::string FormatTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (widths.size() < row.size()) widths.resize(row.size(), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += Printable(row[i]);
      if (i + 1 < row.size()) out.append(widths[i] - Width(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

void Output::Write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void Output::Line(std::string_view text) {
  if (!mode_.json) Write(fmt::format("{}\n", text));
}

void Output::Good(std::string_view text) {
  Line(fmt::format("{} {}", Coloured(mode_.colour, kGreen, "✓"), Printable(text)));
}

void Output::Bad(std::string_view text) {
  Line(fmt::format("{} {}", Coloured(mode_.colour, kRed, "✗"), Printable(text)));
}

void Output::Fields(const std::vector<Row>& rows) {
  if (mode_.json) return;
  std::vector<std::vector<std::string>> cells;
  cells.reserve(rows.size());
  for (const auto& [name, value] : rows) cells.push_back({std::string(name), value});
  Write(FormatTable(cells));
}

void Output::Table(const std::vector<std::string>& head,
                   std::vector<std::vector<std::string>> rows) {
  if (mode_.json) return;
  rows.insert(rows.begin(), head);
  const std::string table = FormatTable(rows);
  const std::size_t first = table.find('\n');
  Write(Coloured(mode_.colour, kBold, table.substr(0, first)) + table.substr(first));
}

void Output::Warning(std::string_view text) {
  fmt::print(stderr, "vallum: warning: {}\n", Printable(text));
}

void Output::Json(std::string_view document) {
  if (mode_.json) Write(fmt::format("{}\n", document));
}

void Output::Failure(const Error& error) {
  fmt::print(stderr, "vallum: {}\n", Printable(error.message()));
  std::string document;
  JsonWriter writer(document);
  writer.BeginObject().Name("error").BeginObject();
  writer.Name("code").String(CodeName(error.code()));
  writer.Name("message").String(error.message());
  writer.EndObject().EndObject();
  Json(document);
}

Status Output::Flush() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return Storage("standard output could not be written; check the disk or the pipe's reader");
  }
  return {};
}

}  // namespace vallum::cli
