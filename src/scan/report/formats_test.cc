// SPDX-License-Identifier: Apache-2.0
// SARIF, CycloneDX and Markdown. The members that the two schemas require are checked here one by one.
#include <gmock/gmock.h>

#include "base/json.h"
#include "base/test_matchers.h"
#include "scan/report/cbom_report.h"
#include "scan/report/markdown_report.h"
#include "scan/report/sarif_report.h"
#include "scan/report/uri_path.h"

namespace vallum::scan {
namespace {

using testing::HasSubstr;
using testing::Not;

/// One finding with a name that tries everything, one accepted, one module, one unknown.
ScanReport Report() {
  ScanReport report;
  report.target = "app.tar";
  report.type = TargetType::kImage;
  report.options.as_of = *ParseDay("2026-11-21");
  const Finding bad{
      RuleId::kBundledOpenSsl, Severity::kHigh,    "usr/b in/<x>|\x1b#`", "OpenSSL", "1.1.1k", "",
      Confidence::kExact,      "symbol is defined"};
  report.evaluation.findings = {bad};
  report.evaluation.accepted = {{bad, "known", "team", *ParseDay("2027-01-01")}};
  report.evaluation.modules = {{.path = "fips.so",
                                .product = "OpenSSL FIPS Provider",
                                .version = "3.1.2",
                                .sha256 = "",
                                .certificates = {4985}}};
  report.collected.unknown = {{"opt/x", InvalidArgument("damaged")}};
  report.collected.files = {
      {"fips.so",
       1,
       "",
       {{FactKind::kFipsModule, "OpenSSL FIPS Provider", "3.1.2", Confidence::kExact, "e"}}},
      {"a.py", 1, "", {{FactKind::kPythonWeakHash, "md5", "", Confidence::kStrong, "e"}}},
      {"b.py",
       1,
       "",
       {{FactKind::kPythonWeakHash, "md5", "", Confidence::kStrong, "e"},
        {FactKind::kNeeds, "NSS", "", Confidence::kStrong, "e"}}}};
  return report;
}

class Document {
 public:
  explicit Document(const std::string& text) : document_(JsonDocument::Parse(text)) {
    EXPECT_THAT(document_, IsOk());
  }
  /// At follows names, and indices of arrays, divided by slashes.
  JsonValue At(std::string_view path) const {
    JsonValue value = document_->root();
    while (!path.empty()) {
      const std::string_view step = path.substr(0, path.find('/'));
      path.remove_prefix(std::min(step.size() + 1, path.size()));
      const bool index = step.find_first_not_of("0123456789") == std::string_view::npos;
      if (index) {
        const auto list = value.AsArray();
        value = list->at(std::stoul(std::string(step)));
      } else {
        const auto member = value.Find(step);
        EXPECT_TRUE(member.has_value()) << step;
        if (!member) return value;
        value = *member;
      }
    }
    return value;
  }
  std::string Text(std::string_view path) const {
    const auto text = At(path).AsString();
    return text ? std::string(*text) : "";
  }
  std::size_t Count(std::string_view path) const {
    const auto list = At(path).AsArray();
    return list ? list->size() : 0;
  }

 private:
  Result<JsonDocument> document_;
};

TEST(SarifReportTest, HasWhatTheStandardRequires) {
  const Document sarif(SarifReport(Report()));
  EXPECT_EQ(sarif.Text("version"), "2.1.0");
  EXPECT_EQ(sarif.Text("runs/0/tool/driver/name"), "vallum scan");
  EXPECT_EQ(sarif.Count("runs/0/tool/driver/rules"), kRules.size());
  EXPECT_TRUE(*sarif.At("runs/0/invocations/0/executionSuccessful").AsBool());
  EXPECT_EQ(sarif.Count("runs/0/results"), 2U);
  EXPECT_EQ(sarif.Text("runs/0/results/0/ruleId"), "FS-CC-001");
  EXPECT_EQ(sarif.Text("runs/0/results/0/level"), "error");
  EXPECT_THAT(sarif.Text("runs/0/results/0/message/text"), HasSubstr("OpenSSL 1.1.1k"));
}

TEST(SarifReportTest, AResultsIndexIsThatOfItsRule) {
  const Document sarif(SarifReport(Report()));
  const auto index = *sarif.At("runs/0/results/0/ruleIndex").AsInteger();
  EXPECT_EQ(sarif.Text("runs/0/tool/driver/rules/" + std::to_string(index) + "/id"), "FS-CC-001");
}

TEST(SarifReportTest, AcceptedFindingsAreSuppressedAndUnknownOnesNotified) {
  const Document sarif(SarifReport(Report()));
  EXPECT_EQ(sarif.Text("runs/0/results/1/suppressions/0/kind"), "external");
  EXPECT_EQ(sarif.Text("runs/0/results/1/suppressions/0/justification"),
            "known (team, until 2027-01-01)");
  EXPECT_THAT(sarif.Text("runs/0/invocations/0/toolExecutionNotifications/0/message/text"),
              HasSubstr("opt/x"));
}

TEST(SarifReportTest, APathIsAUriReference) {
  const Document sarif(SarifReport(Report()));
  EXPECT_EQ(sarif.Text("runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri"),
            "usr/b%20in/%3Cx%3E%7C%1B%23%60");
  EXPECT_EQ(UriPath("a:b/\xc3\xa4!c"), "a%3Ab/%C3%A4%21c");
}

TEST(CbomReportTest, HasWhatTheSchemaRequires) {
  const Document cbom(CbomReport(Report()));
  EXPECT_EQ(cbom.Text("bomFormat"), "CycloneDX");
  EXPECT_EQ(cbom.Text("specVersion"), "1.6");
  EXPECT_EQ(cbom.Text("metadata/component/type"), "container");
  ASSERT_EQ(cbom.Count("components"), 2U);
  EXPECT_EQ(cbom.Text("components/0/type"), "library");
  EXPECT_EQ(cbom.Text("components/0/name"), "OpenSSL FIPS Provider");
  EXPECT_EQ(cbom.Text("components/1/cryptoProperties/assetType"), "algorithm");
  EXPECT_EQ(cbom.Count("components/1/evidence/occurrences"), 2U);
  EXPECT_EQ(cbom.Count("dependencies/0/dependsOn"), 2U);
}

TEST(CbomReportTest, AModuleHasItsCertificate) {
  const Document cbom(CbomReport(Report()));
  EXPECT_EQ(cbom.Text("components/0/externalReferences/0/type"), "certification-report");
  EXPECT_EQ(cbom.Text("components/0/properties/0/value"), "4985");
}

TEST(MarkdownReportTest, NamesFindingsModulesExceptionsAndWhatIsNotKnown) {
  const std::string text = MarkdownReport(Report());
  EXPECT_THAT(text, HasSubstr("| high | FS-CC-001 |"));
  EXPECT_THAT(text, HasSubstr("| OpenSSL FIPS Provider 3.1.2 | 4985 |"));
  EXPECT_THAT(text, HasSubstr("| known | team | 2027-01-01 |"));
  EXPECT_THAT(text, HasSubstr("- not determined: opt/x: damaged"));
}

TEST(MarkdownReportTest, ANameBringsNoMarkup) {
  const std::string text = MarkdownReport(Report());
  EXPECT_THAT(text, Not(HasSubstr("<x>")));
  EXPECT_THAT(text, HasSubstr("&#60;x&#62;&#124;\\x1b&#35;&#96;"));
}

}  // namespace
}  // namespace vallum::scan
