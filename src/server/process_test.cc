// SPDX-License-Identifier: Apache-2.0
#include "server/process.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "base/file.h"
#include "base/test_matchers.h"

namespace vallum::server {
namespace {

// In a child, because it changes the whole process.
template <typename Check>
int InChild(Check check) {
  const pid_t child = fork();
  if (child == 0) _exit(check());
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(ProcessTest, HardeningForbidsCoreDumpsAndAttaching) {
  const int status = InChild([] {
    if (!HardenProcess()) return 1;
    rlimit core{};
    getrlimit(RLIMIT_CORE, &core);
    if (prctl(PR_GET_DUMPABLE) != 0) return 2;
    if (core.rlim_max != 0) return 3;
    if (umask(0) != 077) return 4;
    return std::signal(SIGPIPE, SIG_DFL) == SIG_IGN ? 0 : 5;
  });
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ProcessTest, ABlockedSignalIsWaitedFor) {
  const int status = InChild([] {
    BlockSignals();
    raise(SIGHUP);
    return WaitForSignal() == SIGHUP ? 0 : 1;
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ProcessTest, ASecondSignalKills) {
  const int status = InChild([] {
    BlockSignals();
    raise(SIGTERM);
    (void)WaitForSignal();
    LetSignalsKill();
    raise(SIGINT);
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
}

TEST(ProcessTest, FindsItsOwnFolder) {
  const auto folder = ExecutableFolder();
  ASSERT_THAT(folder, IsOk());
  EXPECT_TRUE(std::filesystem::exists(*folder / "server_unit_test"));
}

TEST(ProcessTest, TellsTheServiceManager) {
  const ScratchFolder scratch;
  const std::string path = (scratch / "notify").string();
  const FileDescriptor fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  NotifyServiceManager(path, "READY=1");
  char text[16] = {};
  EXPECT_EQ(recv(fd.get(), text, sizeof(text), MSG_DONTWAIT), 7);
  EXPECT_STREQ(text, "READY=1");
}

TEST(ProcessTest, WithoutAServiceManagerNothingHappens) {
  NotifyServiceManager("", "READY=1");
  NotifyServiceManager(std::string(200, 'x'), "READY=1");
  NotifyServiceManager("/no/such/socket", "READY=1");
}

}  // namespace
}  // namespace vallum::server
