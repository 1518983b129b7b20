// SPDX-License-Identifier: Apache-2.0
// Eight threads that create, rotate, use and destroy keys at once.
#include <mutex>
#include <set>
#include <thread>

#include "service/ciphertext.h"
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using module::Algorithm;

constexpr int kThreads = 8;

class ServiceConcurrencyTest : public ServiceFixture {
 protected:
  void InThreads(const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(ServiceConcurrencyTest, EveryNameGoesToExactlyOneCreator) {
  std::atomic<int> made{0};
  InThreads([&](int) {
    for (int i = 0; i < 10; ++i) {
      CreateKeyRequest request;
      request.name = "k" + std::to_string(i);
      request.algorithm = Algorithm::kAes256Gcm;
      const auto result = service_->CreateKey(Admin(), request);
      made += result.has_value();
      if (!result) {
        EXPECT_THAT(result, IsError(Code::kAlreadyExists));
      }
    }
  });
  EXPECT_EQ(made, 10);
  EXPECT_EQ(service_->ListKeys(Admin(), "", "", 100)->keys.size(), 10u);
}

TEST_F(ServiceConcurrencyTest, NoRotationIsLost) {
  MakeKey("a", Algorithm::kAes256Gcm);
  InThreads([&](int) {
    for (int i = 0; i < 5; ++i) EXPECT_THAT(service_->RotateKey(Admin(), "a"), IsOk());
  });
  EXPECT_EQ(service_->ShowKey(Admin(), "a")->primary_version, 1u + kThreads * 5);
}

TEST_F(ServiceConcurrencyTest, WhatIsEncryptedWhileKeysRotateDecrypts) {
  MakeKey("a", Algorithm::kAes256Gcm);
  InThreads([&](int thread) {
    for (int i = 0; i < 100; ++i) {
      if (thread == 0 && i % 20 == 0) {
        EXPECT_THAT(service_->RotateKey(Admin(), "a"), IsOk());
      }
      const auto sealed = EncryptOne("a", "x");
      ASSERT_THAT(sealed, IsOk());
      EXPECT_EQ(DecryptOne("a", sealed->ciphertext), "x");
    }
  });
}

TEST_F(ServiceConcurrencyTest, ReservationsOfManyThreadsNeverOverlap) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  constexpr int kEach = 700;
  InThreads([&](int) {
    for (int i = 0; i < kEach; ++i) ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  });
  const auto entry = store_->Get(entry::Gcm(ToString(key.id), 1));
  ASSERT_THAT(entry, IsOk());
  EXPECT_GE(*DecodeNumber(AsText(entry->value)), std::uint64_t{kThreads * kEach});
}

TEST_F(ServiceConcurrencyTest, AfterADestructionIsAcknowledgedNobodyDecrypts) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes sealed = EncryptOne("a", "x")->ciphertext;
  std::atomic<bool> acknowledged{false};
  std::atomic<int> late{0};
  InThreads([&](int thread) {
    if (thread == 0) {
      std::this_thread::yield();
      ASSERT_THAT(service_->SetKeyState(Admin(), {"a"}, KeyState::kDestroyed), IsOk());
      acknowledged = true;
      return;
    }
    for (int i = 0; i < 300; ++i) {
      const bool before = acknowledged;
      const auto plaintext = DecryptOne("a", sealed);
      late += before && plaintext.has_value();
    }
  });
  EXPECT_EQ(late, 0);
}

TEST_F(ServiceConcurrencyTest, AllWorksWithACacheThatHoldsAlmostNothing) {
  Close();
  cache_capacity_ = 1;
  Open();
  for (int i = 0; i < 40; ++i) MakeKey("k" + std::to_string(i), Algorithm::kAes256Gcm);
  InThreads([&](int thread) {
    for (int i = 0; i < 40; ++i) {
      const std::string name = "k" + std::to_string((i * 7 + thread) % 40);
      const auto sealed = EncryptOne(name, "x");
      ASSERT_THAT(sealed, IsOk());
      EXPECT_EQ(DecryptOne(name, sealed->ciphertext), "x");
    }
  });
}

TEST_F(ServiceConcurrencyTest, EveryAcknowledgedCallHasItsRecord) {
  MakeKey("ec", Algorithm::kEcP256);
  std::mutex mutex;
  std::set<RequestId> acknowledged;
  InThreads([&](int thread) {
    for (int i = 0; i < 20; ++i) {
      const Caller caller = Admin();
      CreateKeyRequest request;
      request.name = "k" + std::to_string(thread) + "-" + std::to_string(i);
      request.algorithm = Algorithm::kAes256Gcm;
      const bool ok = i % 2 == 0 ? service_->CreateKey(caller, request).has_value()
                                 : SignOne(caller, "ec", "m").has_value();
      const std::lock_guard lock(mutex);
      if (ok) acknowledged.insert(caller.request);
    }
  });
  for (const audit::Record& record : Records()) acknowledged.erase(record.request);
  EXPECT_TRUE(acknowledged.empty());
}

}  // namespace
}  // namespace vallum::service
