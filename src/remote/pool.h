// SPDX-License-Identifier: Apache-2.0
// Connections of one process to the servers of one installation: kept alive, shared by its threads, moved to
// another server when one is gone.
//
//   auto pool = TRY(Pool::Create({.servers = {{"a", 8443}, {"b", 8443}}}, tls));
//   Reply reply = TRY(pool->Call({.method = "POST", .target = path, .body = json, .repeat = Repeat::kYes}));
#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "net/tls.h"
#include "remote/profile.h"
#include "remote/reply.h"

namespace vallum::remote {

/// Repeat says whether a request may be made a second time when nobody knows what became of the first:
/// signing, decrypting, reading may; what makes or changes something may not.
enum class Repeat : std::uint8_t { kNo, kYes };
/// Wait says how long an answer may take: kShort for what takes milliseconds, so that a server that hangs is
/// noticed; kLong for what makes keys or signs with SLH-DSA.
enum class Wait : std::uint8_t { kShort, kLong };

struct Call {
  std::string_view method;
  std::string_view target;
  ByteSpan body = {};
  Repeat repeat = Repeat::kNo;
  Wait wait = Wait::kShort;
};

struct PoolOptions {
  std::vector<Endpoint> servers;  ///< at least one; the first that answers is used until it fails
  std::chrono::milliseconds connect_timeout{600};
  std::chrono::milliseconds short_wait{5'000};  ///< of several servers at most 900 ms
  std::chrono::milliseconds long_wait{60'000};
  std::chrono::milliseconds patience{
      10'000};                            ///< how long a call goes on trying when nobody answers
  std::chrono::milliseconds rest{1'000};  ///< how long nothing is tried after that
  std::size_t most_idle = 16;             ///< connections kept for each server
};

/// Pool is thread-safe; calls run side by side, each on a connection of its own. It must not be used by a
/// forked child.
class Pool {
 public:
  static Result<std::unique_ptr<Pool>> Create(PoolOptions options,
                                              std::shared_ptr<const net::TlsContext> tls);
  virtual ~Pool() = default;
  /// Send is what the server says (Checked), or kNetwork, kTls, kTimeout, kUnavailable when no server could
  /// be asked. A request that may not be repeated is sent once; before that, any server is tried.
  virtual Result<Reply> Send(const Call& call) = 0;
};

}  // namespace vallum::remote
