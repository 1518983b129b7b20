// SPDX-License-Identifier: Apache-2.0
#include "vectors/acvp.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "vectors/files.h"

namespace vallum::vectors {
namespace {

constexpr std::string_view kPrompts = ".vectors.bz2";
constexpr std::string_view kAnswers = ".expected.bz2";

/// The sets of one file: an array whose other elements are about the session.
struct Sets {
  JsonDocument document;
  std::vector<Fields> sets;
};

Result<Sets> ReadSets(const std::filesystem::path& path) {
  std::string text = TRY(ReadCompressed(path));
  // What an editor's session has left at the end of one file.
  constexpr std::string_view kTrailer = "\nEOF.\n";
  if (text.ends_with(kTrailer)) text.resize(text.size() - kTrailer.size());
  Sets sets{.document = TRY(JsonDocument::Parse(text, {.max_bytes = text.size()})), .sets = {}};
  for (const JsonValue& one : TRY(sets.document.root().AsArray())) {
    Fields fields(one);
    if (fields.Has("testGroups")) {
      sets.sets.push_back(std::move(fields));
      continue;
    }
    fields.Ignore({"time", "url", "vectorSetUrls", "acvVersion"});
    if (!fields.Problem().empty()) return InvalidArgument(fields.Problem());
  }
  return sets;
}

const AcvpSet* FindRow(std::span<const AcvpSet> table, std::string_view name, Fields& set) {
  const std::string_view algorithm = set.Text("algorithm");
  const std::string_view mode = set.Has("mode") ? set.Text("mode") : "";
  const std::string_view revision = set.Text("revision");
  for (const AcvpSet& row : table) {
    if (row.name == name && row.algorithm == algorithm && row.mode == mode &&
        row.revision == revision) {
      return &row;
    }
  }
  return nullptr;
}

bool HasAdapter(std::span<const AcvpSet> table, std::string_view name) {
  return std::ranges::any_of(
      table, [name](const AcvpSet& row) { return row.name == name && row.adapter != nullptr; });
}

/// Walker pairs prompts with answers and judges each case.
class Walker {
 public:
  Walker(const AcvpSet& row, Tally& tally) : row_(row), tally_(tally) {}

  void Set(Fields& prompts, Fields* answers) {
    prompts.Ignore({"vsId", "isSample"});
    std::vector<Fields> groups = prompts.Objects("testGroups");
    std::vector<Fields> answered;
    if (answers != nullptr) {
      answers->Ignore({"vsId"});
      if (answers->Text("algorithm") != row_.algorithm) Problem("the answers", "are others'");
      answered = answers->Objects("testGroups");
      if (answered.size() != groups.size()) return Problem("the answers", "have other groups");
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Group(groups[i], answers == nullptr ? nullptr : &answered[i]);
    }
    Check("the set", prompts);
    if (answers != nullptr) Check("the set's answers", *answers);
  }

 private:
  void Group(Fields& group, Fields* answers) {
    const std::int64_t number = group.Integer("tgId");
    const std::string where = fmt::format("group {}", number);
    std::vector<Fields> tests = group.Objects("tests");
    std::vector<Fields> answered;
    if (answers != nullptr) {
      if (answers->Integer("tgId") != number) return Problem(where, "has the answers of another");
      answered = answers->Objects("tests");
      if (answered.size() != tests.size()) return Problem(where, "has other answers");
      Check(where, *answers);
    }
    bool ran = false;
    for (std::size_t i = 0; i < tests.size(); ++i) {
      ran |= Test(where, group, tests[i], answers == nullptr ? nullptr : &answered[i]);
    }
    if (!ran) group.IgnoreAll();
    Check(where, group);
  }

  /// Returns whether the case was run.
  bool Test(std::string_view group_name, Fields& group, Fields& test, Fields* answer) {
    const std::int64_t number = test.Integer("tcId");
    const std::string where = fmt::format("{}, case {}", group_name, number);
    if (answer != nullptr && answer->Integer("tcId") != number) {
      Problem(where, "has the answer of another");
      return true;
    }
    const auto verdict = Judge({row_.algorithm, group, test, answer});
    if (!verdict) {
      Problem(where, verdict.error().ToString());
      return true;
    }
    tally_.Count(*verdict);
    if (verdict->kind == Verdict::Kind::kNotRun) return false;
    Check(where, test);
    if (answer != nullptr) Check(where, *answer);
    return true;
  }

  Result<Verdict> Judge(const AcvpCase& one) const {
    if (row_.adapter == nullptr) return NotRun(std::string(row_.reason));
    return row_.adapter(one);
  }

  void Check(std::string_view where, const Fields& fields) {
    if (const std::string problem = fields.Problem(); !problem.empty()) Problem(where, problem);
  }
  void Problem(std::string_view where, std::string_view what) {
    tally_.Fail(fmt::format("{} {}, {}: {}", row_.algorithm, row_.mode, where, what));
  }

  const AcvpSet& row_;
  Tally& tally_;
};

}  // namespace

std::vector<std::string> AcvpNames(std::span<const AcvpSet> table) {
  std::vector<std::string> names;
  for (const AcvpSet& row : table) {
    if (names.empty() || names.back() != row.name) names.emplace_back(row.name);
  }
  return names;
}

std::vector<std::string> AcvpFilesOf(std::string_view name, std::span<const std::string> files) {
  std::vector<std::string> found;
  for (const std::string_view end : {kPrompts, kAnswers}) {
    std::string file = fmt::format("{}{}", name, end);
    if (std::ranges::find(files, file) != files.end()) found.push_back(std::move(file));
  }
  return found;
}

Status RunAcvp(const std::filesystem::path& folder, std::string_view name,
               std::span<const AcvpSet> table, Tally& tally) {
  Sets prompts = TRY(ReadSets(folder / fmt::format("{}{}", name, kPrompts)));
  std::optional<Sets> answers;
  const auto answer_file = folder / fmt::format("{}{}", name, kAnswers);
  // Answers that nothing will be compared with are not read.
  if (HasAdapter(table, name) && std::filesystem::exists(answer_file)) {
    answers = TRY(ReadSets(answer_file));
  }
  if (answers && answers->sets.size() != prompts.sets.size()) {
    return InvalidArgument("the answers are to another number of sets");
  }
  for (std::size_t i = 0; i < prompts.sets.size(); ++i) {
    const AcvpSet* row = FindRow(table, name, prompts.sets[i]);
    if (row == nullptr) return InvalidArgument(fmt::format("set {} is not in the table", i));
    Walker(*row, tally).Set(prompts.sets[i], answers ? &answers->sets[i] : nullptr);
  }
  return {};
}

}  // namespace vallum::vectors
