// SPDX-License-Identifier: Apache-2.0
// Real processes, started here. In a mount namespace and with a deleted library: tests/scan/probe_test.py.
#include "scan/host/probe.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

const auto kSelf = static_cast<std::uint32_t>(::getpid());

Result<ScanReport> ProbeSelf() { return Probe({.scan = {}, .pids = {kSelf}}); }

auto IsFinding(RuleId rule, const std::string& path) {
  return AllOf(Field(&Finding::rule, rule), Field(&Finding::path, HasSubstr(path)));
}

TEST(ProbeTest, AProcessIsToldWithWhatItHasInMemory) {
  const auto report = ProbeSelf();
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->type, TargetType::kHost);
  EXPECT_GT(report->collected.ledger.examined, 0U);
}

TEST(ProbeTest, OneProcessAloneSaysNothingOfTheKernel) {
  const auto report = ProbeSelf();
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(report->collected.files, Not(Contains(Field(&FileFacts::path, "(kernel)"))));
}

TEST(ProbeTest, ALibraryThatWasReplacedIsComparedWithTheOneOnDisk) {
  if (::geteuid() != 0) GTEST_SKIP() << "the kernel gives what is mapped and deleted to root";
  const ScratchFolder folder;
  WriteTestFile(folder / "a.c", "int sodium_init(void) { return 1; }");
  WriteTestFile(folder / "b.c", "int sodium_init(void) { return 2; } int more;");
  RunShell(folder.path(),
           "cc -shared -fPIC -Wl,-soname,libsodium.so.23 a.c -o lib.so && "
           "cc -shared -fPIC -Wl,-soname,libsodium.so.23 b.c -o new.so");
  void* const library = ::dlopen((folder / "lib.so").c_str(), RTLD_NOW);
  ASSERT_NE(library, nullptr) << ::dlerror();
  std::filesystem::rename(folder / "new.so", folder / "lib.so");
  const auto report = ProbeSelf();
  ::dlclose(library);
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(report->evaluation.findings,
              Contains(AllOf(IsFinding(RuleId::kMappedReplaced, "lib.so (deleted)"),
                             Field(&Finding::evidence, HasSubstr("1 processes have it")))));
  EXPECT_THAT(report->evaluation.findings, Contains(IsFinding(RuleId::kOtherLibrary, "lib.so")));
}

TEST(ProbeTest, AProcessThatIsNotThereIsNotFound) {
  EXPECT_THAT(Probe({.scan = {}, .pids = {4194305}}), IsError(Code::kNotFound));
}

TEST(ProbeTest, WithoutProcThereIsNoAnswer) {
  const ScratchFolder folder;
  EXPECT_THAT(Probe({.scan = {}, .proc = folder.path()}), IsError(Code::kNotFound));
}

}  // namespace
}  // namespace vallum::scan
