// SPDX-License-Identifier: Apache-2.0
// From a target to its report, with files that the compiler makes here.
#include "scan/scan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/json.h"
#include "base/test_matchers.h"
#include "scan/report/json_report.h"
#include "scan/report/printable_path.h"
#include "scan/report/text_report.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Not SHA-256: the size in hexadecimal is enough to see that a file was hashed.
Result<Bytes> FakeHash(const Content& content) {
  Bytes digest;
  AppendBe64(digest, content.size());
  return digest;
}

ScanReport ScanIt(const std::filesystem::path& target) {
  ScanOptions options;
  options.evaluation.as_of = *ParseDay("2026-11-21");
  options.hasher = FakeHash;
  auto report = Scan(target, options);
  EXPECT_THAT(report, IsOk());
  return *std::move(report);
}

/// Findings without what differs from packing to packing.
std::vector<std::string> Essence(const ScanReport& report) {
  std::vector<std::string> lines;
  for (const Finding& one : report.evaluation.findings) {
    lines.push_back(
        fmt::format("{} {} {} {}", RuleOf(one.rule).id, one.path, one.product, one.evidence));
  }
  for (const FileFacts& one : report.collected.files) lines.push_back(one.path + " " + one.sha256);
  for (const Unknown& one : report.collected.unknown) lines.push_back(one.path);
  return lines;
}

class ScanTest : public testing::Test {
 protected:
  /// A root with a static OpenSSL (twice, by a hard link), one in a jar in a tgz, and a damaged ELF.
  void MakeRoot() {
    WriteTestFile(folder_ / "s.c",
                  "const char v[] = \"OpenSSL 1.1.1k  25 Mar 2021\"; int OPENSSL_init_crypto(void) "
                  "{ return v[0]; } int main(void) { return OPENSSL_init_crypto(); }");
    WriteTestFile(folder_ / "root/opt/broken",
                  "\x7f"
                  "ELF");
    RunShell(folder_.path(),
             "mkdir -p root/usr/bin jar; cc s.c -o root/usr/bin/tool; ln root/usr/bin/tool "
             "root/usr/bin/other;"
             "cp root/usr/bin/tool jar/lib.so; python3 -c \"import shutil; "
             "shutil.make_archive('app', 'zip', 'jar')\";"
             "mv app.zip jar/app.jar; tar -czf root/opt/app.tgz -C jar app.jar; tar -cf root.tar "
             "-C root .");
  }
  const ScratchFolder folder_;
};

TEST_F(ScanTest, FindsWhatIsBuiltInWhereverItLies) {
  MakeRoot();
  const ScanReport report = ScanIt(folder_ / "root");
  std::vector<std::string> paths;
  for (const Finding& finding : report.evaluation.findings) paths.push_back(finding.path);
  EXPECT_THAT(paths, ElementsAre("opt/app.tgz!app.jar!lib.so", "usr/bin/other", "usr/bin/tool"));
  EXPECT_THAT(report.collected.unknown, ElementsAre(testing::Field(&Unknown::path, "opt/broken")));
  EXPECT_THAT(report.collected.files[0].sha256, Not(IsEmpty()));
}

TEST_F(ScanTest, OneContentOneAnswer) {
  MakeRoot();
  RunShell(folder_.path(),
           "gzip -k root.tar; cp root.tar layer.tar; echo '{}' >c.json;"
           "echo '[{\"Config\":\"c.json\",\"Layers\":[\"layer.tar\"]}]' >manifest.json;"
           "tar -cf save.tar layer.tar c.json manifest.json");
  const auto expected = Essence(ScanIt(folder_ / "root"));
  EXPECT_EQ(expected.size(), 7U);
  for (const char* packed : {"root.tar", "root.tar.gz", "save.tar"}) {
    EXPECT_EQ(Essence(ScanIt(folder_ / packed)), expected) << packed;
  }
}

TEST_F(ScanTest, OurOwnBuildHasOneModuleAndNothingElse) {
  std::filesystem::create_directories(folder_ / "root");
  RunShell(folder_.path(),
           "cp '" VALLUM_BINARY_DIR "/lib/libcrypto-vallum.so.3' '" VALLUM_BINARY_DIR
           "/lib/libssl-vallum.so.3' '" VALLUM_FIPS_MODULE "' root/");
  const ScanReport report = ScanIt(folder_ / "root");
  ASSERT_EQ(report.evaluation.modules.size(), 1U);
  EXPECT_EQ(report.evaluation.modules[0].path, "fips.so");
  ASSERT_EQ(report.evaluation.findings.size(), 1U);
  EXPECT_EQ(RuleOf(report.evaluation.findings[0].rule).id, "FS-OS-004");
}

TEST_F(ScanTest, AReportIsOneJsonDocument) {
  MakeRoot();
  const std::string text = JsonReport(ScanIt(folder_ / "root"));
  const auto document = JsonDocument::Parse(text);
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(*document->root().Find("format")->AsString(), "vallum-scan-report/1");
  EXPECT_EQ(document->root().Find("findings")->AsArray()->size(), 3U);
  EXPECT_EQ(document->root().Find("unknown")->AsArray()->size(), 1U);
}

TEST_F(ScanTest, TheTextNamesFindingsAndWhatIsNotKnown) {
  MakeRoot();
  const std::string text = TextReport(ScanIt(folder_ / "root"));
  EXPECT_THAT(text, HasSubstr("high      FS-CC-001  usr/bin/tool"));
  EXPECT_THAT(text, HasSubstr("OpenSSL 1.1.1k"));
  EXPECT_THAT(text, HasSubstr("could not be determined\n  opt/broken"));
}

TEST_F(ScanTest, AHostileNameCannotSteerTheTerminal) {
  WriteTestFile(folder_ / "root/\x1b[2Jname",
                "\x7f"
                "ELF");
  const ScanReport report = ScanIt(folder_ / "root");
  EXPECT_THAT(TextReport(report), HasSubstr("\\x1b[2Jname"));
  EXPECT_THAT(JsonDocument::Parse(JsonReport(report)), IsOk());
}

TEST(PrintablePathTest, WhatIsWrittenCanBeToldApart) {
  EXPECT_EQ(PrintablePath("a/b c"), "a/b c");
  EXPECT_EQ(PrintablePath("\\x41\n\xc3\xa4"), "\\x5cx41\\x0a\\xc3\\xa4");
}

TEST(CollectorTest, AliasesOfAnArchiveShareWhatIsInIt) {
  Collector collector(nullptr);
  collector.OnAlias("b.jar", "a.jar");
  collector.OnProblem("x", InvalidArgument("damaged"));
  collector.OnCounted(FileKind::kElf, 10);
  const Collector::Collected collected = std::move(collector).Finish();
  EXPECT_EQ(collected.ledger.files[static_cast<std::size_t>(FileKind::kElf)], 1U);
  EXPECT_EQ(collected.unknown.size(), 1U);
}

}  // namespace
}  // namespace vallum::scan
