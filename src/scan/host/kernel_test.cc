// SPDX-License-Identifier: Apache-2.0
#include "scan/host/kernel.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kAlgorithms =
    "name         : sha256\ndriver       : sha256-ni\nmodule       : kernel\nselftest     : "
    "passed\n\n"
    "name         : xxhash64\ndriver       : xxhash64-generic\nselftest     : unknown\n\n";

class KernelTest : public testing::Test {
 protected:
  KernelTest() { std::filesystem::create_directories(folder_ / "sys/crypto"); }
  Fact Only() {
    const Facts facts = ReadKernel(folder_.path());
    EXPECT_THAT(facts, SizeIs(1));
    return facts.front();
  }
  const ScratchFolder folder_;
};

TEST_F(KernelTest, TheFlagThatIsSetIsNoFault) {
  WriteTestFile(folder_ / "sys/crypto/fips_enabled", "1\n");
  WriteTestFile(folder_ / "cmdline", "BOOT_IMAGE=/vmlinuz fips=1 quiet\n");
  EXPECT_EQ(Only().kind, FactKind::kKernelFlagOn);
  EXPECT_THAT(Only().evidence, HasSubstr("the command line has fips=1"));
}

TEST_F(KernelTest, TheFlagThatIsNotSetIsTold) {
  WriteTestFile(folder_ / "sys/crypto/fips_enabled", "0\n");
  WriteTestFile(folder_ / "cmdline", "nofips=1\n");
  WriteTestFile(folder_ / "crypto", kAlgorithms);
  EXPECT_EQ(Only().kind, FactKind::kKernelFlagOff);
  EXPECT_THAT(Only().evidence, HasSubstr("no fips=1; 2 algorithms, 1 of them without"));
}

TEST_F(KernelTest, AFlagThatIsNotThereIsNotZero) {
  EXPECT_EQ(Only().kind, FactKind::kKernelFlagAbsent);
}

TEST(ParseKernelAlgorithmsTest, NamesWhatDidNotPass) {
  const KernelAlgorithms found = ParseKernelAlgorithms(kAlgorithms);
  EXPECT_EQ(found.count, 2U);
  EXPECT_THAT(found.untested, ElementsAre("xxhash64-generic"));
  EXPECT_THAT(ParseKernelAlgorithms("").untested, IsEmpty());
}

}  // namespace
}  // namespace vallum::scan
