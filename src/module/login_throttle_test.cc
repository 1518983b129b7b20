// SPDX-License-Identifier: Apache-2.0
// Requirement: auth-rate
#include "module/login_throttle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <vector>

namespace vallum::module {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr LoginThrottle::Time kStart{std::chrono::hours(1)};

TEST(LoginThrottleTest, LetsAtMostTenThroughInAnyMinuteOfADayOfGuessing) {
  LoginThrottle throttle;
  std::vector<LoginThrottle::Time> admitted;
  for (LoginThrottle::Time now = kStart; now < kStart + std::chrono::hours(24);
       now += milliseconds(500)) {
    if (throttle.Admit(now) == LoginThrottle::Duration::zero()) admitted.push_back(now);
  }
  for (std::size_t i = kAttemptsPerMinute; i < admitted.size(); ++i) {
    EXPECT_GE(admitted[i] - admitted[i - kAttemptsPerMinute], minutes(1));
  }
  EXPECT_GT(admitted.size(), 100u) << "a patient owner is not locked out";
}

TEST(LoginThrottleTest, LetsAtMostTenThroughInAMinuteThoughAllSucceed) {
  LoginThrottle throttle;
  int admitted = 0;
  for (int i = 0; i < 100; ++i) {
    if (throttle.Admit(kStart + milliseconds(i)) == LoginThrottle::Duration::zero()) ++admitted;
    throttle.Succeed();
  }
  EXPECT_EQ(admitted, 10);
  EXPECT_EQ(throttle.Admit(kStart + minutes(1)), LoginThrottle::Duration::zero());
}

TEST(LoginThrottleTest, ThePauseDoublesAndASuccessEndsIt) {
  EXPECT_EQ(LoginThrottle::PauseAfter(2), seconds(0));
  EXPECT_EQ(LoginThrottle::PauseAfter(3), seconds(1));
  EXPECT_EQ(LoginThrottle::PauseAfter(5), seconds(4));
  EXPECT_EQ(LoginThrottle::PauseAfter(1000), seconds(64));
  LoginThrottle throttle;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(throttle.Admit(kStart), seconds(0));
  EXPECT_EQ(throttle.Admit(kStart), seconds(1));
  throttle.Succeed();
  EXPECT_EQ(throttle.Admit(kStart), seconds(0));
}

// SP 800-140E: 1 in 10^6 for one attempt, 1 in 10^5 for all of a minute.
TEST(LoginThrottleTest, TheStrengthOfAuthenticationIsWithinTheBounds) {
  std::printf(
      "passphrase of %zu decimal digits: %.1e a guess (bound 1e-6), %.1e a minute "
      "(bound 1e-5: %zu guesses a name, %zu names at once)\n",
      kLeastPassphrase, kGuess, kGuessInAMinute, kAttemptsPerMinute, kThrottles);
  const double signature = std::exp2(-128.0);
  const double verifications = 60.0 * 1e6;
  std::printf("signature: %.1e a guess, %.1e a minute at a million verifications a second\n",
              signature, signature * verifications);
  EXPECT_DOUBLE_EQ(kPassphraseSpace, std::pow(10.0, kLeastPassphrase));
  EXPECT_LE(kGuess, 1e-6);
  EXPECT_LE(kGuessInAMinute, 1e-5);
  EXPECT_LE(signature * verifications, 1e-5);
}

}  // namespace
}  // namespace vallum::module
