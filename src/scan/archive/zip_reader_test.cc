// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/zip_reader.h"

#include <gmock/gmock.h>

#include <cstring>
#include <map>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Entries = std::map<std::string, std::string>;

/// The entries; what could not be unpacked is shown as its error's code.
Result<Entries> ReadZip(Bytes bytes, const Limits& limits = {}) {
  Budget budget(limits);
  const Scratch scratch;
  ZipReader zip = TRY(ZipReader::Open(BytesContent(std::move(bytes)), budget));
  Entries entries;
  while (auto entry = TRY(zip.Next())) {
    const auto body = zip.Body(
        *entry, [](ByteSpan) { return true; }, scratch);
    entries[entry->path.text] = body ? AllOf(**body) : std::string(CodeName(body.error().code()));
  }
  return entries;
}

/// Runs a few lines of Python with the archive open as `z`, and returns the archive.
Bytes Python(const std::string& lines, const std::string& after = "") {
  const ScratchFolder folder;
  WriteTestFile(
      folder / "make.py",
      "import zipfile\nwith zipfile.ZipFile('t.zip', 'w', zipfile.ZIP_DEFLATED) as z:\n" + lines);
  RunShell(folder.path(), "python3 make.py" + after);
  return *ReadFile(folder / "t.zip", 64U << 20);
}

constexpr const char* kTwo =
    "  z.writestr('a/b.txt', 'x' * 5000)\n"
    "  z.writestr('c', 'stored', zipfile.ZIP_STORED)\n";

TEST(ZipReaderTest, ReadsWhatPythonWrites) {
  EXPECT_THAT(ReadZip(Python(kTwo)),
              IsOkAnd(ElementsAre(Pair("a/b.txt", std::string(5000, 'x')), Pair("c", "stored"))));
}

TEST(ZipReaderTest, ReadsAnArchiveBehindAProgram) {
  Bytes bytes = ToBytes(AsBytes("#!/bin/sh\nexec java -jar $0\n"));
  Append(bytes, Python(kTwo));
  EXPECT_THAT(ReadZip(bytes), IsOkAnd(testing::SizeIs(2)));
  EXPECT_EQ(ReadZip(bytes)->at("c"), "stored");
}

TEST(ZipReaderTest, ReadsZip64) {
  const Bytes bytes = Python(
      "  with z.open(zipfile.ZipInfo('big'), 'w', force_zip64=True) as f: f.write(b'wide')\n"
      "  for i in range(66000): z.writestr(str(i), b'')\n");
  const auto entries = ReadZip(bytes);
  ASSERT_THAT(entries, IsOkAnd(testing::SizeIs(66001)));
  EXPECT_EQ(entries->at("big"), "wide");
}

TEST(ZipReaderTest, APackingThatIsNotKnownIsUnsupported) {
  EXPECT_THAT(ReadZip(Python("  z.writestr('a', 'x', zipfile.ZIP_LZMA)\n")),
              IsOkAnd(ElementsAre(Pair("a", "unsupported"))));
}

TEST(ZipReaderTest, AnEncryptedEntryIsUnsupported) {
  Bytes bytes = Python("  z.writestr('a', 'x', zipfile.ZIP_STORED)\n");
  const std::size_t record = AsText(bytes).find("PK\x01\x02");
  bytes[record + 8] |= 1;
  EXPECT_THAT(ReadZip(bytes), IsOkAnd(ElementsAre(Pair("a", "unsupported"))));
}

TEST(ZipReaderTest, ASizeThatIsALieIsRefused) {
  for (const int difference : {-1, 1}) {
    Bytes bytes = Python("  z.writestr('a', 'x' * 100)\n");
    const std::size_t record = AsText(bytes).find("PK\x01\x02");
    bytes[record + 24] = static_cast<std::uint8_t>(bytes[record + 24] + difference);
    EXPECT_THAT(ReadZip(bytes), IsOkAnd(ElementsAre(Pair("a", "invalid_argument"))));
  }
}

/// What `Body` says of the first entry when nobody wants it.
Result<ContentPtr> Unwanted(Bytes bytes, Budget& budget) {
  ZipReader zip = TRY(ZipReader::Open(BytesContent(std::move(bytes)), budget));
  const auto entry = TRY(zip.Next());
  return zip.Body(*entry, [](ByteSpan) { return false; }, {});
}

TEST(ZipReaderTest, OfAnUnwantedEntryOnlyTheBeginningIsUnpacked) {
  Budget budget({.expanded_bytes = 1000});
  EXPECT_THAT(Unwanted(Python("  z.writestr('a', 'x' * 5000)\n"), budget),
              IsOkAnd(testing::IsNull()));
}

TEST(ZipReaderTest, AnUnwantedEntryCannotHideBehindASmallerSize) {
  Bytes bytes = Python("  z.writestr('a', 'x' * 100)\n");
  bytes[AsText(bytes).find("PK\x01\x02") + 24] = 0;
  Budget budget({});
  EXPECT_THAT(Unwanted(bytes, budget), IsError(Code::kInvalidArgument));
}

TEST(ZipReaderTest, EntriesThatShareTheirBytesAreTakenForABomb) {
  Bytes bytes = Python(
      "  z.writestr('a', bytes(range(256)) * 4, zipfile.ZIP_STORED)\n",
      "; python3 -c \"d=open('t.zip','rb').read(); i=d.index(b'PK\\\\x01\\\\x02'); "
      "e=d.index(b'PK\\\\x05\\\\x06'); r=d[i:e]*30; import struct; "
      "open('t.zip','wb').write(d[:i]+r+d[e:e+8]+struct.pack('<HHII',30,30,len(r),i)+d[e+20:])\"");
  EXPECT_THAT(ReadZip(bytes), IsOkAnd(ElementsAre(Pair("a", "resource_exhausted"))));
}

TEST(ZipReaderTest, NamesThatLeaveTheRootAreClamped) {
  EXPECT_THAT(ReadZip(Python("  z.writestr('../../x', '1')\n")),
              IsOkAnd(ElementsAre(Pair("x", "1"))));
}

TEST(ZipReaderTest, ATruncatedArchiveIsAnError) {
  const Bytes whole = Python(kTwo);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(ReadZip(ToBytes(ByteSpan(whole).first(size))), IsError(Code::kInvalidArgument))
        << size;
  }
}

TEST(ZipReaderTest, ADamagedDirectoryIsAnErrorOrAnErrorOfAnEntry) {
  const Bytes whole = Python(kTwo);
  const std::size_t directory = AsText(whole).find("PK\x01\x02");
  for (std::size_t at = directory; at < whole.size(); ++at) {
    Bytes damaged = whole;
    damaged[at] ^= 0xff;
    (void)ReadZip(damaged);
  }
  Bytes no_mark = whole;
  no_mark[directory + 1] = 'X';
  EXPECT_THAT(ReadZip(no_mark), IsError(Code::kIntegrity));
}

}  // namespace
}  // namespace vallum::scan
