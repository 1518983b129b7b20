// SPDX-License-Identifier: Apache-2.0
// Programs that answer as the runtimes do, and some that do not answer.
#include "scan/host/ask.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class AskTest : public testing::Test {
 protected:
  std::string Program(const std::string& name, const std::string& script) {
    WriteTestFile(folder_ / name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
    return folder_ / name;
  }
  std::vector<std::pair<std::string, FactKind>> Answers() {
    std::vector<std::pair<std::string, FactKind>> answers;
    for (const FileFacts& one :
         AskRuntimes({.folders = {folder_.path()}, .limit = minutes(2)}, problems_)) {
      answers.emplace_back(one.facts.at(0).product, one.facts.at(0).kind);
    }
    return answers;
  }
  const ScratchFolder folder_;
  Recorder problems_;
};

TEST_F(AskTest, ARuntimeInTheModeSaysSo) {
  Program("node", "[ \"$1 $2\" = '-p crypto.getFips()' ] && echo 1");
  Program("python3", "echo 1");
  Program("openssl", "printf 'Providers:\\n  fips\\n    status: active\\n'");
  Program("java",
          "printf 'Security provider static configuration: (in order of preference)\\n"
          "    Provider name: BCFips\\n' >&2");
  EXPECT_THAT(Answers(), UnorderedElementsAre(Pair("Node.js", FactKind::kSaysFipsOn),
                                              Pair("Python", FactKind::kSaysFipsOn),
                                              Pair("OpenSSL", FactKind::kSaysFipsOn),
                                              Pair("Java", FactKind::kSaysFipsOn)));
}

TEST_F(AskTest, ARuntimeOutsideOfTheModeSaysSo) {
  Program("node", "echo 0");
  Program("openssl", "printf 'Providers:\\n  default\\n'");
  EXPECT_THAT(Answers(), UnorderedElementsAre(Pair("Node.js", FactKind::kSaysFipsOff),
                                              Pair("OpenSSL", FactKind::kSaysFipsOff)));
}

TEST_F(AskTest, AnAnswerThatIsNoneIsAProblemAndNoFact) {
  Program("node", "echo hello");
  Program("python3", "echo 1; exit 3");
  EXPECT_THAT(Answers(), IsEmpty());
  EXPECT_THAT(problems_.problems, testing::SizeIs(2));
}

/// The pipe's end comes when nobody holds it any more; whatever was left running would.
TEST_F(AskTest, AProgramThatDoesNotEndIsKilledWithWhatItStarted) {
  std::array<int, 2> ends;
  ASSERT_EQ(::pipe(ends.data()), 0);
  const std::string hangs = Program("hangs", "sleep 10000 & sleep 10000");
  EXPECT_THAT(RunProgram({hangs}, milliseconds(500)), IsError(Code::kTimeout));
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

TEST_F(AskTest, AnEndlessAnswerIsCutOff) {
  EXPECT_THAT(RunProgram({Program("talks", "yes")}, minutes(2)), IsError(Code::kResourceExhausted));
}

TEST_F(AskTest, WhatCannotBeStartedIsNotFound) {
  EXPECT_THAT(RunProgram({folder_ / "nothing"}, minutes(2)), IsError(Code::kNotFound));
}

}  // namespace
}  // namespace vallum::scan
