// SPDX-License-Identifier: Apache-2.0
// PINs when several processes use one token at once.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

class PinApiTest : public ApiTest {
 protected:
  static constexpr int kProcesses = 16;

  /// InProcesses runs `work` in so many processes, each initialised and with a session, all started at
  /// once, and sums up their exit codes. 100 and more is a failure to get that far.
  template <typename Work>
  int InProcesses(Work&& work) {
    EXPECT_EQ(C_Finalize(nullptr), CKR_OK);
    std::array<int, 2> ready{};
    std::array<int, 2> start{};
    EXPECT_EQ(pipe(ready.data()) + pipe(start.data()), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
      const pid_t child = fork();
      if (child == 0) _exit(RunChild(ready[1], start, work));
      children.push_back(child);
    }
    char byte = 0;
    for (int i = 0; i < kProcesses; ++i) EXPECT_EQ(read(ready[0], &byte, 1), 1);
    for (const int fd : {ready[0], ready[1], start[0], start[1]}) close(fd);
    int sum = 0;
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_TRUE(WIFEXITED(status));
      EXPECT_LT(WEXITSTATUS(status), 100);
      sum += WEXITSTATUS(status);
    }
    EXPECT_EQ(C_Initialize(nullptr), CKR_OK);
    session_ = Open();
    return sum;
  }

 private:
  template <typename Work>
  int RunChild(int ready, const std::array<int, 2>& start, Work& work) {
    close(start[1]);
    if (C_Initialize(nullptr) != CKR_OK) return 100;
    session_ = Open();
    char byte = 0;
    if (write(ready, &byte, 1) != 1 || read(start[0], &byte, 1) != 0) return 101;
    return work();
  }
};

TEST_F(PinApiTest, ProcessesThatGuessSideBySideGetTenGuessesInAll) {
  // A folder where the turns' file would be: nobody waits for anybody.
  const auto turns = folder_ / "token.db.lock";
  std::filesystem::remove(turns);
  std::filesystem::create_directory(turns);
  const int wrong = InProcesses([this] {
    int tried = 0;
    CK_RV last = CKR_OK;
    while ((last = Login("0000")) == CKR_PIN_INCORRECT) ++tried;
    return last == CKR_PIN_LOCKED ? tried : 100;
  });
  EXPECT_EQ(wrong, 10);
  EXPECT_EQ(Login(), CKR_PIN_LOCKED);
}

TEST_F(PinApiTest, ProcessesThatLogInSideBySideWithTheRightPinAllSucceed) {
  const int in = InProcesses([this] { return Login() == CKR_OK ? 1 : 0; });
  EXPECT_EQ(in, kProcesses);
  CK_TOKEN_INFO info;
  ASSERT_EQ(C_GetTokenInfo(0, &info), CKR_OK);
  EXPECT_EQ(info.flags & CKF_USER_PIN_COUNT_LOW, 0u);
}

TEST_F(PinApiTest, ALoginWaitsForItsTurn) {
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  std::array<int, 2> said{};
  ASSERT_EQ(pipe(said.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const int file = open((folder_ / "token.db.lock").c_str(), O_RDWR | O_CREAT, 0600);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    if (fcntl(file, F_SETLK, &whole) != 0 || write(said[1], "h", 1) != 1) _exit(1);
    usleep(300'000);
    _exit(write(said[1], "g", 1) == 1 ? 0 : 2);
  }
  char holds = 0;
  ASSERT_EQ(read(said[0], &holds, 1), 1);
  EXPECT_EQ(Login(), CKR_OK);
  ASSERT_EQ(fcntl(said[0], F_SETFL, O_NONBLOCK), 0);
  char gave = 0;
  EXPECT_EQ(read(said[0], &gave, 1), 1) << "the login did not wait";
  EXPECT_EQ(gave, 'g');
  waitpid(child, nullptr, 0);
  for (const int fd : said) close(fd);
}

TEST_F(PinApiTest, AnAttemptIsCountedWhileItLasts) {
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  const pid_t child = fork();
  if (child == 0) {
    if (C_Initialize(nullptr) != CKR_OK) _exit(1);
    session_ = Open();
    for (;;) (void)(Login() == CKR_OK && C_Logout(session_) == CKR_OK);
  }
  // The child only ever gives the right PIN: what the parent sees is an attempt under way.
  CK_TOKEN_INFO info{};
  while ((info.flags & CKF_USER_PIN_COUNT_LOW) == 0 && waitpid(child, nullptr, WNOHANG) == 0) {
    ASSERT_EQ(C_GetTokenInfo(0, &info), CKR_OK);
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_NE(info.flags & CKF_USER_PIN_COUNT_LOW, 0u);
  EXPECT_EQ(Login(), CKR_OK);
}

}  // namespace
}  // namespace vallum::p11
