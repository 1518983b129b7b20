// SPDX-License-Identifier: Apache-2.0
// Requirement: gate-race
// Services against self-tests and zeroisations, and how long a start takes.
#include <atomic>
#include <thread>

#include "module/zeroise.h"
#include "soak.h"

namespace vallum::soak {
namespace {

using module::Algorithm;
using module::Module;
using module::State;

constexpr unsigned kWorkers = 4;

// One service after another. A result is wrong when it began and came back within one self-test.
struct Race {
  Module& module;
  module::KeyRef aes, ec;
  std::atomic<std::uint64_t> tests{0};
  std::atomic<std::uint64_t> results{0};
  std::atomic<std::uint64_t> waited{0};
  std::atomic<std::uint64_t> wrong{0};

  bool RunOne(std::uint64_t turn) {
    const std::uint64_t test = tests;
    const bool closed = module.state() == State::kOnDemandTest;
    const bool good = Serve(turn);
    const bool still = module.state() == State::kOnDemandTest && test == tests;
    if (!good || (closed && still)) ++wrong;
    if (closed) ++waited;
    ++results;
    return true;
  }

 private:
  bool Serve(std::uint64_t turn) {
    const ByteSpan message = AsBytes("x");
    switch (turn % 4) {
      case 0:
        return module.Encrypt(*aes, message, {}).has_value();
      case 1:
        return module.Sign(*ec, module::Scheme::kDefault, message).has_value();
      case 2: {
        std::array<std::uint8_t, 16> room{};
        return module.Random(room).has_value();
      }
      default:
        return module.Sha256({message}).has_value();
    }
  }
};

Result<Figures> SelfTests(const Place& place) {
  const auto module = TRY(Operational(place));
  Race race{.module = *module,
            .aes = TRY(Make(*module, Algorithm::kAes256Gcm)),
            .ec = TRY(Make(*module, Algorithm::kEcP256))};
  TRY(module->GrantInvocations(*race.aes, 0, std::uint64_t{1} << 32));
  std::uint64_t failed = 0;
  {
    const std::jthread tester([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (!module->SelfTest()) ++failed;
        ++race.tests;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
    OnThreads(kWorkers, place.time,
              [&](unsigned, std::uint64_t turn) { return race.RunOne(turn); });
  }
  return Figures{race.wrong + failed,
                 {{"self-tests", race.tests},
                  {"results", race.results},
                  {"held back until a test had ended", race.waited}}};
}

// Keys that vanish under those who use them, and everything at once, again and again.
Result<Figures> Zeroisations(const Place& place) {
  const auto module = TRY(Operational(place));
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint64_t> keys{0};
  std::atomic<std::uint64_t> uses{0};
  std::atomic<std::uint64_t> everything{0};
  OnThreads(kWorkers, place.time, [&](unsigned thread, std::uint64_t turn) {
    if (thread == 0 && turn % 50 == 49) {
      const auto report = ZeroiseAll(*module);
      if (!report || !report->verified) ++wrong;
      if (report && !module->UnsealEphemeral()) ++wrong;
      ++everything;
      return true;
    }
    auto made = Make(*module, Algorithm::kHmacSha256);
    if (!made) return true;  // between a zeroisation and the next unsealing
    std::jthread user([&] {
      while (module->Mac(**made, AsBytes("x"))) ++uses;
    });
    const auto report = ZeroiseKey(*module, **made);
    if (report && !report->verified) ++wrong;
    if (report) ++keys;
    user.join();
    if (module->Mac(**made, AsBytes("x"))) ++wrong;
    return true;
  });
  return Figures{wrong,
                 {{"keys zeroised under use", keys},
                  {"zeroisations of everything", everything},
                  {"uses", uses}}};
}

Result<Figures> Ready(const Place& place) {
  const auto begin = std::chrono::steady_clock::now();
  const auto module = TRY(Operational(place));
  const auto taken = std::chrono::steady_clock::now() - begin;
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
  return Figures{module->state() == State::kOperational ? 0u : 1u,
                 {{"microseconds", static_cast<std::uint64_t>(microseconds)}}};
}

}  // namespace

const std::vector<Scenario>& RaceScenarios() {
  static const std::vector<Scenario> scenarios = {
      {"self-tests", SelfTests}, {"zeroisations", Zeroisations}, {"ready", Ready}};
  return scenarios;
}

}  // namespace vallum::soak
