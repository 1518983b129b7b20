// SPDX-License-Identifier: Apache-2.0
// Whole-door properties: what every service does where none may run.
#include <spawn.h>
#include <sys/wait.h>

#include <memory>
#include <regex>
#include <set>

#include "module/copied_provider.h"
#include "module/door_walk.h"
#include "module/impl.h"
#include "ossl/self_test_fault.h"

extern char** environ;

namespace vallum::module {
namespace {

void ExpectEveryServiceRefused(Module& module, DoorKeys& keys) {
  for (const DoorService& service : DoorServices()) {
    const DoorOutcome outcome = service.call(module, keys);
    EXPECT_EQ(outcome.error, Code::kModuleState) << service.name;
    EXPECT_FALSE(outcome.touched) << service.name;
  }
}

// A gate as it was before Module::Start went further: nothing else stops the services of this module.
void PutBack(Module& module, const std::vector<State>& way) {
  Gate& gate = module.impl().gate;
  std::destroy_at(&gate);
  std::construct_at(&gate);
  for (const State state : way) ASSERT_THAT(gate.MoveTo(state), IsOk());
}

TEST(DoorTest, EveryServiceRunsInAnOperationalModule) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  DoorKeys keys = MakeDoorKeys(*module);
  for (const DoorService& service : DoorServices()) {
    const DoorOutcome outcome = service.call(*module, keys);
    const bool unseal = service.name.starts_with("Unseal");
    EXPECT_EQ(outcome.error, unseal ? std::optional(Code::kModuleState) : std::nullopt)
        << service.name;
  }
}

// Services are members of Module or take one; what has no module (Start, status) is no service, and
// roles and zeroisation, which some states allow on purpose, have walks of their own (role_test.cc,
// zeroise_test.cc).
TEST(DoorTest, TheWalkKnowsEveryExportedService) {
  std::set<std::string> walked = {"Start",
                                  "Shutdown",
                                  "ZeroiseAll",
                                  "ZeroiseKey",
                                  "BeginLogin",
                                  "FinishLogin",
                                  "LoginWithPassphrase",
                                  "EndSession",
                                  "EnrolFirstOfficer",
                                  "EnrolOperator",
                                  "LoadOperator",
                                  "RemoveOperator"};
  for (const DoorService& service : DoorServices()) walked.insert(std::string(service.name));
  const std::string command =
      std::string("nm -DC --defined-only '") + VALLUM_BINARY_DIR + "/lib/libvallum.so'";
  const std::unique_ptr<FILE, int (*)(FILE*)> symbols(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(symbols, nullptr);
  const std::regex service(
      " T vallum::module::(?:Module::([A-Z]\\w+)\\(|([A-Z]\\w+)\\(vallum::module::Module&)");
  std::array<char, 4096> line;
  std::size_t found = 0;
  while (fgets(line.data(), line.size(), symbols.get()) != nullptr) {
    std::cmatch match;
    if (!std::regex_search(line.data(), match, service)) continue;
    const std::string name = match[1].matched ? match[1] : match[2];
    if (name == "Module") continue;
    ++found;
    EXPECT_TRUE(walked.contains(name)) << name << " needs a row in door_walk.cc";
  }
  EXPECT_GT(found, 30u);
}

// Requirement: early-call
// There is no Module object before Start succeeded, so nobody can call one. Should somebody come by
// a reference nevertheless, the gate refuses.
TEST(DoorTest, EveryServiceIsRefusedBeforeTheSelfTestsHavePassed) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  DoorKeys keys = MakeDoorKeys(*module);
  const std::vector<std::vector<State>> ways = {
      {}, {State::kInit}, {State::kInit, State::kPreOperational}};
  for (const std::vector<State>& way : ways) {
    PutBack(*module, way);
    SCOPED_TRACE(Name(module->state()));
    ExpectEveryServiceRefused(*module, keys);
    EXPECT_EQ(module->status().state, way.empty() ? State::kPowerOff : way.back());
  }
}

// While the module zeroises, services wait: gate_test.cc.
TEST(DoorTest, EveryServiceIsRefusedAfterShutdown) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  DoorKeys keys = MakeDoorKeys(*module);
  module->Shutdown();
  ExpectEveryServiceRefused(*module, keys);
}

// Requirement: error-sticky
TEST(DoorTest, EveryServiceIsRefusedAThousandTimesAfterAHardError) {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsOk());
  ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
  DoorKeys keys = MakeDoorKeys(**module);
  const ossl::SelfTestFault fault((*module)->TlsLibrary().value(), "KAT_KEM/KEM_Encap");
  ASSERT_THAT((*module)->SelfTest(), IsError(Code::kSelfTestFailed));
  for (int i = 0; i < 1000; ++i) ExpectEveryServiceRefused(**module, keys);
  const ModuleStatus status = (*module)->status();
  EXPECT_EQ(status.state, State::kErrorHard);
  ASSERT_TRUE(status.cause.has_value());
  EXPECT_EQ(status.cause->test, "KAT_KEM/KEM_Encap");
  EXPECT_FALSE(status.provider_version.empty());
}

// Requirement: error-sticky
TEST(DoorTest, ANewProcessWorksAfterAHardErrorInThisOne) {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsOk());
  (*module)->impl().Fail(Error(Code::kInternal, "this process only"));
  char program[] = "/proc/self/exe";
  char filter[] = "--gtest_filter=DoorTest.EveryServiceRunsInAnOperationalModule";
  char* arguments[] = {program, filter, nullptr};
  pid_t child = 0;
  ASSERT_EQ(posix_spawn(&child, program, nullptr, nullptr, arguments, environ), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ((*module)->state(), State::kErrorHard);
}

}  // namespace
}  // namespace vallum::module
