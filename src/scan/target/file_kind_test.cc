// SPDX-License-Identifier: Apache-2.0
#include "scan/target/file_kind.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

TEST(FileKindTest, ContentDecides) {
  EXPECT_EQ(KindOf({}), FileKind::kEmpty);
  EXPECT_EQ(KindOf(AsBytes("text")), FileKind::kOther);
  EXPECT_EQ(KindOf(*ReadFile("/proc/self/exe", 1U << 30)), FileKind::kElf);
  EXPECT_EQ(KindOf(TarBuilder().File("a", "x").Finish()), FileKind::kTar);
  EXPECT_EQ(KindOf(AsBytes("PK\x03\x04....")), FileKind::kZip);
  EXPECT_EQ(KindOf(Compress(Compression::kXz, {})), FileKind::kCompressed);
  EXPECT_EQ(KindOf(AsBytes(std::string_view("\0asm\1\0\0\0", 8))), FileKind::kWasm);
}

TEST(FileKindTest, AClassAndAFatMachOBeginAlike) {
  EXPECT_EQ(KindOf(AsBytes(std::string_view("\xca\xfe\xba\xbe\0\0\0\x41", 8))),
            FileKind::kJavaClass);
  EXPECT_EQ(KindOf(AsBytes(std::string_view("\xca\xfe\xba\xbe\0\0\0\x02", 8))), FileKind::kMachO);
}

TEST(FileKindTest, ABlockOfTextIsNoTar) { EXPECT_EQ(KindOf(Bytes(512, 'x')), FileKind::kOther); }

}  // namespace
}  // namespace vallum::scan
