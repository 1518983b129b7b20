// SPDX-License-Identifier: Apache-2.0
// Requirement: ind-threads, periodic-self-test
// Sixteen threads with approved and not approved operations in turn, over and over: each result has the
// indicator that it should have. The same while periodic self-tests run.
#include <atomic>
#include <thread>

#include "soak.h"

namespace vallum::soak {
namespace {

using module::Algorithm;
using module::Indicator;
using module::Module;
using module::Policy;
using module::Reason;
using module::Scheme;

constexpr unsigned kThreads = 16;

constexpr std::uint32_t Bits(auto... reasons) {
  return (0u | ... | static_cast<std::uint32_t>(reasons));
}

struct Keys {
  module::KeyRef hmac, weak, aes, ec, kem, rsa;
};

Result<Keys> MakeKeys(Module& module) {
  Keys keys;
  keys.hmac = TRY(Make(module, Algorithm::kHmacSha256));
  keys.weak = TRY(module.EnterKey({.algorithm = Algorithm::kHmacSha256},
                                  TRY(SecretBytes::CopyOf(Bytes(8, 0x5A)))))
                  .value;
  keys.aes = TRY(Make(module, Algorithm::kAes256));
  keys.ec = TRY(Make(module, Algorithm::kEcP256));
  keys.kem = TRY(Make(module, Algorithm::kMlKem768));
  keys.rsa = TRY(Make(module, Algorithm::kRsa2048));
  TRY(module.GrantInvocations(*keys.aes, 0, std::uint64_t{1} << 32));
  return keys;
}

struct Expected {
  Result<Indicator> got;
  std::uint32_t reasons;
};

template <typename T>
Result<Indicator> Of(const Result<T>& result) {
  if (!result) return result.error();
  return result->indicator;
}

Expected RunOne(Module& module, const Keys& keys, std::uint64_t turn) {
  const ByteSpan message = AsBytes("0123456789abcdef");
  const Bytes iv(12, static_cast<std::uint8_t>(turn));
  switch (turn % 10) {
    case 0:
      return {Of(module.Mac(*keys.hmac, message)), 0};
    case 1:
      return {Of(module.Mac(*keys.weak, message)),
              Bits(Reason::kShortKey, Reason::kProviderIndicator, Reason::kKeyMadeNotApproved)};
    case 2:
      return {Of(module.EncryptWith(*keys.aes, {}, message)), 0};
    case 3:
      return {Of(module.EncryptWith(*keys.aes, {.iv = iv}, message)), Bits(Reason::kExternalIv)};
    case 4:
      return {Of(module.MacWith(*keys.aes, {.size = 6}, message)), Bits(Reason::kWeakParameters)};
    case 5:
      return {Of(module.Sign(*keys.ec, Scheme::kDefault, message)), 0};
    case 6:
      return {Of(module.Encapsulate(*keys.kem)), 0};
    case 7:
      return {Of(module.EncryptOaep(*keys.rsa, Scheme::kDefault, message)), 0};
    case 8:
      return {Of(module.GenerateKey({}, KeyId(), 1)), 0};
    default:
      return {Of(module.Hash(module::DigestAlgorithm::kSha3_256, message)), 0};
  }
}

struct Tally {
  std::atomic<std::uint64_t> operations{0};
  std::atomic<std::uint64_t> flagged{0};
  std::atomic<std::uint64_t> wrong{0};
};

void Mix(Module& module, const Keys& keys, std::chrono::seconds time, Tally& tally) {
  OnThreads(kThreads, time, [&](unsigned thread, std::uint64_t turn) {
    const auto [got, reasons] = RunOne(module, keys, turn + thread);
    if (!got || got->reasons != reasons || got->approved() != (reasons == 0)) ++tally.wrong;
    if (reasons != 0) ++tally.flagged;
    ++tally.operations;
    return true;
  });
}

Result<Figures> Mixed(const Place& place) {
  const auto module = TRY(Operational(place, Policy::kOn));
  const Keys keys = TRY(MakeKeys(*module));
  const std::uint64_t before = module->status().services_not_approved;
  Tally tally;
  Mix(*module, keys, place.time, tally);
  const std::uint64_t counted = module->status().services_not_approved - before;
  if (counted != tally.flagged) ++tally.wrong;
  return Figures{
      tally.wrong,
      {{"operations", tally.operations}, {"flagged", tally.flagged}, {"threads", kThreads}}};
}

Result<Figures> Periodic(const Place& place) {
  module::ModuleConfig config = ConfigOf(place, Policy::kOn);
  config.periodic_self_test = std::chrono::milliseconds(300);
  const auto module = TRY(Module::Start(config));
  TRY(module->UnsealEphemeral());
  const Keys keys = TRY(MakeKeys(*module));
  Tally tally;
  std::uint64_t runs = 0;
  std::uint64_t refused = 0;
  {
    const std::jthread timer([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const auto ran = module->RunPeriodicSelfTests(std::chrono::steady_clock::now());
        if (!ran) ++refused;
        if (ran && *ran) ++runs;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    });
    Mix(*module, keys, place.time, tally);
  }
  const bool operational = module->state() == module::State::kOperational;
  return Figures{tally.wrong + refused + (operational ? 0 : 1),
                 {{"periodic self-tests", runs}, {"operations meanwhile", tally.operations}}};
}

}  // namespace

const std::vector<Scenario>& LoadScenarios() {
  static const std::vector<Scenario> scenarios = {{"mixed", Mixed}, {"periodic", Periodic}};
  return scenarios;
}

}  // namespace vallum::soak
