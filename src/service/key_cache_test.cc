// SPDX-License-Identifier: Apache-2.0
#include "service/key_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace vallum::service {
namespace {

LoadedKeyRef Made(const std::string& name) {
  KeyRecord record;
  record.info.name = name;
  record.info.algorithm = module::Algorithm::kAes256Gcm;
  record.info.primary_version = 1;
  record.info.versions.push_back({1, KeyState::kActive, {}, {}});
  record.blobs.push_back({1});
  return std::make_shared<LoadedKey>(std::move(record),
                                     std::vector<StoredGrant>{{"zoe", 4}, {"bob", 2}});
}

TEST(KeyCacheTest, WhatWasInsertedIsFound) {
  KeyCache cache(100);
  const LoadedKeyRef key = Made("a");
  EXPECT_EQ(cache.Insert(key, cache.TakeTicket("a")), key);
  EXPECT_EQ(cache.Find("a"), key);
  EXPECT_EQ(cache.Find("b"), nullptr);
}

TEST(KeyCacheTest, TheFirstOfTwoInsertionsWins) {
  KeyCache cache(100);
  const auto ticket = cache.TakeTicket("a");
  const LoadedKeyRef first = cache.Insert(Made("a"), ticket);
  EXPECT_EQ(cache.Insert(Made("a"), ticket), first);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(KeyCacheTest, AnInvalidatedKeyIsGone) {
  KeyCache cache(100);
  cache.Insert(Made("a"), cache.TakeTicket("a"));
  cache.Invalidate("a");
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(KeyCacheTest, WhatWasReadBeforeAChangeDoesNotEnterAfterIt) {
  KeyCache cache(100);
  const auto ticket = cache.TakeTicket("a");
  cache.Invalidate("a");
  const LoadedKeyRef old = Made("a");
  EXPECT_EQ(cache.Insert(old, ticket), old);
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(KeyCacheTest, TheCacheStaysWithinItsCapacityAndKeepsWhatIsUsed) {
  KeyCache cache(160);
  cache.Insert(Made("used"), cache.TakeTicket("used"));
  for (int i = 0; i < 5000; ++i) {
    const std::string name = "key" + std::to_string(i);
    cache.Insert(Made(name), cache.TakeTicket(name));
    ASSERT_NE(cache.Find("used"), nullptr);
  }
  EXPECT_LE(cache.size(), 160u);
  EXPECT_GE(cache.size(), 100u);
}

TEST(KeyCacheTest, ThreadsMayDoEverythingAtOnce) {
  KeyCache cache(32);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 2000; ++i) {
        const std::string name = "key" + std::to_string((i * 7 + t) % 64);
        if (!cache.Find(name)) cache.Insert(Made(name), cache.TakeTicket(name));
        if (i % 50 == 0) cache.Invalidate(name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.size(), 32u);
}

TEST(LoadedKeyTest, AccessIsByOwnerAndGrant) {
  const LoadedKeyRef key = Made("a");
  EXPECT_EQ(key->AccessOf("bob").granted, 2u);
  EXPECT_EQ(key->AccessOf("zoe").granted, 4u);
  EXPECT_EQ(key->AccessOf("carl").granted, 0u);
  EXPECT_FALSE(key->AccessOf("bob").owner);
  EXPECT_TRUE(key->AccessOf("").owner);
}

TEST(LoadedKeyTest, AVersionThatDoesNotExistIsNotFound) {
  const LoadedKeyRef key = Made("a");
  ASSERT_TRUE(key->Version(0));
  EXPECT_EQ((*key->Version(0))->version, 1u);
  ASSERT_FALSE(key->Version(2));
  EXPECT_EQ(key->Version(2).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace vallum::service
