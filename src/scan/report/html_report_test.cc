// SPDX-License-Identifier: Apache-2.0
#include "scan/report/html_report.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"

namespace vallum::scan {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Names that try to become markup, one module, one library beside it, one file that is not known.
ScanReport Report() {
  ScanReport report;
  report.target = "<script>alert(1)</script>";
  report.options.as_of = *ParseDay("2026-11-21");
  report.evaluation.findings = {{RuleId::kBundledOpenSsl, Severity::kHigh, "usr/\"><img src=x>",
                                 "OpenSSL", "1.1.1k", "", Confidence::kExact, "a & b"}};
  report.evaluation.accepted = {
      {report.evaluation.findings[0], "<b>known", "team", *ParseDay("2027-01-01")}};
  report.evaluation.modules = {{.path = "fips.so",
                                .product = "OpenSSL FIPS Provider",
                                .version = "3.1.2",
                                .sha256 = "",
                                .certificates = {4985},
                                .by_hash = true,
                                .status = CertificateStatus::kActive}};
  report.collected.unknown = {{"opt/x", InvalidArgument("damaged")}};
  report.collected.files = {
      {"a", 1, "", {{FactKind::kRustCrate, "ring", "0.17.14", Confidence::kExact, "e"}}},
      {"b", 1, "", {{FactKind::kRustCrate, "ring", "0.17.14", Confidence::kExact, "e"}}}};
  report.processes = {{7, "<i>", "usr/bin/<i>", {"OpenSSL"}, {}}};
  return report;
}

TEST(HtmlReportTest, NamesEverythingThatTheReportHas) {
  const std::string html = HtmlReport(Report());
  for (const char* text : {"FS-CC-001", "4985", "2027-01-01", "opt/x", "damaged", "not determined",
                           "<td>7</td>", "Judged for 2026-11-21"}) {
    EXPECT_THAT(html, HasSubstr(text)) << text;
  }
}

TEST(HtmlReportTest, ThePictureShowsWhatIsInsideAroundAndNotKnown) {
  const std::string html = HtmlReport(Report());
  EXPECT_THAT(html, HasSubstr("class=\"row\">active: OpenSSL FIPS Provider 3.1.2</text>"));
  EXPECT_THAT(html, HasSubstr("class=\"row\">ring 0.17.14 (2)</text>"));
  EXPECT_THAT(html, HasSubstr("class=\"row\">damaged</text>"));
}

TEST(HtmlReportTest, OfManyKindsThePictureShowsTheMostFrequentAndCountsTheRest) {
  ScanReport report = Report();
  for (int one = 0; one < 20; ++one) {
    report.collected.files.push_back(
        {std::to_string(one),
         1,
         "",
         {{FactKind::kRustCrate, "c" + std::to_string(one), "1", Confidence::kExact, "e"}}});
  }
  EXPECT_THAT(HtmlReport(report), HasSubstr("class=\"row\">and 12 more</text>"));
}

TEST(HtmlReportTest, AnEmptyReportSaysSo) {
  const std::string html = HtmlReport(ScanReport());
  EXPECT_THAT(html, HasSubstr("nothing reaches around"));
  EXPECT_THAT(html, HasSubstr("<p>None.</p>"));
}

TEST(HtmlReportTest, NothingOfTheTargetBecomesMarkup) {
  const std::string html = HtmlReport(Report());
  for (const char* text : {"<script", "<img", "<i>", "<b>known", "a & b"}) {
    EXPECT_THAT(html, Not(HasSubstr(text))) << text;
  }
  EXPECT_THAT(html, HasSubstr("&#60;script&#62;"));
}

TEST(HtmlReportTest, ItLoadsNothing) {
  const std::string html = HtmlReport(Report());
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* text : {" src=\"", " href=\"", "@import", "url(h", "http://", "https://"}) {
    EXPECT_THAT(html, Not(HasSubstr(text))) << text;
  }
}

}  // namespace
}  // namespace vallum::scan
