// SPDX-License-Identifier: Apache-2.0
#include "keystore/keystore_contract_test.h"

#include <rapidcheck/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

namespace vallum::keystore {
namespace {

std::vector<std::string> KeysOf(const std::vector<Entry>& entries) {
  std::vector<std::string> keys;
  for (const Entry& entry : entries) keys.push_back(entry.key);
  return keys;
}

std::vector<std::string> ListKeys(Keystore& store, std::string_view prefix,
                                  std::string_view after = "", std::size_t limit = 1000) {
  const auto entries = store.List(prefix, after, limit);
  EXPECT_TRUE(entries) << entries.error().ToString();
  return entries ? KeysOf(*entries) : std::vector<std::string>();
}

Status PutAll(Keystore& store, const std::vector<std::string>& keys) {
  Transaction transaction;
  for (const auto& key : keys) transaction.Put(key, Value(key));
  TRY(store.Commit(transaction));
  return {};
}

using Keys = std::vector<std::string>;

TEST_P(KeystoreContractTest, WhatWasPutIsThere) {
  const auto revision = store().Commit(Transaction().Put("key/1", Value("one")));
  ASSERT_TRUE(revision) << revision.error().ToString();
  const auto entry = store().Get("key/1");
  ASSERT_TRUE(entry) << entry.error().ToString();
  EXPECT_EQ(entry->key, "key/1");
  EXPECT_EQ(entry->value, Value("one"));
  EXPECT_EQ(entry->revision, *revision);
}

TEST_P(KeystoreContractTest, AMissingEntryIsNotFound) {
  const auto entry = store().Get("key/1");
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().code(), Code::kNotFound);
}

TEST_P(KeystoreContractTest, AnEmptyValueIsAValue) {
  ASSERT_TRUE(store().Commit(Transaction().Put("a", {})));
  const auto entry = store().Get("a");
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->value.empty());
}

TEST_P(KeystoreContractTest, KeysAndValuesAreBytesNotText) {
  const std::string key("a\0b\xff", 4);
  ASSERT_TRUE(store().Commit(Transaction().Put(key, {0, 0xff, 0})));
  EXPECT_EQ(store().Get(key)->value, (Bytes{0, 0xff, 0}));
  EXPECT_FALSE(store().Get("a"));
}

TEST_P(KeystoreContractTest, EveryChangeRaisesTheRevision) {
  const auto first = store().Commit(Transaction().Put("a", Value("1")));
  const auto second = store().Commit(Transaction().Put("a", Value("1")));
  ASSERT_TRUE(first && second);
  EXPECT_GT(*first, 0u);
  EXPECT_GT(*second, *first);
}

TEST_P(KeystoreContractTest, ADeletedEntryComesBackWithAHigherRevision) {
  const auto first = store().Commit(Transaction().Put("a", Value("1")));
  ASSERT_TRUE(store().Commit(Transaction().Delete("a")));
  EXPECT_FALSE(store().Get("a"));
  const auto second = store().Commit(Transaction().Put("a", Value("1")));
  ASSERT_TRUE(first && second);
  EXPECT_GT(*second, *first + 1);
}

TEST_P(KeystoreContractTest, DeletingWhatIsNotThereIsFine) {
  EXPECT_TRUE(store().Commit(Transaction().Delete("a")));
}

TEST_P(KeystoreContractTest, RequireAbsentHoldsOnlyWhileAbsent) {
  ASSERT_TRUE(store().Commit(Transaction().RequireAbsent("a").Put("a", Value("1"))));
  const auto again = store().Commit(Transaction().RequireAbsent("a").Put("a", Value("2")));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Code::kConflict);
  EXPECT_NE(again.error().message().find("\"a\""), std::string::npos);
  EXPECT_EQ(store().Get("a")->value, Value("1"));
}

TEST_P(KeystoreContractTest, RequireRevisionIsCompareAndSet) {
  const auto first = store().Commit(Transaction().Put("a", Value("1")));
  ASSERT_TRUE(first);
  const auto set = Transaction().RequireRevision("a", *first).Put("a", Value("2"));
  EXPECT_TRUE(store().Commit(set));
  const auto again = store().Commit(set);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Code::kConflict);
}

TEST_P(KeystoreContractTest, AFailedConditionUndoesEverything) {
  ASSERT_TRUE(store().Commit(Transaction().Put("taken", Value("1"))));
  ASSERT_FALSE(store().Commit(Transaction()
                                  .RequireAbsent("free")
                                  .RequireAbsent("taken")
                                  .Put("free", Value("2"))
                                  .Delete("taken")));
  EXPECT_FALSE(store().Get("free"));
  EXPECT_TRUE(store().Get("taken"));
}

TEST_P(KeystoreContractTest, ListIsInByteOrderWithinThePrefix) {
  ASSERT_TRUE(PutAll(store(), {"k/b", "k/a", "k", "k/", "k0", "j/z", "k/\xff", "l"}));
  EXPECT_EQ(ListKeys(store(), "k/"), (Keys{"k/", "k/a", "k/b", "k/\xff"}));
}

TEST_P(KeystoreContractTest, ListWithAnEmptyPrefixIsEverything) {
  ASSERT_TRUE(PutAll(store(), {"b", "a", "\xff\xff"}));
  EXPECT_EQ(ListKeys(store(), ""), (Keys{"a", "b", "\xff\xff"}));
}

TEST_P(KeystoreContractTest, APrefixOfHighBytesHasNoEnd) {
  ASSERT_TRUE(PutAll(store(), {"a", "\xff", "\xff\xff", std::string(512, '\xff')}));
  EXPECT_EQ(ListKeys(store(), "\xff").size(), 3u);
}

TEST_P(KeystoreContractTest, ListPagesByAfterAndLimit) {
  ASSERT_TRUE(PutAll(store(), {"k/1", "k/2", "k/3", "k/4"}));
  EXPECT_EQ(ListKeys(store(), "k/", "", 2), (Keys{"k/1", "k/2"}));
  EXPECT_EQ(ListKeys(store(), "k/", "k/2", 2), (Keys{"k/3", "k/4"}));
  EXPECT_EQ(ListKeys(store(), "k/", "k/4", 2), Keys());
  EXPECT_EQ(ListKeys(store(), "k/", "a", 1), (Keys{"k/1"}));
}

TEST_P(KeystoreContractTest, ListWithLimitZeroIsEmpty) {
  ASSERT_TRUE(PutAll(store(), {"a"}));
  EXPECT_EQ(ListKeys(store(), "", "", 0), Keys());
}

TEST_P(KeystoreContractTest, TheLargestKeyAndValueFit) {
  const std::string key(kMaxKeySize, 'k');
  ASSERT_TRUE(store().Commit(Transaction().Put(key, Bytes(kMaxValueSize, 7))));
  EXPECT_EQ(store().Get(key)->value.size(), kMaxValueSize);
}

TEST_P(KeystoreContractTest, LargerOnesAreRefused) {
  const Transaction refused[] = {
      Transaction().Put(std::string(kMaxKeySize + 1, 'k'), {}),
      Transaction().Put("", {}),
      Transaction().RequireAbsent("").Put("a", {}),
      Transaction().Put("a", Bytes(kMaxValueSize + 1)),
      Transaction().Put("a", {}).Delete("a"),
      Transaction().RequireAbsent("a"),
  };
  for (const auto& transaction : refused) {
    const auto revision = store().Commit(transaction);
    ASSERT_FALSE(revision);
    EXPECT_EQ(revision.error().code(), Code::kInvalidArgument);
  }
  EXPECT_FALSE(store().Get("a"));
}

Status IncrementOnce(Keystore& store) {
  while (true) {
    const Entry entry = TRY(store.Get("counter"));
    const std::string next = std::to_string(std::stoi(std::string(AsText(entry.value))) + 1);
    const auto revision = store.Commit(
        Transaction().RequireRevision("counter", entry.revision).Put("counter", Value(next)));
    if (revision) return {};
    if (revision.error().code() != Code::kConflict) return revision.error();
  }
}

TEST_P(KeystoreContractTest, EightThreadsCountWithoutLosingOne) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  ASSERT_TRUE(store().Commit(Transaction().Put("counter", Value("0"))));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < kEach; ++n) EXPECT_TRUE(IncrementOnce(store()));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(AsText(store().Get("counter")->value), std::to_string(kThreads * kEach));
}

TEST_P(KeystoreContractTest, OnlyOneOfManyTakesAName) {
  std::atomic<int> winners = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (store().Commit(Transaction().RequireAbsent("name").Put("name", {}))) ++winners;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(winners, 1);
}

using Model = std::map<std::string, std::pair<Bytes, Revision>>;

void CompareWithModel(Keystore& store, const Model& model) {
  const auto entries = store.List("", "", 10000);
  RC_ASSERT(entries.has_value());
  RC_ASSERT(entries->size() == model.size());
  auto expected = model.begin();
  for (const Entry& entry : *entries) {
    RC_ASSERT(entry.key == expected->first);
    RC_ASSERT(std::pair(entry.value, entry.revision) == expected->second);
    ++expected;
  }
}

// One random transaction on a few keys, against both.
void StepBoth(Keystore& store, Model& model) {
  const auto pick = [] { return "key/" + std::to_string(*rc::gen::inRange(0, 8)); };
  const auto known = [&](const std::string& key) {
    const auto found = model.find(key);
    return found == model.end() ? Revision{0} : found->second.second;
  };
  Transaction transaction;
  const std::string condition = pick();
  const bool wanted = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
  transaction.RequireRevision(condition, wanted ? known(condition) : known(condition) + 1);
  std::map<std::string, std::optional<Bytes>> writes;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    std::optional<Bytes>& write = writes[pick()];
    if (*rc::gen::arbitrary<bool>()) write = *rc::gen::arbitrary<Bytes>();
  }
  Model after = model;
  for (const auto& [key, value] : writes) {
    if (value) transaction.Put(key, *value);
    if (!value) transaction.Delete(key);
  }
  const auto revision = store.Commit(transaction);
  RC_ASSERT(revision.has_value() == wanted);
  if (!wanted) return;
  for (const auto& [key, value] : writes) {
    if (value) after[key] = {*value, *revision};
    if (!value) after.erase(key);
  }
  model = std::move(after);
}

TEST_P(KeystoreContractTest, AgreesWithAMapOnRandomTransactions) {
  Model model;
  const bool held = rc::check([&] {
    ASSERT_TRUE(PutAll(store(), {"reset"}));
    for (const auto& key : ListKeys(store(), "")) {
      ASSERT_TRUE(store().Commit(Transaction().Delete(key)));
    }
    model.clear();
    for (int i = *rc::gen::inRange(1, 12); i > 0; --i) StepBoth(store(), model);
    CompareWithModel(store(), model);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace vallum::keystore
