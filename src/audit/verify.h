// SPDX-License-Identifier: Apache-2.0
// Offline verification of a log folder, without a server and without its keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "audit/audit_log.h"

namespace vallum::audit {

/// VerifyCrypto is the public half of Crypto.
struct VerifyCrypto {
  std::function<Result<Hash>(std::initializer_list<ByteSpan>)> sha256;
  /// Ok when `signature` over `message` is right for the raw Ed25519 public key.
  std::function<Status(ByteSpan public_key, ByteSpan message, ByteSpan signature)> verify;
};

struct VerifyReport {
  std::uint64_t size = 0;           ///< entries under the checkpoint
  std::uint64_t unsigned_tail = 0;  ///< well-formed entries after it, not yet signed
  std::string origin;
  std::string root_hash;  ///< base64
};

/// VerifyLog reads every entry, rebuilds the tree, compares tiles and checkpoint, and checks the
/// checkpoint's signature with `verifier_key` (C2SP form). kIntegrity says what is wrong and where:
/// "entry 17 does not match its hash in tile/0/000". `progress` (may be empty) gets entries done.
Result<VerifyReport> VerifyLog(const std::filesystem::path& directory,
                               std::string_view verifier_key, const VerifyCrypto& crypto,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace vallum::audit
