// SPDX-License-Identifier: Apache-2.0
#include "service/principal_directory.h"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "service/key_record.h"

namespace vallum::service {
namespace {

constexpr std::size_t kMaxRemembered = 4096;

Error Unauthenticated(const char* message) { return Error(Code::kUnauthenticated, message); }

}  // namespace

// A fingerprint is a hash already.
std::size_t PrincipalDirectory::Hash::operator()(const Fingerprint& fingerprint) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, fingerprint.data(), sizeof value);
  return value;
}

PrincipalDirectory::PrincipalDirectory(keystore::Keystore& store, const Clock& clock)
    : store_(store), clock_(clock) {}

Result<KnownPrincipalRef> PrincipalDirectory::Find(ByteSpan fingerprint) {
  if (fingerprint.empty()) {
    return Unauthenticated("no client certificate was presented; connect with one");
  }
  if (fingerprint.size() != Fingerprint{}.size()) {
    return Unauthenticated("the fingerprint is not a SHA-256 value");
  }
  Fingerprint key{};
  std::copy(fingerprint.begin(), fingerprint.end(), key.begin());
  std::uint64_t ticket = 0;
  {
    const std::shared_lock lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    ticket = ticket_;
  }
  KnownPrincipalRef known = TRY(Read(fingerprint));
  const std::unique_lock lock(mutex_);
  if (ticket != ticket_) return known;
  if (known_.size() >= kMaxRemembered) known_.clear();
  known_.emplace(key, known);
  return known;
}

Result<KnownPrincipalRef> PrincipalDirectory::Read(ByteSpan fingerprint) {
  auto name = store_.Get(entry::Fingerprint(fingerprint));
  if (!name && name.error().code() == Code::kNotFound) {
    return Unauthenticated("this client certificate is not known here; ask for a new one");
  }
  const keystore::Entry found = TRY(std::move(name));
  const keystore::Entry stored = TRY(store_.Get(entry::Principal(AsText(found.value))));
  policy::Principal principal = TRY(policy::DecodePrincipal(AsText(stored.value)));
  if (!std::equal(fingerprint.begin(), fingerprint.end(), principal.fingerprint.begin(),
                  principal.fingerprint.end())) {
    return Unauthenticated("this client certificate was replaced; use the newer one");
  }
  std::string record_name = "client:" + principal.name;
  return std::make_shared<const KnownPrincipal>(std::move(principal), std::move(record_name));
}

Status PrincipalDirectory::CheckUsable(const KnownPrincipal& known) const {
  if (known.principal.revoked) {
    return Unauthenticated("this client certificate was revoked; ask for a new one");
  }
  if (clock_.Now() >= known.principal.not_after) {
    return Unauthenticated("this client certificate has expired; ask for a new one");
  }
  return {};
}

void PrincipalDirectory::Invalidate() {
  const std::unique_lock lock(mutex_);
  ++ticket_;
  known_.clear();
}

}  // namespace vallum::service
