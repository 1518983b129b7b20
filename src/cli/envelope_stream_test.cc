// SPDX-License-Identifier: Apache-2.0
// Envelopes with a real module, and the data key entered by the test instead of fetched.
#include "cli/envelope_stream.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "base/test_matchers.h"
#include "cli/envelope.h"

namespace vallum::cli {
namespace {

constexpr std::uint32_t kChunk = kEnvelopeMinChunkSize;

module::Module& TestModule() {
  static const std::unique_ptr<module::Module> module = [] {
    const std::filesystem::path provider = VALLUM_FIPS_MODULE;
    module::ModuleConfig config;
    config.provider_path = provider;
    config.profile = module::LoadProfile(provider.parent_path() / "fips-profile.toml").value();
    auto started = module::Module::Start(config);
    EXPECT_THAT(started, IsOk());
    EXPECT_THAT((*started)->UnsealEphemeral(), IsOk());
    return *std::move(started);
  }();
  return *module;
}

class EnvelopeStreamTest : public testing::Test {
 protected:
  EnvelopeStreamTest() {
    const SecretBytes material =
        SecretBytes::CopyOf(AsBytes("0123456789abcdef0123456789abcdef")).value();
    const module::KeySpec spec{.algorithm = module::Algorithm::kAes256Gcm,
                               .usages = module::Usage::kEncrypt | module::Usage::kDecrypt};
    key_ = TestModule().EnterKey(spec, material).value().value;
    EXPECT_THAT(TestModule().GrantInvocations(*key_, 0, 1u << 20), IsOk());
  }

  std::filesystem::path File(std::string_view name) const { return folder_.path() / name; }

  Bytes Write(std::string_view name, const Bytes& content) {
    EXPECT_THAT(WriteOutputFile(File(name), content, 0600), IsOk());
    return content;
  }

  // Seals `plaintext` into the file "envelope" and returns the bytes.
  Bytes Seal(const Bytes& plaintext) {
    Write("plain", plaintext);
    const Bytes header =
        EncodeEnvelopeHeader(
            {.chunk_size = kChunk, .key_version = 1, .key_name = "k", .wrapped_key = {1, 2, 3}})
            .value();
    const FileDescriptor input = OpenInput(File("plain")).value();
    OutputFile output = OutputFile::Create(File("envelope"), 0600).value();
    EXPECT_THAT(SealStream({.module = TestModule(),
                            .data_key = *key_,
                            .header = header,
                            .chunk_size = kChunk,
                            .input = input.get(),
                            .output = output,
                            .progress = {}}),
                IsOk());
    EXPECT_THAT(output.Commit(), IsOk());
    return ReadFile(File("envelope")).value();
  }

  // Opens an envelope as `vallum decrypt` does, into the file "opened", which exists only on success.
  Result<Bytes> Open(const Bytes& envelope) {
    std::filesystem::remove(File("opened"));
    Write("envelope", envelope);
    const FileDescriptor input = TRY(OpenInput(File("envelope")));
    Bytes front(kEnvelopeMaxHeaderSize);
    front.resize(TRY(ReadFully(input.get(), front)));
    const ParsedEnvelopeHeader parsed = TRY(ParseEnvelopeHeader(front));
    OutputFile output = TRY(OutputFile::Create(File("opened"), 0600));
    TRY(OpenStream({.module = TestModule(),
                    .data_key = *key_,
                    .header = ByteSpan(front).first(parsed.size),
                    .chunk_size = parsed.header.chunk_size,
                    .input = input.get(),
                    .output = output,
                    .progress = {}},
                   ByteSpan(front).subspan(parsed.size)));
    TRY(output.Commit());
    return ReadFile(File("opened"));
  }

  void ExpectRefused(const Bytes& envelope, const std::string& what) {
    auto opened = Open(envelope);
    ASSERT_FALSE(opened.has_value()) << what;
    const Code code = opened.error().code();
    EXPECT_TRUE(code == Code::kVerifyFailed || code == Code::kIntegrity ||
                code == Code::kUnsupported)
        << what << ": " << opened.error().ToString();
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      ++files;
      EXPECT_TRUE(entry.path().filename() == "plain" || entry.path().filename() == "envelope")
          << what << " left " << entry.path();
    }
    EXPECT_LE(files, 2u);
  }

  static Bytes Pattern(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    return out;
  }

  // An envelope taken apart at its boundaries: the header, then each sealed chunk.
  static std::vector<Bytes> Parts(const Bytes& envelope) {
    const std::size_t header = ParseEnvelopeHeader(envelope).value().size;
    std::vector<Bytes> parts = {
        Bytes(envelope.begin(), envelope.begin() + static_cast<std::ptrdiff_t>(header))};
    for (std::size_t at = header; at < envelope.size(); at += kChunk + kEnvelopeChunkOverhead) {
      const std::size_t end =
          std::min<std::size_t>(at + kChunk + kEnvelopeChunkOverhead, envelope.size());
      parts.emplace_back(envelope.begin() + static_cast<std::ptrdiff_t>(at),
                         envelope.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return parts;
  }

  static Bytes Whole(const std::vector<Bytes>& parts) {
    Bytes out;
    for (const Bytes& part : parts) Append(out, part);
    return out;
  }

  ScratchFolder folder_;
  module::KeyRef key_;
};

TEST_F(EnvelopeStreamTest, EverySizeAroundTheChunkSizeComesBackTheSame) {
  for (std::size_t size : {0u, 1u, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk, 5 * kChunk + 17}) {
    const Bytes plaintext = Pattern(size);
    EXPECT_THAT(Open(Seal(plaintext)), IsOkAnd(plaintext)) << size;
  }
}

TEST_F(EnvelopeStreamTest, LayoutIsTheHeaderThenChunksWithoutGaps) {
  const std::vector<Bytes> parts = Parts(Seal(Pattern(2 * kChunk + 5)));
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[1].size(), kChunk + kEnvelopeChunkOverhead);
  EXPECT_EQ(parts[3].size(), 5 + kEnvelopeChunkOverhead);
}

TEST_F(EnvelopeStreamTest, SealingTheSameFileTwiceSharesNoChunk) {
  const Bytes plaintext = Pattern(100);
  EXPECT_NE(Parts(Seal(plaintext))[1], Parts(Seal(plaintext))[1]);
}

TEST_F(EnvelopeStreamTest, EveryFlippedByteIsRefusedAndLeavesNoFile) {
  const Bytes envelope = Seal(Pattern(40));
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    Bytes altered = envelope;
    altered[i] ^= 0x01;
    ExpectRefused(altered, "byte " + std::to_string(i));
  }
}

TEST_F(EnvelopeStreamTest, TruncationAtEveryBoundaryIsRefused) {
  const Bytes envelope = Seal(Pattern(3 * kChunk));
  const std::vector<Bytes> parts = Parts(envelope);
  std::size_t boundary = 0;
  for (const Bytes& part : parts) {
    for (int step : {-1, 0, 1, 12, 28}) {
      const std::int64_t size = static_cast<std::int64_t>(boundary) + step;
      if (size < 0 || size >= static_cast<std::int64_t>(envelope.size())) continue;
      ExpectRefused(Bytes(envelope.begin(), envelope.begin() + size),
                    "cut to " + std::to_string(size));
    }
    boundary += part.size();
  }
}

TEST_F(EnvelopeStreamTest, ReorderedRepeatedAndDroppedChunksAreRefused) {
  const std::vector<Bytes> parts = Parts(Seal(Pattern(3 * kChunk)));
  ASSERT_EQ(parts.size(), 4u);
  ExpectRefused(Whole({parts[0], parts[2], parts[1], parts[3]}), "swapped");
  ExpectRefused(Whole({parts[0], parts[1], parts[1], parts[2], parts[3]}), "repeated");
  ExpectRefused(Whole({parts[0], parts[2], parts[3]}), "first dropped");
  ExpectRefused(Whole({parts[0], parts[1], parts[3]}), "middle dropped");
  ExpectRefused(Whole({parts[0], parts[1], parts[2]}), "last dropped");
}

TEST_F(EnvelopeStreamTest, AppendedBytesAreRefused) {
  for (std::size_t size : {0u, 40u, kChunk}) {
    const Bytes envelope = Seal(Pattern(size));
    for (std::size_t extra : {1u, 28u, 29u, kChunk + 28}) {
      Bytes longer = envelope;
      longer.resize(envelope.size() + extra);
      ExpectRefused(longer, std::to_string(size) + " and " + std::to_string(extra));
    }
    ExpectRefused(Whole({envelope, Parts(envelope)[1]}), "its own last chunk again");
  }
}

TEST_F(EnvelopeStreamTest, ChunksOfAnotherEnvelopeAreRefused) {
  const std::vector<Bytes> first = Parts(Seal(Pattern(2 * kChunk)));
  Bytes header = first[0];
  header.back() ^= 1;  // another wrapped key, as another file has
  ExpectRefused(Whole({header, first[1], first[2]}), "another header");
}

TEST_F(EnvelopeStreamTest, AnotherKeyIsRefused) {
  const Bytes envelope = Seal(Pattern(10));
  const SecretBytes other =
      SecretBytes::CopyOf(AsBytes("another key of thirty-two bytes!")).value();
  key_ = TestModule()
             .EnterKey({.algorithm = module::Algorithm::kAes256Gcm,
                        .usages = module::Usages(module::Usage::kDecrypt)},
                       other)
             .value()
             .value;
  ExpectRefused(envelope, "another key");
}

TEST_F(EnvelopeStreamTest, SealingStopsAtTheKeysInvocationLimit) {
  const SecretBytes material = SecretBytes::Create(32).value();
  const module::KeySpec spec{.algorithm = module::Algorithm::kAes256Gcm, .usages = {}};
  key_ = TestModule().EnterKey(spec, material).value().value;
  EXPECT_THAT(TestModule().GrantInvocations(*key_, 0, 1), IsOk());
  Write("plain", Pattern(3 * kChunk));
  const FileDescriptor input = OpenInput(File("plain")).value();
  OutputFile output = OutputFile::Create(File("envelope"), 0600).value();
  const Bytes header = {1, 2, 3};
  EXPECT_THAT(SealStream({.module = TestModule(),
                          .data_key = *key_,
                          .header = header,
                          .chunk_size = kChunk,
                          .input = input.get(),
                          .output = output,
                          .progress = {}}),
              IsError(Code::kInvocationLimit));
}

TEST_F(EnvelopeStreamTest, ProgressEndsAtTheWholeSize) {
  Write("plain", Pattern(4 * kChunk + 1));
  const FileDescriptor input = OpenInput(File("plain")).value();
  OutputFile output = OutputFile::Create(File("envelope"), 0600).value();
  std::atomic<std::uint64_t> most = 0;
  const auto totals = SealStream({.module = TestModule(),
                                  .data_key = *key_,
                                  .header = AsBytes("header"),
                                  .chunk_size = kChunk,
                                  .input = input.get(),
                                  .output = output,
                                  .progress = [&](std::uint64_t done) {
                                    std::uint64_t seen = most;
                                    while (seen < done && !most.compare_exchange_weak(seen, done)) {
                                    }
                                  }});
  ASSERT_THAT(totals, IsOk());
  EXPECT_EQ(most, 4 * kChunk + 1);
  EXPECT_EQ(totals->plaintext_bytes, 4 * kChunk + 1);
  EXPECT_EQ(totals->chunks, 5u);
}

}  // namespace
}  // namespace vallum::cli
