// SPDX-License-Identifier: Apache-2.0
#include "audit/note.h"

#include "audit/test_support.h"

namespace vallum::audit {
namespace {

NoteKey Key() { return *MakeNoteKey(TestHash, "vallum/test", TestPublicKey()); }

std::string Note(const TreeHead& head) {
  return FormatCheckpoint(head, Key(), *TestSignature(AsBytes(FormatTreeHead(head))));
}

const TreeHead kHead{.origin = "vallum/test", .size = 600, .root = Hash{7}};

TEST(NoteTest, ACheckpointReadsBackAsWritten) {
  const auto checkpoint = ParseCheckpoint(Note(kHead));
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_EQ(checkpoint->head.origin, kHead.origin);
  EXPECT_EQ(checkpoint->head.size, kHead.size);
  EXPECT_EQ(checkpoint->head.root, kHead.root);
  EXPECT_EQ(checkpoint->text, FormatTreeHead(kHead));
  EXPECT_EQ(*checkpoint->Find(Key()), *TestSignature(AsBytes(checkpoint->text)));
}

TEST(NoteTest, TheTextIsThreeLinesABlankAndTheSignature) {
  const std::string note = Note(kHead);
  EXPECT_TRUE(note.starts_with(
      "vallum/test\n600\nBwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 "
      "vallum/test "));
  EXPECT_TRUE(note.ends_with("\n"));
}

// The example of the checkpoint specification (C2SP tlog-checkpoint).
TEST(NoteTest, TheSpecificationsExampleParses) {
  const auto checkpoint = ParseCheckpoint(
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
      "\xe2\x80\x94 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4"
      "URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n");
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_EQ(checkpoint->head.size, 20852163u);
  ASSERT_EQ(checkpoint->signatures.size(), 1u);
  EXPECT_EQ(checkpoint->signatures[0].signature.size(), 64u);
  EXPECT_EQ(ToHex(checkpoint->signatures[0].key_id), "033de0ae");
}

TEST(NoteTest, OtherSignaturesAreAllowedBesideOurs) {
  const std::string note = Note(kHead) + "\xe2\x80\x94 witness AAAAAAAA\n";
  const auto checkpoint = ParseCheckpoint(note);
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_THAT(checkpoint->Find(Key()), IsOk());
}

TEST(NoteTest, WithoutOurSignatureNothingIsFound) {
  const auto other = MakeNoteKey(TestHash, "vallum/test", Bytes(32, 1));
  EXPECT_THAT(ParseCheckpoint(Note(kHead))->Find(*other), IsError(Code::kIntegrity));
}

TEST(NoteTest, WhatIsNotACheckpointIsRefused) {
  const std::string good = Note(kHead);
  const std::string signature = good.substr(good.find("\n\n") + 2);
  const std::string root = "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  for (const std::string& note : {
           std::string(),
           std::string("\n\n"),
           good.substr(0, good.size() - 1),
           good.substr(0, good.find("\n\n") + 2),
           "\n600\n" + root + "\n\n" + signature,
           "vallum/test\n0600\n" + root + "\n\n" + signature,
           "vallum/test\n-1\n" + root + "\n\n" + signature,
           "vallum/test\n\n" + root + "\n\n" + signature,
           "vallum/test\n600\nBwAA\n\n" + signature,
           "vallum/test\n600\n" + root + "\nmore\n\n" + signature,
           "vallum/test\n600\n" + root + "\n\n- vallum/test AAAAAAAA\n",
           "vallum/test\n600\n" + root + "\n\n\xe2\x80\x94 vallum/test AAAA\n",
       }) {
    EXPECT_THAT(ParseCheckpoint(note), IsError(Code::kIntegrity)) << note;
  }
}

TEST(NoteTest, AVerifierKeyReadsBackAsWritten) {
  const auto key = ParseNoteKey(TestHash, FormatNoteKey(Key()));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->name, "vallum/test");
  EXPECT_EQ(key->public_key, TestPublicKey());
  EXPECT_EQ(key->id, Key().id);
}

TEST(NoteTest, AVerifierKeyWithOneCharacterChangedIsRefused) {
  const std::string text = FormatNoteKey(Key());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(ParseNoteKey(TestHash, changed), IsError(Code::kInvalidArgument)) << changed;
  }
}

TEST(NoteTest, NamesThatANoteCannotCarryAreRefused) {
  for (const char* name : {"", "a b", "a+b", "a\n", "a\xc2\xa0"}) {
    EXPECT_THAT(MakeNoteKey(TestHash, name, TestPublicKey()), IsError(Code::kInvalidArgument));
  }
  EXPECT_THAT(MakeNoteKey(TestHash, "a", Bytes(31)), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::audit
