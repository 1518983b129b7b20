// SPDX-License-Identifier: Apache-2.0
// Three columns under the target: a frame with a thick line is the modules' boundary, beside it stands what
// reaches around, and what could not be determined.
#include "scan/report/html_boundary.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "scan/report/html_text.h"
#include "scan/report/other_cryptography.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMost = 9;      // rows of a column
constexpr std::size_t kLetters = 38;  // that fit into one
constexpr int kRow = 22, kTop = 110, kColumn = 300, kGap = 30, kBorder = 10;

struct Column {
  std::string_view name;
  std::string_view style;  ///< class of its frame
  std::string_view empty;  ///< what it says when nothing is there
  std::vector<std::string> rows;
};

std::string Short(std::string text) {
  if (text.size() <= kLetters) return text;
  return text.substr(0, kLetters - 3) + "...";
}

/// A row for each product and version with the number of its files, the most frequent first.
std::vector<std::string> Rows(const std::map<std::string, std::set<std::string>>& files) {
  std::vector<std::pair<std::size_t, std::string>> counted;
  counted.reserve(files.size());
  for (const auto& [what, paths] : files) counted.emplace_back(paths.size(), what);
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> rows;
  for (const auto& [count, what] : counted) {
    if (rows.size() == kMost && counted.size() > kMost + 1) {
      rows.push_back(fmt::format("and {} more", counted.size() - kMost));
      break;
    }
    rows.push_back(count == 1 ? Short(what) : fmt::format("{} ({})", Short(what), count));
  }
  return rows;
}

Column Inside(const ScanReport& report) {
  std::map<std::string, std::set<std::string>> files;
  for (const ModuleUse& use : report.evaluation.modules) {
    const std::string_view status =
        use.certificates.empty() ? "no certificate" : CertificateStatusName(use.status);
    files[fmt::format("{}: {} {}", status, use.product, use.version)].insert(use.path);
  }
  const std::string_view frame = files.empty() ? "absent" : "inside";
  return {"Modules", frame, "no module was found", Rows(files)};
}

Column Around(const ScanReport& report) {
  std::map<std::string, std::set<std::string>> files;
  for (const auto& [what, paths] : OtherCryptography(report)) {
    files[what.second.empty() ? what.first : what.first + " " + what.second].insert(paths.begin(),
                                                                                    paths.end());
  }
  return {"Reaches around", "around", "nothing reaches around", Rows(files)};
}

Column NotKnown(const ScanReport& report) {
  std::map<std::string, std::set<std::string>> files;
  for (const Unknown& one : report.collected.unknown) {
    files[one.error.message()].insert(one.path);
  }
  for (const Finding& one : report.evaluation.findings) {
    const Rule& rule = RuleOf(one.rule);
    if (rule.rule_class == RuleClass::kUnknown) files[std::string(rule.name)].insert(one.path);
  }
  return {"Not determined", "unknown", "everything was determined", Rows(files)};
}

void Text(int x, int y, std::string_view style, std::string_view text, std::string& out) {
  fmt::format_to(std::back_inserter(out), "<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y,
                 style, HtmlText(text));
}

void Draw(const Column& column, int x, int height, std::string& out) {
  fmt::format_to(std::back_inserter(out),
                 "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\" class=\"{}\"/>\n", x,
                 kTop, kColumn, height, column.style);
  // From the target's programs down to what they use.
  fmt::format_to(std::back_inserter(out),
                 "<path d=\"M{0} 52 V{1}\" class=\"line {2}-line\" marker-end=\"url(#end)\"/>\n",
                 x + kColumn / 2, kTop - 6, column.style);
  Text(x + 16, kTop + 28, "head", column.name, out);
  int y = kTop + 28 + kRow + 4;
  if (column.rows.empty()) Text(x + 16, y, "none", column.empty, out);
  for (const std::string& row : column.rows) {
    Text(x + 16, y, "row", row, out);
    y += kRow;
  }
}

}  // namespace

std::string BoundaryPicture(const ScanReport& report) {
  const std::vector<Column> columns = {Around(report), Inside(report), NotKnown(report)};
  std::size_t rows = 1;
  for (const Column& one : columns) rows = std::max(rows, one.rows.size());
  const int height = 52 + static_cast<int>(rows) * kRow;
  const int width = 2 * kBorder + 3 * kColumn + 2 * kGap;
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"pt pd\">\n"
      "<title id=\"pt\">The boundary</title>\n<desc id=\"pd\">{} kinds of module inside the "
      "boundary, {} kinds of cryptography that reach around it, {} kinds of things that could not "
      "be determined. The tables below name each.</desc>\n"
      "<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"7\" "
      "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" "
      "class=\"tip\"/></marker></defs>\n"
      "<rect x=\"{}\" y=\"8\" width=\"{}\" height=\"44\" rx=\"8\" class=\"target\"/>\n",
      width, kTop + height + kBorder, columns[1].rows.size(), columns[0].rows.size(),
      columns[2].rows.size(), kBorder, width - 2 * kBorder);
  Text(kBorder + 16, 36, "head", "Programs of " + Short(report.target), out);
  int x = kBorder;
  for (const Column& one : columns) {
    Draw(one, x, height, out);
    x += kColumn + kGap;
  }
  return out += "</svg>\n";
}

}  // namespace vallum::scan
