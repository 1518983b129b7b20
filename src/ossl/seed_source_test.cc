// SPDX-License-Identifier: Apache-2.0
#include "ossl/seed_source.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <atomic>
#include <thread>

#include "ossl/digest.h"
#include "ossl/random.h"
#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

using testing::Each;
using testing::Eq;
using testing::Not;

// Bytes that are the same in every run, counted.
class CountingFeed final : public SeedFeed {
 public:
  explicit CountingFeed(std::uint8_t first) : next_(first) {}
  bool Fill(MutableByteSpan out) override {
    ++calls;
    bytes += out.size();
    if (failing) return false;
    for (std::uint8_t& byte : out) byte = next_ = static_cast<std::uint8_t>(next_ * 5 + 1);
    return true;
  }
  bool Working() override { return !stopped; }
  std::size_t Extra(MutableByteSpan) override { return 0; }

  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<bool> failing{false};
  std::atomic<bool> stopped{false};

 private:
  std::uint8_t next_;
};

// The feed is borrowed: in these tests it outlives the context.
Result<ContextRef> LoadWith(SeedFeed& feed) {
  LoadOptions options = TestOptions();
  options.seed = std::shared_ptr<SeedFeed>(std::shared_ptr<void>(), &feed);
  return LibraryContext::Load(options);
}

struct Drawn {
  std::array<std::uint8_t, 32> open{};
  SecretBytes secret;
};

Drawn Draw(LibraryContext& context) {
  Drawn drawn;
  EXPECT_THAT(Random(context, drawn.open), IsOk());
  drawn.secret = RandomSecret(context, 32).value();
  return drawn;
}

// A DRBG is a function of its seeds: were one byte of them from elsewhere, these outputs would
// differ. Requirement: drbg
TEST(SeedSourceTest, EverySeedOfTheProviderComesFromTheFeed) {
  CountingFeed one(7);
  CountingFeed same(7);
  CountingFeed other(8);
  const ContextRef first = LoadWith(one).value();
  const ContextRef second = LoadWith(same).value();
  const ContextRef third = LoadWith(other).value();
  const Drawn a = Draw(*first);
  const Drawn b = Draw(*second);
  const Drawn c = Draw(*third);
  EXPECT_EQ(a.open, b.open);
  EXPECT_TRUE(a.secret == b.secret);
  EXPECT_NE(a.open, c.open);
  EXPECT_FALSE(a.secret == c.secret);
  EXPECT_FALSE(a.secret == SecretBytes::CopyOf(a.open).value());
}

TEST(SeedSourceTest, OneThreadMoreTakesTwoSeedsMoreFromTheRootAndNoneFromTheFeed) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  EXPECT_EQ(feed.calls, 1u);
  EXPECT_GE(feed.bytes, 48u) << "384 bits: entropy and nonce of a CTR_DRBG of strength 256";
  Draw(*context);
  const std::uint64_t before = context->seeds()->bytes_to_generators();
  std::thread([&] {
    Draw(*context);
    OPENSSL_thread_stop_ex(context->get());
  }).join();
  EXPECT_EQ(context->seeds()->bytes_to_generators(), before + 2 * 48);
  EXPECT_EQ(feed.calls, 1u);
}

TEST(SeedSourceTest, ThreadsDrawDifferentBytes) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  const Drawn here = Draw(*context);
  Drawn there;
  std::thread([&] {
    there = Draw(*context);
    OPENSSL_thread_stop_ex(context->get());
  }).join();
  EXPECT_NE(here.open, there.open);
  EXPECT_FALSE(here.secret == there.secret);
}

TEST(SeedSourceTest, RootIsReseededFromTheFeed) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  constexpr int kRootInterval = 256;
  for (int i = 0; i <= kRootInterval; ++i) {
    ASSERT_EQ(EVP_RAND_reseed(RAND_get0_primary(context->get()), 0, nullptr, 0, nullptr, 0), 1);
  }
  EXPECT_GE(feed.calls, 2u);
}

TEST(SeedSourceTest, FeedThatFailsAtTheStartLetsNoContextLoad) {
  CountingFeed feed(1);
  feed.failing = true;
  EXPECT_THAT(LoadWith(feed), IsError(Code::kEntropy));
}

// Requirement: entropy-fault
TEST(SeedSourceTest, FeedThatFailsLaterGivesNoBytesToANewThread) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  feed.stopped = true;
  std::thread([&] {
    std::array<std::uint8_t, 32> out{};
    EXPECT_THAT(Random(*context, out), IsError(Code::kEntropy));
    EXPECT_THAT(out, Each(Eq(0)));
    EXPECT_THAT(RandomSecret(*context, 32), IsError(Code::kEntropy));
    feed.stopped = false;
    EXPECT_THAT(Random(*context, out), IsOk()) << "a generator without a seed must ask again";
    EXPECT_THAT(out, Not(Each(Eq(0))));
    OPENSSL_thread_stop_ex(context->get());
  }).join();
}

// SP 800-90A, table 3: at most 2^16 bytes a request.
// Requirement: drbg
TEST(DrbgLimitsTest, RequestAboveTheLimitIsSplitByLibcryptoAndRefusedByTheGenerator) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  constexpr std::size_t kLimit = 1 << 16;
  Bytes out(kLimit + 1);
  EXPECT_THAT(Random(*context, out), IsOk());
  EXPECT_THAT(ByteSpan(out).last(64), Not(Each(Eq(0))));

  evp_rand_ctx_st* generator = RAND_get0_primary(context->get());
  std::size_t most = 0;
  OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_RAND_PARAM_MAX_REQUEST, &most),
                         OSSL_PARAM_construct_end()};
  ASSERT_EQ(EVP_RAND_CTX_get_params(generator, params), 1);
  EXPECT_EQ(most, kLimit);
}

// Requirement: drbg
TEST(DrbgLimitsTest, GeneratorReseedsItselfAfterItsInterval) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  std::array<std::uint8_t, 16> out;
  ASSERT_THAT(Random(*context, out), IsOk());
  const std::uint64_t before = context->seeds()->bytes_to_generators();
  constexpr int kInterval = 1 << 16;
  for (int i = 2; i < kInterval; ++i) ASSERT_TRUE(Random(*context, out));
  EXPECT_EQ(context->seeds()->bytes_to_generators(), before);
  ASSERT_THAT(Random(*context, out), IsOk());
  EXPECT_GT(context->seeds()->bytes_to_generators(), before);
}

// Requirement: drbg
TEST(DrbgLimitsTest, UninstantiatedGeneratorIsWiped) {
  CountingFeed feed(1);
  const ContextRef context = LoadWith(feed).value();
  evp_rand_ctx_st* generator = RAND_get0_primary(context->get());
  ASSERT_EQ(EVP_RAND_get_state(generator), EVP_RAND_STATE_READY);
  EXPECT_EQ(EVP_RAND_verify_zeroization(generator), 0);
  ASSERT_EQ(EVP_RAND_uninstantiate(generator), 1);
  EXPECT_EQ(EVP_RAND_verify_zeroization(generator), 1);
  EXPECT_EQ(EVP_RAND_get_state(generator), EVP_RAND_STATE_UNINITIALISED);
}

}  // namespace
}  // namespace vallum::ossl
