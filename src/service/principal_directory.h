// SPDX-License-Identifier: Apache-2.0
// Principals by the fingerprint of their certificate, remembered between requests.
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "keystore/keystore.h"
#include "policy/policy.h"

namespace vallum::service {

struct KnownPrincipal {
  policy::Principal principal;
  std::string record_name;  ///< as audit records name it: "client:admin"
};
using KnownPrincipalRef = std::shared_ptr<const KnownPrincipal>;

/// PrincipalDirectory is thread-safe; a lookup of a remembered principal takes one shared lock.
class PrincipalDirectory {
 public:
  PrincipalDirectory(keystore::Keystore& store, const Clock& clock);

  /// Find returns whose certificate this is, also when it may not be used any more (CheckUsable).
  /// kUnauthenticated: no certificate, or none that the server issued and still knows.
  Result<KnownPrincipalRef> Find(ByteSpan fingerprint);
  /// CheckUsable is kUnauthenticated for a revoked principal and for an expired certificate.
  Status CheckUsable(const KnownPrincipal& known) const;
  /// Invalidate forgets all; call it after a change is in the store, before it is acknowledged.
  void Invalidate();

 private:
  using Fingerprint = std::array<std::uint8_t, 32>;
  struct Hash {
    std::size_t operator()(const Fingerprint& fingerprint) const noexcept;
  };

  Result<KnownPrincipalRef> Read(ByteSpan fingerprint);

  keystore::Keystore& store_;
  const Clock& clock_;
  std::shared_mutex mutex_;
  std::uint64_t ticket_ = 0;  ///< guarded by mutex_: counts invalidations
  std::unordered_map<Fingerprint, KnownPrincipalRef, Hash> known_;
};

}  // namespace vallum::service
