// SPDX-License-Identifier: Apache-2.0
// One GoogleTest a vector file, named by it, and one a suite that compares the folder with the table:
//   vectors_test --gtest_filter=Acvp.ML_KEM
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "base/test_matchers.h"
#include "vectors/acvp.h"
#include "vectors/door.h"
#include "vectors/files.h"
#include "vectors/tally.h"
#include "vectors/wycheproof.h"

namespace vallum::vectors {
namespace {

std::vector<Tally>& Tallies() {
  static std::vector<Tally> tallies;
  return tallies;
}

/// DoorEnvironment has the module running around all tests, and prints the counts at the end.
class DoorEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    if (!VectorFolder()) return;
    ASSERT_THAT(StartDoor(), IsOk());
  }
  void TearDown() override {
    if (!Tallies().empty()) fmt::print("{}", Table(Tallies()));
    StopDoor();
  }
};

/// FunctionTest is a test whose body is a function.
class FunctionTest : public testing::Test {
 public:
  explicit FunctionTest(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

void Register(const char* suite, std::string name, const std::function<void()>& body) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  testing::RegisterTest(suite, name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [body]() -> testing::Test* { return new FunctionTest(body); });
}

/// Runs one file's cases; a file with nothing to run must have had something to count.
void RunFile(const std::string& name, const std::function<Status(Tally&)>& run) {
  Tally tally(name);
  const Status status = run(tally);
  EXPECT_THAT(status, IsOk()) << name;
  for (const std::string& failure : tally.failures()) ADD_FAILURE() << failure;
  EXPECT_EQ(tally.failed(), 0u);
  Tallies().push_back(std::move(tally));
}

/// Every file must be in the table, and every file of the table must be there.
void CompareFolder(const std::filesystem::path& folder, std::vector<std::string> expected) {
  const auto names = FileNames(folder);
  ASSERT_THAT(names, IsOk());
  std::ranges::sort(expected);
  for (const std::string& name : *names) {
    EXPECT_TRUE(std::ranges::binary_search(expected, name)) << name << " is not in the table";
  }
  for (const std::string& name : expected) {
    EXPECT_TRUE(std::ranges::binary_search(*names, name)) << name << " is not in the folder";
  }
}

void RegisterAcvp(const std::filesystem::path& folder) {
  Register("Acvp", "EveryFileIsInTheTable", [folder] {
    const auto files = FileNames(folder);
    ASSERT_THAT(files, IsOk());
    std::vector<std::string> expected;
    for (const std::string& name : AcvpNames(AcvpTable())) {
      const auto own = AcvpFilesOf(name, *files);
      EXPECT_FALSE(own.empty()) << name << " is not in the folder";
      expected.insert(expected.end(), own.begin(), own.end());
    }
    CompareFolder(folder, expected);
  });
  for (const std::string& name : AcvpNames(AcvpTable())) {
    Register("Acvp", name, [folder, name] {
      RunFile("acvp/" + name,
              [&](Tally& tally) { return RunAcvp(folder, name, AcvpTable(), tally); });
    });
  }
}

void RegisterWycheproof(const std::filesystem::path& folder) {
  Register("Wycheproof", "EveryFileIsInTheTable", [folder] {
    std::vector<std::string> expected;
    for (const WycheproofSet& row : WycheproofTable()) expected.push_back(WycheproofFile(row.name));
    CompareFolder(folder, expected);
  });
  for (const WycheproofSet& row : WycheproofTable()) {
    Register("Wycheproof", std::string(row.name), [folder, &row] {
      RunFile(fmt::format("wycheproof/{}", row.name),
              [&](Tally& tally) { return RunWycheproof(folder, row, tally); });
    });
  }
}

void RegisterMissing(const char* suite) {
  Register(suite, "Vectors", [] {
    constexpr std::string_view kWhat = "no test vectors here: skipped, set VALLUM_VECTORS";
    if (MissingIsFailure()) FAIL() << kWhat;
    GTEST_SKIP() << kWhat;
  });
}

void RegisterAll() {
  const auto folder = VectorFolder();
  if (!folder) {
    RegisterMissing("Acvp");
    RegisterMissing("Wycheproof");
    return;
  }
  RegisterAcvp(*folder / "acvp");
  RegisterWycheproof(*folder / "wycheproof");
}

}  // namespace
}  // namespace vallum::vectors

int main(int argc, char** argv) {
  constexpr int kCtestSkip = 77;
  testing::InitGoogleTest(&argc, argv);
  testing::AddGlobalTestEnvironment(new vallum::vectors::DoorEnvironment);
  vallum::vectors::RegisterAll();
  const int code = RUN_ALL_TESTS();
  return code == 0 && !vallum::vectors::VectorFolder() ? kCtestSkip : code;
}
