// SPDX-License-Identifier: Apache-2.0
// The tests of the C functions on the token of a vallumd: each has a server of its own, whose first
// administrator it is.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "base/file.h"
#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

pid_t server = 0;

void WaitFor(const std::filesystem::path& file) {
  for (int i = 0; i < 6000 && !std::filesystem::exists(file); ++i) {
    ASSERT_EQ(waitpid(server, nullptr, WNOHANG), 0) << "vallumd ended";
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_TRUE(std::filesystem::exists(file)) << "vallumd did not get ready";
}

}  // namespace

const bool TestToken::kKeepsPairs = true;

void TestToken::Start(const std::filesystem::path& folder) {
  const auto config = folder / "vallumd.toml";
  ASSERT_THAT(
      WriteFileDurably(config, AsBytes("[server]\nport = 0\n[log]\nlevel = \"error\"\n"), 0600),
      IsOk());
  std::string program = std::string(VALLUM_BINARY_DIR) + "/bin/vallumd";
  std::vector<std::string> words = {program,         "--data",      folder / "data", "--config",
                                    config.string(), "--port-file", folder / "port"};
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ASSERT_EQ(posix_spawn(&server, program.c_str(), nullptr, nullptr, arguments.data(), environ), 0);
  ASSERT_NO_FATAL_FAILURE(WaitFor(folder / "port"));
  const std::string text = "[[token]]\nlabel = \"test\"\nprofile = \"data/client/admin\"\n";
  ASSERT_THAT(WriteFileDurably(folder / "pkcs11.toml", AsBytes(text), 0600), IsOk());
  setenv("VALLUM_PKCS11", (folder / "pkcs11.toml").c_str(), 1);
}

void TestToken::Initialise() {}

void TestToken::Stop() {
  if (server == 0) return;
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  server = 0;
}

}  // namespace vallum::p11
