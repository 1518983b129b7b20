// SPDX-License-Identifier: Apache-2.0
#include "ossl/gcm_sequence.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

using Iv = std::array<std::uint8_t, kGcmIvSize>;

std::unique_ptr<GcmKey> NewKey() {
  auto key = GcmKey::Create(TestContext(), Bytes(32, 7));
  EXPECT_THAT(key, IsOk());
  return *std::move(key);
}

Iv NextIv(const GcmKey& key) {
  Iv iv{};
  std::array<std::uint8_t, 1> out{};
  std::array<std::uint8_t, kGcmTagSize> tag{};
  EXPECT_THAT(key.Encrypt(AsBytes("x"), {}, {iv, out, tag}), IsOk());
  return iv;
}

// The 96-bit incrementing function of SP 800-38D, 6.2.
Iv Successor(Iv iv) {
  for (std::size_t i = iv.size(); i > 0 && ++iv[i - 1] == 0; --i) {
  }
  return iv;
}

// Requirement: gcm-iv
TEST(GcmSequenceTest, EachIvIsTheSuccessorOfTheOneBefore) {
  const auto key = NewKey();
  Iv before = NextIv(*key);
  for (int i = 0; i < 1000; ++i) {
    const Iv iv = NextIv(*key);
    ASSERT_EQ(iv, Successor(before));
    before = iv;
  }
}

TEST(GcmSequenceTest, WhatItEncryptsDecryptsUnderTheIvThatItSays) {
  const auto key = NewKey();
  for (const std::size_t size : {0u, 1u, 16u, 1000u, 100'000u}) {
    const Bytes plaintext(size, 9);
    Bytes ciphertext(size), back(size), tag(kGcmTagSize);
    Iv iv{};
    ASSERT_THAT(key->Encrypt(plaintext, AsBytes("aad"), {iv, ciphertext, tag}), IsOk());
    ASSERT_THAT(key->Decrypt(iv, ciphertext, tag, AsBytes("aad"), back), IsOk()) << size;
    EXPECT_EQ(back, plaintext);
    EXPECT_TRUE(size == 0 || ciphertext != plaintext);
  }
}

TEST(GcmSequenceTest, AFullSequenceIsFollowedByAnotherDirectRandomString) {
  const auto key = NewKey();
  const Iv first = NextIv(*key);
  Iv last = first;
  for (std::uint32_t i = 1; i < kGcmSequenceLength; ++i) last = NextIv(*key);
  const Iv next = NextIv(*key);
  EXPECT_TRUE(std::equal(last.begin(), last.begin() + 8, first.begin())) << "counted on";
  EXPECT_NE(next, Successor(last));
  EXPECT_FALSE(std::equal(next.begin(), next.begin() + 8, last.begin()))
      << "eight bytes drawn anew";
}

TEST(GcmSequenceTest, EveryKeyBeginsSomewhereElse) {
  std::set<std::array<std::uint8_t, 8>> starts;
  for (int i = 0; i < 200; ++i) {
    const Iv iv = NextIv(*NewKey());
    std::array<std::uint8_t, 8> head{};
    std::copy_n(iv.begin(), head.size(), head.begin());
    starts.insert(head);
  }
  EXPECT_EQ(starts.size(), 200u);
}

// More threads than a key has slots, so that some share sequences.
TEST(GcmSequenceTest, NoIvComesTwiceFromThreadsSideBySide) {
  const auto key = NewKey();
  std::vector<std::vector<Iv>> made(16);
  {
    std::vector<std::jthread> threads;
    threads.reserve(made.size());
    for (auto& ivs : made) {
      threads.emplace_back([&key, &ivs] {
        for (int i = 0; i < 10'000; ++i) ivs.push_back(NextIv(*key));
      });
    }
  }
  std::set<Iv> all;
  for (const auto& ivs : made) all.insert(ivs.begin(), ivs.end());
  EXPECT_EQ(all.size(), made.size() * 10'000);
}

TEST(GcmSequenceTest, ThreadsThatComeAndGoNeverRepeatAnIv) {
  const auto key = NewKey();
  std::set<Iv> all;
  for (int round = 0; round < 500; ++round) {
    std::vector<Iv> ivs;
    std::jthread([&] { ivs = {NextIv(*key), NextIv(*key)}; }).join();
    all.insert(ivs.begin(), ivs.end());
  }
  EXPECT_EQ(all.size(), 1000u);
}

// A copy of the process has the same state; that no fork handler ran must not matter.
TEST(GcmSequenceTest, ACopyOfTheProcessDoesNotGoOnWithTheSameIvs) {
  const auto key = NewKey();
  const Iv before = NextIv(*key);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const auto child = static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0));
  if (child == 0) {
    const Iv iv = NextIv(*key);
    _exit(write(ends[1], iv.data(), iv.size()) == static_cast<ssize_t>(iv.size()) ? 0 : 1);
  }
  Iv theirs{};
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), static_cast<ssize_t>(theirs.size()));
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  const Iv ours = NextIv(*key);
  EXPECT_EQ(ours, Successor(before));
  EXPECT_NE(theirs, ours);
  EXPECT_FALSE(std::equal(theirs.begin(), theirs.begin() + 8, ours.begin()));
  close(ends[0]);
  close(ends[1]);
}

TEST(GcmSequenceTest, DoesNotBeginWhereTheProvidersCounterWouldOverflow) {
  Iv iv{};
  EXPECT_TRUE(HasRoomForSequence(iv));
  iv.fill(0xff);
  EXPECT_FALSE(HasRoomForSequence(iv));
  iv[3] = 0;  // a byte that the provider does not count
  EXPECT_FALSE(HasRoomForSequence(iv));
  iv[11] = iv[10] = 0;  // the sequence itself runs through these
  EXPECT_FALSE(HasRoomForSequence(iv));
  iv[9] = 0xfe;
  EXPECT_TRUE(HasRoomForSequence(iv));
}

}  // namespace
}  // namespace vallum::ossl
