// SPDX-License-Identifier: Apache-2.0
#include "service/key_record.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace vallum::service {
namespace {

KeyRecord Sample() {
  const TimePoint time = *ParseTime("2026-01-31T12:00:00.000001Z");
  KeyRecord record;
  record.info = {
      .id = KeyId({1, 2, 3, 4, 5, 6, 0x77, 8, 0x99, 10, 11, 12, 13, 14, 15, 16}),
      .name = "payroll",
      .algorithm = module::Algorithm::kEcP384,
      .usages = module::Usage::kSign | module::Usage::kVerify,
      .extractable = false,
      .made_under = module::Policy::kOnly,
      .origin = module::Origin::kGenerated,
      .owner = "admin",
      .labels = {{"team", "h\"r"}},
      .created = time,
      .primary_version = 2,
      .versions = {{1, KeyState::kDestroyed, time, time}, {2, KeyState::kActive, time, time}}};
  record.blobs = {{}, {0xde, 0xad, 0xbe, 0xef}};
  return record;
}

// Frozen: what this release writes, every later one must read.
constexpr std::string_view kSampleText =
    R"({"v":1,"id":"01020304-0506-7708-990a-0b0c0d0e0f10","name":"payroll","algorithm":"ec-p384",)"
    R"("usages":["sign","verify"],"extractable":false,"origin":"generated","made_under":"only",)"
    R"("owner":"admin","labels":{"team":"h\"r"},"created":"2026-01-31T12:00:00.000001Z","primary":2,)"
    R"("versions":[{"version":1,"state":"destroyed","created":"2026-01-31T12:00:00.000001Z",)"
    R"("changed":"2026-01-31T12:00:00.000001Z"},)"
    R"({"version":2,"state":"active","created":"2026-01-31T12:00:00.000001Z",)"
    R"("changed":"2026-01-31T12:00:00.000001Z","blob":"3q2+7w=="}]})";

std::string Replaced(std::string_view what, std::string_view with) {
  std::string text(kSampleText);
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

void ExpectDamaged(const std::string& text) {
  const auto record = DecodeKeyRecord(text);
  ASSERT_FALSE(record) << text;
  EXPECT_EQ(record.error().code(), Code::kIntegrity) << text;
}

TEST(KeyRecordTest, ARecordIsWrittenAsDocumented) {
  EXPECT_EQ(EncodeKeyRecord(Sample()), kSampleText);
}

TEST(KeyRecordTest, TheFrozenSampleIsRead) {
  const auto record = DecodeKeyRecord(kSampleText);
  ASSERT_TRUE(record) << record.error().ToString();
  EXPECT_EQ(record->info.name, "payroll");
  EXPECT_EQ(record->info.algorithm, module::Algorithm::kEcP384);
  EXPECT_EQ(record->info.labels.at("team"), "h\"r");
  EXPECT_EQ(record->info.versions.size(), 2u);
  EXPECT_EQ(record->blobs[1], Sample().blobs[1]);
  EXPECT_EQ(EncodeKeyRecord(*record), kSampleText);
}

TEST(KeyRecordTest, ANewerFormatSaysSo) {
  const auto record = DecodeKeyRecord(Replaced("\"v\":1", "\"v\":2"));
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code(), Code::kStorageVersion);
}

TEST(KeyRecordTest, DamagedRecordsAreRefused) {
  ExpectDamaged(std::string(kSampleText.substr(0, kSampleText.size() - 1)));
  ExpectDamaged(Replaced("\"owner\"", "\"ovner\""));
  ExpectDamaged(Replaced("\"v\":1,", "\"v\":1,\"extra\":1,"));
  ExpectDamaged(Replaced("ec-p384", "ec-p999"));
  ExpectDamaged(Replaced("\"primary\":2", "\"primary\":3"));
  ExpectDamaged(Replaced("\"primary\":2", "\"primary\":0"));
  ExpectDamaged(Replaced("\"version\":2", "\"version\":3"));
  ExpectDamaged(Replaced("payroll", "pay/roll"));
  ExpectDamaged(Replaced("01020304-", "01020304x"));
  ExpectDamaged(Replaced("generated", "found"));
  ExpectDamaged(Replaced("\"only\"", "\"off\""));
}

TEST(KeyRecordTest, AnActiveVersionWithoutABlobIsRefused) {
  ExpectDamaged(Replaced(",\"blob\":\"3q2+7w==\"", ""));
}

TEST(KeyRecordTest, ADestroyedVersionWithABlobIsRefused) {
  ExpectDamaged(Replaced("\"state\":\"active\"", "\"state\":\"destroyed\""));
}

TEST(KeyRecordTest, EveryRecordComesBack) {
  EXPECT_TRUE(rc::check([](std::vector<std::pair<std::uint8_t, Bytes>> versions,
                           std::map<std::string, std::string> ascii, bool extractable) {
    KeyRecord record = Sample();
    record.info.extractable = extractable;
    record.info.labels.clear();
    for (const auto& [name, value] : ascii)
      record.info.labels[ToHex(AsBytes(name))] = ToHex(AsBytes(value));
    record.info.versions.clear();
    record.blobs.clear();
    for (auto& [state, blob] : versions) {
      KeyVersionInfo info = Sample().info.versions[1];
      info.version = static_cast<std::uint32_t>(record.info.versions.size()) + 1;
      info.state = static_cast<KeyState>(state % 7);
      blob.push_back(1);
      record.blobs.push_back(IsDestroyed(info.state) ? Bytes{} : blob);
      record.info.versions.push_back(info);
    }
    RC_PRE(!versions.empty());
    record.info.primary_version = static_cast<std::uint32_t>(versions.size());
    const std::string text = EncodeKeyRecord(record);
    const auto again = DecodeKeyRecord(text);
    RC_ASSERT(again.has_value());
    RC_ASSERT(EncodeKeyRecord(*again) == text);
    RC_ASSERT(again->blobs == record.blobs);
  }));
}

TEST(KeyRecordTest, NoByteChangeMakesTheReaderFailBadly) {
  EXPECT_TRUE(rc::check([](std::uint16_t position, char value) {
    std::string text(kSampleText);
    text[position % text.size()] = value;
    const auto record = DecodeKeyRecord(text);
    if (record) {
      RC_ASSERT(DecodeKeyRecord(EncodeKeyRecord(*record)).has_value());
    }
  }));
}

TEST(GrantTest, AGrantComesBack) {
  const policy::Actions actions =
      policy::Bit(policy::Action::kSign) | policy::Bit(policy::Action::kVerify);
  EXPECT_EQ(EncodeGrant(actions), R"({"v":1,"actions":["sign","verify"]})");
  EXPECT_EQ(DecodeGrant(EncodeGrant(actions)), actions);
}

TEST(GrantTest, ADamagedGrantIsRefused) {
  for (const char* text :
       {"", "{}", R"({"v":1,"actions":["everything"]})", R"({"v":1,"actions":1})"}) {
    const auto grant = DecodeGrant(text);
    ASSERT_FALSE(grant) << text;
    EXPECT_EQ(grant.error().code(), Code::kIntegrity);
  }
}

TEST(NumberTest, NumbersComeBackAndOtherTextsDoNot) {
  EXPECT_EQ(AsText(EncodeNumber(4'294'967'296)), "4294967296");
  EXPECT_EQ(DecodeNumber("4294967296"), 4'294'967'296u);
  for (const char* text : {"", "-1", "01", "1 ", "99999999999999999999"}) {
    EXPECT_FALSE(DecodeNumber(text)) << text;
  }
}

TEST(NameTest, NamesThatAreAllowed) {
  for (const std::string& name : {std::string("a"), std::string("Payroll-2026_v1.old"),
                                  std::string("0"), std::string(128, 'x')}) {
    EXPECT_TRUE(CheckName("key", name)) << name;
  }
}

TEST(NameTest, NamesThatAreNot) {
  for (const std::string& name :
       {std::string(), std::string(129, 'x'), std::string("-a"), std::string(".a"),
        std::string("a/b"), std::string("a b"), std::string("\xc3\xa4"), std::string("a\0b", 3)}) {
    const Status status = CheckName("key", name);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code(), Code::kInvalidArgument);
  }
}

TEST(LabelsTest, LabelsAreBounded) {
  EXPECT_TRUE(CheckLabels({{"team", ""}, {"note", "für alle"}}));
  EXPECT_FALSE(CheckLabels({{"", "x"}}));
  EXPECT_FALSE(CheckLabels({{std::string(65, 'n'), "x"}}));
  EXPECT_FALSE(CheckLabels({{"n", std::string(257, 'v')}}));
  EXPECT_FALSE(CheckLabels({{"n", "line\nbreak"}}));
  std::map<std::string, std::string> many;
  for (int i = 0; i < 65; ++i) many[std::to_string(i)] = "x";
  EXPECT_FALSE(CheckLabels(many));
}

}  // namespace
}  // namespace vallum::service
