// SPDX-License-Identifier: Apache-2.0
// Stand-ins for the module and helpers for logs. For tests only: the hash is no cryptography, it
// merely spreads every bit.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <string>

#include "audit/audit_log.h"
#include "audit/verify.h"
#include "base/file.h"
#include "base/test_matchers.h"

namespace vallum::audit {

inline Result<Hash> TestHash(std::initializer_list<ByteSpan> parts) {
  std::array<std::uint64_t, 4> state{1, 2, 3, 4};
  const auto mix = [&state](std::uint64_t word) {
    for (std::size_t i = 0; i < 4; ++i) {
      state[i] = (state[i] ^ word ^ state[(i + 1) % 4]) * 0x9e3779b97f4a7c15;
      state[i] = std::rotl(state[i], 29);
    }
  };
  for (ByteSpan part : parts) {
    mix(part.size());
    while (!part.empty()) {
      std::uint64_t word = 0;
      const std::size_t size = std::min(part.size(), sizeof(word));
      std::memcpy(&word, part.data(), size);
      mix(word);
      part = part.subspan(size);
    }
  }
  mix(0);
  Hash hash;
  std::memcpy(hash.data(), state.data(), hash.size());
  return hash;
}

inline Bytes TestPublicKey() { return Bytes(32, 0x42); }

inline Result<Bytes> TestSignature(ByteSpan message) {
  const Hash hash = TRY(TestHash({TestPublicKey(), message}));
  Bytes signature = ToBytes(hash);
  Append(signature, hash);
  return signature;
}

inline Crypto TestCrypto() {
  return {.sha256 = TestHash, .sign = TestSignature, .public_key = TestPublicKey()};
}

inline VerifyCrypto TestVerifyCrypto() {
  return {.sha256 = TestHash,
          .verify = [](ByteSpan key, ByteSpan message, ByteSpan signature) -> Status {
            const Bytes expected = TRY(TestSignature(message));
            if (ToBytes(key) == TestPublicKey() && ToBytes(signature) == expected) return {};
            return Error(Code::kVerifyFailed, "wrong signature");
          }};
}

inline Options TestOptions(const std::filesystem::path& folder) {
  Options options;
  options.directory = folder;
  options.origin = "vallum/test";
  return options;
}

/// OpenTestLog fails the test when the log does not open.
inline std::unique_ptr<AuditLog> OpenTestLog(const Options& options) {
  static const SystemClock clock;
  auto log = AuditLog::Open(options, TestCrypto(), clock);
  EXPECT_THAT(log, IsOk());
  return log ? *std::move(log) : nullptr;
}

inline std::unique_ptr<AuditLog> OpenTestLog(const std::filesystem::path& folder) {
  return OpenTestLog(TestOptions(folder));
}

inline Record TestRecord(std::uint64_t number) {
  Record record;
  record.time = TimePoint(std::chrono::seconds(1700000000 + number));
  record.principal = "client:admin";
  record.operation = "sign";
  record.key_name = "key-" + std::to_string(number);
  record.outcome = "ok";
  return record;
}

inline void AppendRecords(AuditLog& log, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSERT_THAT(log.Append(TestRecord(log.size())), IsOk());
  }
}

/// MakeTestLog writes and closes a log, and returns its verifier key.
inline std::string MakeTestLog(const std::filesystem::path& folder, std::uint64_t count) {
  const auto log = OpenTestLog(folder);
  AppendRecords(*log, count);
  return log->VerifierKey();
}

inline Result<VerifyReport> VerifyTestLog(const std::filesystem::path& folder,
                                          std::string_view key) {
  return VerifyLog(folder, key, TestVerifyCrypto(), {});
}

/// RewriteFile lets `change` edit the bytes of a file in place.
inline void RewriteFile(const std::filesystem::path& path,
                        const std::function<void(Bytes&)>& change) {
  Bytes bytes = *ReadFile(path);
  change(bytes);
  ASSERT_THAT(WriteFileDurably(path, bytes, 0600), IsOk());
}

}  // namespace vallum::audit
