// SPDX-License-Identifier: Apache-2.0
#include "vectors/wycheproof.h"

#include <fmt/format.h>

#include <algorithm>

#include "vectors/files.h"

namespace vallum::vectors {
namespace {

Result<Expectation> ParseExpectation(std::string_view text) {
  if (text == "valid") return Expectation::kValid;
  if (text == "invalid") return Expectation::kInvalid;
  if (text == "acceptable") return Expectation::kAcceptable;
  return InvalidArgument(fmt::format("\"{}\" is no result", text));
}

/// Walker judges each case of one file.
class Walker {
 public:
  Walker(const WycheproofSet& row, Tally& tally) : row_(row), tally_(tally) {}

  void File(Fields& file) {
    file.Ignore({"schema", "notes", "header"});
    if (file.Text("algorithm") != row_.algorithm) Problem("the file", "is another algorithm's");
    for (Fields& group : file.Objects("testGroups")) Group(group);
    if (file.Integer("numberOfTests") != cases_) Problem("the file", "has another number of cases");
    Check("the file", file);
  }

 private:
  void Group(Fields& group) {
    group.Ignore({"source"});
    if (group.Text("type") != row_.type) Problem("a group", "has another type");
    bool ran = false;
    for (Fields& test : group.Objects("tests")) ran |= Test(group, test);
    if (!ran) group.IgnoreAll();
    Check(fmt::format("the group up to case {}", last_), group);
  }

  bool Test(Fields& group, Fields& test) {
    ++cases_;
    last_ = test.Integer("tcId");
    test.Ignore({"comment"});
    const std::string where = fmt::format("case {}", last_);
    const auto verdict = Judge(group, test);
    if (!verdict) {
      const std::string_view comment = test.Has("comment") ? test.Text("comment") : "";
      Problem(where, fmt::format("({}) {}", comment, verdict.error().ToString()));
      return true;
    }
    tally_.Count(*verdict);
    if (verdict->kind == Verdict::Kind::kNotRun) return false;
    Check(where, test);
    return true;
  }

  Result<Verdict> Judge(Fields& group, Fields& test) const {
    if (row_.adapter == nullptr) return NotRun(std::string(row_.reason));
    WycheproofCase one{.name = row_.name,
                       .group = group,
                       .test = test,
                       .expectation = TRY(ParseExpectation(test.Text("result"))),
                       .flags = {}};
    if (test.Has("flags")) one.flags = test.Texts("flags");
    return row_.adapter(one);
  }

  void Check(std::string_view where, const Fields& fields) {
    if (const std::string problem = fields.Problem(); !problem.empty()) Problem(where, problem);
  }
  void Problem(std::string_view where, std::string_view what) {
    tally_.Fail(fmt::format("{}, {}: {}", row_.name, where, what));
  }

  const WycheproofSet& row_;
  Tally& tally_;
  std::int64_t cases_ = 0;
  std::int64_t last_ = 0;
};

}  // namespace

bool WycheproofCase::HasFlag(std::string_view flag) const {
  return std::ranges::find(flags, flag) != flags.end();
}

std::string WycheproofFile(std::string_view name) { return fmt::format("{}_test.json.gz", name); }

Status RunWycheproof(const std::filesystem::path& folder, const WycheproofSet& row, Tally& tally) {
  const std::string text = TRY(ReadCompressed(folder / WycheproofFile(row.name)));
  const JsonDocument document = TRY(JsonDocument::Parse(text, {.max_bytes = text.size()}));
  Fields file(document.root());
  Walker(row, tally).File(file);
  return {};
}

}  // namespace vallum::vectors
