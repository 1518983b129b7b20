// SPDX-License-Identifier: Apache-2.0
// The runner itself can fail: a member that nobody read, a wrong answer, a file that nobody knows.
#include <bzlib.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/test_matchers.h"
#include "vectors/acvp.h"
#include "vectors/der.h"
#include "vectors/fields.h"
#include "vectors/files.h"
#include "vectors/wycheproof.h"

namespace vallum::vectors {
namespace {

using module::Approval;
using module::Indicator;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Indicator kApproved{.approval = Approval::kApproved};

struct Object {
  explicit Object(std::string_view text)
      : document(JsonDocument::Parse(text).value()), fields(document.root()) {}
  JsonDocument document;
  Fields fields;
};

TEST(FieldsTest, EveryMemberReadIsNoProblem) {
  Object object(R"({"key":"0aF0","bits":16,"on":true,"pem":"x","inner":{"n":1},"flags":["a"]})");
  EXPECT_EQ(object.fields.Hex("key"), (Bytes{0x0a, 0xf0}));
  EXPECT_EQ(object.fields.Bits("bits"), 2u);
  EXPECT_TRUE(object.fields.Flag("on"));
  EXPECT_EQ(object.fields.Object("inner").Integer("n"), 1);
  EXPECT_THAT(object.fields.Texts("flags"), ElementsAre("a"));
  object.fields.Ignore({"pem", "not there"});
  EXPECT_THAT(object.fields.Problem(), IsEmpty());
}

TEST(FieldsTest, MemberThatNobodyReadIsAProblem) {
  Object object(R"({"key":"00","tagLen":4})");
  object.fields.Hex("key");
  EXPECT_EQ(object.fields.Problem(), "member \"tagLen\" was not used");
}

TEST(FieldsTest, MemberOfAnInnerObjectThatNobodyReadIsAProblem) {
  Object object(R"({"inner":{"n":1,"m":2}})");
  object.fields.Object("inner").Integer("n");
  EXPECT_EQ(object.fields.Problem(), "in \"inner\": member \"m\" was not used");
}

TEST(FieldsTest, MissingMemberIsAProblem) {
  Object object("{}");
  EXPECT_THAT(object.fields.Hex("key"), IsEmpty());
  EXPECT_EQ(object.fields.Problem(), "member \"key\" is missing");
}

TEST(FieldsTest, MemberOfAnotherTypeIsAProblem) {
  for (const char* text : {R"({"v":"0"})", R"({"v":"xy"})"}) {
    Object object(text);
    object.fields.Hex("v");
    EXPECT_EQ(object.fields.Problem(), "member \"v\" is not hexadecimal") << text;
  }
  Object number(R"({"v":1})");
  number.fields.Hex("v");
  EXPECT_EQ(number.fields.Problem(), "member \"v\" is no text");
  Object bits(R"({"v":7})");
  bits.fields.Bits("v");
  EXPECT_EQ(bits.fields.Problem(), "member \"v\" is no number of whole bytes");
}

TEST(VerdictTest, IndicatorMustBeExactlyTheExpectedOne) {
  constexpr auto kShort = static_cast<std::uint32_t>(module::Reason::kShortKey);
  constexpr auto kIv = static_cast<std::uint32_t>(module::Reason::kExternalIv);
  const Indicator flagged{.approval = Approval::kNotApproved, .reasons = kShort};
  EXPECT_THAT(Ran(kApproved), IsOk());
  EXPECT_THAT(Ran(flagged, kShort), IsOk());
  EXPECT_THAT(Ran(flagged), IsError(Code::kVerifyFailed, HasSubstr("short_key")));
  EXPECT_THAT(Ran(flagged, kIv), IsError(Code::kVerifyFailed));
  EXPECT_THAT(Ran(kApproved, kShort), IsError(Code::kVerifyFailed));
  EXPECT_THAT(Ran(Indicator{}), IsError(Code::kVerifyFailed));
  EXPECT_THAT(Ran(Both(kApproved, flagged)), IsError(Code::kVerifyFailed));
}

TEST(VerdictTest, RefusalMustHaveTheExpectedError) {
  const Result<int> taken = 1;
  const Result<int> refused = InvalidArgument("no");
  EXPECT_THAT(MustFail("it", refused, Code::kInvalidArgument), IsOk());
  EXPECT_THAT(MustFail("it", refused, Code::kProvider), IsError(Code::kVerifyFailed));
  EXPECT_THAT(MustFail("it", taken, Code::kInvalidArgument), IsError(Code::kVerifyFailed));
}

TEST(DerTest, LongElementsAndHighBitsAreEncoded) {
  EXPECT_EQ(ToHex(DerInteger(Bytes{0x00, 0x80})), "02020080");
  EXPECT_EQ(ToHex(DerInteger({})), "020100");
  EXPECT_EQ(ToHex(ByteSpan(Der(0x30, Bytes(300))).first(4)), "3082012c");
  EXPECT_EQ(ToHex(LeftPad(Bytes{0, 0, 1}, 2)), "0001");
}

/// Files in a scratch folder that the walkers read.
class WalkerTest : public testing::Test {
 protected:
  void WriteAcvp(const char* name, const std::string& text) {
    BZFILE* file = BZ2_bzopen((folder_ / name).c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::string copy = text;
    EXPECT_EQ(BZ2_bzwrite(file, copy.data(), static_cast<int>(copy.size())),
              static_cast<int>(copy.size()));
    BZ2_bzclose(file);
  }
  void WriteWycheproof(const std::string& text) {
    gzFile file = gzopen((folder_ / "toy_test.json.gz").c_str(), "wb");
    ASSERT_NE(file, nullptr);
    EXPECT_GT(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), 0);
    gzclose(file);
  }
  static std::string Sets(const std::string& more, const std::string& group) {
    return R"([{"acvVersion":"1.0"},{"vsId":1,"algorithm":"TOY",)" + more +
           R"("testGroups":[{"tgId":1,)" + group + "}]}]";
  }

  Status Run() { return RunAcvp(folder_.path(), "TOY", kTable, tally_); }

  ScratchFolder folder_;
  Tally tally_{"TOY"};

 private:
  static Result<Verdict> Adapter(const AcvpCase& one) {
    const Bytes in = one.test.Hex("in");
    if (in.empty()) return NotRun("nothing in it");
    TRY(Same("the output", in, one.Answer().Hex("out")));
    one.group.Integer("size");
    return Ran(kApproved);
  }
  static constexpr AcvpSet kTable[] = {{"TOY", "TOY", "", "1", Adapter, ""}};
};

TEST_F(WalkerTest, AcvpCasesAreCounted) {
  WriteAcvp("TOY.vectors.bz2",
            Sets(R"("revision":"1","isSample":true,)",
                 R"("size":1,"tests":[{"tcId":1,"in":"01"},{"tcId":2,"in":"","x":1}])"));
  WriteAcvp("TOY.expected.bz2", Sets("", R"("tests":[{"tcId":1,"out":"01"},{"tcId":2}])"));
  EXPECT_THAT(Run(), IsOk());
  EXPECT_EQ(tally_.failed(), 0u);
  EXPECT_EQ(tally_.ran(), 1u);
  EXPECT_THAT(tally_.Lines(), HasSubstr("1 not run: nothing in it"));
}

TEST_F(WalkerTest, AcvpMembersThatNobodyReadFail) {
  WriteAcvp("TOY.vectors.bz2",
            Sets(R"("revision":"1",)", R"("size":1,"g":1,"tests":[{"tcId":1,"in":"01","t":1}])"));
  WriteAcvp("TOY.expected.bz2", Sets("", R"("tests":[{"tcId":1,"out":"01","a":1}])"));
  EXPECT_THAT(Run(), IsOk());
  EXPECT_THAT(tally_.failures(),
              ElementsAre(HasSubstr("\"t\""), HasSubstr("\"a\""), HasSubstr("\"g\"")));
}

TEST_F(WalkerTest, AcvpWrongOutputFails) {
  WriteAcvp("TOY.vectors.bz2",
            Sets(R"("revision":"1",)", R"("size":1,"tests":[{"tcId":1,"in":"01"}])"));
  WriteAcvp("TOY.expected.bz2", Sets("", R"("tests":[{"tcId":1,"out":"02"}])"));
  EXPECT_THAT(Run(), IsOk());
  EXPECT_EQ(tally_.ran(), 0u);
  EXPECT_THAT(tally_.failures(), testing::Contains(HasSubstr("the output is 01, expected 02")));
}

TEST_F(WalkerTest, AcvpAnswersOfAnotherCaseFail) {
  WriteAcvp("TOY.vectors.bz2",
            Sets(R"("revision":"1",)", R"("size":1,"tests":[{"tcId":1,"in":"01"}])"));
  WriteAcvp("TOY.expected.bz2", Sets("", R"("tests":[{"tcId":2,"out":"01"}])"));
  EXPECT_THAT(Run(), IsOk());
  EXPECT_EQ(tally_.ran(), 0u);
  EXPECT_NE(tally_.failed(), 0u);
}

TEST_F(WalkerTest, AcvpSetOfAnUnknownRevisionIsAnError) {
  WriteAcvp("TOY.vectors.bz2",
            Sets(R"("revision":"2",)", R"("size":1,"tests":[{"tcId":1,"in":"01"}])"));
  EXPECT_THAT(Run(), IsError(Code::kInvalidArgument, HasSubstr("not in the table")));
}

class WycheproofWalkerTest : public WalkerTest {
 protected:
  static Result<Verdict> Adapter(const WycheproofCase& one) {
    return (one.test.Hex("in") == Bytes{1}) == one.valid() ? Ran(kApproved) : Wrong("no");
  }
  static std::string File(int count, const std::string& test) {
    return R"({"algorithm":"TOY","numberOfTests":)" + std::to_string(count) +
           R"(,"notes":{"Known":{}},"testGroups":[{"type":"T","tests":[)" + test + "]}]}";
  }
  Status RunToy() {
    return RunWycheproof(folder_.path(), {"toy", "TOY", "T", Adapter, ""}, tally_);
  }
};

TEST_F(WycheproofWalkerTest, CasesAreCounted) {
  WriteWycheproof(File(2, R"({"tcId":1,"in":"01","result":"valid","flags":["Known"],"comment":""},)"
                          R"({"tcId":2,"in":"02","result":"invalid"})"));
  EXPECT_THAT(RunToy(), IsOk());
  EXPECT_THAT(tally_.failures(), IsEmpty());
  EXPECT_EQ(tally_.ran(), 2u);
}

TEST_F(WycheproofWalkerTest, WrongCountsFlagsResultsAndUnreadMembersFail) {
  for (const std::string& file : {File(2, R"({"tcId":1,"in":"01","result":"valid"})"),
                                  File(1, R"({"tcId":1,"in":"01","result":"valid","flags":[1]})"),
                                  File(1, R"({"tcId":1,"in":"01","result":"fine"})"),
                                  File(1, R"({"tcId":1,"in":"02","result":"valid"})"),
                                  File(1, R"({"tcId":1,"in":"01","result":"valid","more":1})")}) {
    WriteWycheproof(file);
    Tally tally("toy");
    tally_ = tally;
    EXPECT_THAT(RunToy(), IsOk());
    EXPECT_EQ(tally_.failed(), 1u) << file;
  }
}

TEST_F(WalkerTest, DamagedFilesAreErrors) {
  std::ofstream(folder_ / "a.bz2") << "BZh9 is not enough";
  EXPECT_THAT(ReadCompressed(folder_ / "a.bz2"), IsError(Code::kStorage));
  WriteWycheproof(std::string(10000, 'x'));
  const auto path = folder_ / "toy_test.json.gz";
  EXPECT_THAT(ReadCompressed(path), IsOk());
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 9);
  EXPECT_THAT(ReadCompressed(path), IsError(Code::kStorage));
  EXPECT_THAT(ReadCompressed(folder_ / "none.gz"), IsError(Code::kStorage));
  EXPECT_THAT(ReadCompressed(folder_ / "a.xz"), IsError(Code::kUnsupported));
}

TEST(FolderTest, MissingVectorsAreAFailureWhereTheyAreRequired) {
  unsetenv("CI");
  unsetenv("VALLUM_VECTORS_REQUIRED");
  EXPECT_FALSE(MissingIsFailure());
  setenv("VALLUM_VECTORS_REQUIRED", "1", 1);
  EXPECT_TRUE(MissingIsFailure());
  unsetenv("VALLUM_VECTORS_REQUIRED");
  setenv("CI", "true", 1);
  EXPECT_TRUE(MissingIsFailure());
  unsetenv("CI");
}

TEST(FolderTest, NamedFolderThatIsNotThereIsMissing) {
  setenv("VALLUM_VECTORS", "/nowhere", 1);
  EXPECT_EQ(VectorFolder(), std::nullopt);
  const ScratchFolder folder;
  setenv("VALLUM_VECTORS", folder.path().c_str(), 1);
  EXPECT_EQ(VectorFolder(), folder.path());
  unsetenv("VALLUM_VECTORS");
}

}  // namespace
}  // namespace vallum::vectors
