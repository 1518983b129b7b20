// SPDX-License-Identifier: Apache-2.0
#include "service/invocations.h"

#include <algorithm>

namespace vallum::service {
namespace {

constexpr std::uint64_t kFirstBlock = 256;
constexpr std::uint64_t kBlockGrowth = 16;
constexpr std::uint64_t kLargestBlock = 65'536;

struct Bound {
  std::uint64_t value = 0;
  keystore::Revision revision = 0;
};

Result<Bound> ReadBound(keystore::Keystore& store, const std::string& entry) {
  auto found = store.Get(entry);
  if (!found && found.error().code() == Code::kNotFound) return Bound{};
  const keystore::Entry stored = TRY(std::move(found));
  return Bound{TRY(DecodeNumber(AsText(stored.value))), stored.revision};
}

Error UsedUp(const LoadedKey& key, std::uint32_t version) {
  return Error(Code::kInvocationLimit,
               "version " + std::to_string(version) + " of key \"" + key.info().name +
                   "\" has encrypted as often as SP 800-38D allows; rotate the key");
}

// A small first block, because loading a key again burns what is left of it.
std::uint64_t NextBlock(std::uint64_t last) {
  return last == 0 ? kFirstBlock : std::min(last * kBlockGrowth, kLargestBlock);
}

// `seen` is the reservation that turned out to be used up: another thread may have renewed it.
Status Reserve(Core& core, LoadedKey& key, std::uint32_t version, OpenVersion& open,
               std::uint64_t seen) {
  const std::lock_guard lock(open.reserving);
  if (open.reserved.load() != seen) return {};
  const std::string entry = entry::Gcm(key.id_text(), version);
  const std::uint64_t block = NextBlock(open.block);
  for (;;) {
    const Bound bound = TRY(ReadBound(core.store, entry));
    if (bound.value >= kMaxInvocations) return UsedUp(key, version);
    const std::uint64_t total = std::min(bound.value + block, kMaxInvocations);
    keystore::Transaction reserve;
    reserve.RequireRevision(entry, bound.revision).Put(entry, EncodeNumber(total));
    if (auto committed = core.store.Commit(reserve); !committed) {
      if (committed.error().code() == Code::kConflict) continue;
      return std::move(committed).error();
    }
    TRY(core.module.GrantInvocations(*open.key, bound.value, total));
    open.block = block;
    open.reserved.store(total);
    return {};
  }
}

}  // namespace

Result<module::Indicator> EncryptCounted(Core& core, LoadedKey& key, std::uint32_t version,
                                         OpenVersion& open, const CountedEncryption& what) {
  for (;;) {
    const std::uint64_t seen = open.reserved.load();
    if (seen != 0) {
      auto encrypted = core.module.EncryptInto(*open.key, what.plaintext, what.aad, what.iv,
                                               what.ciphertext, what.tag);
      if (encrypted || encrypted.error().code() != Code::kInvocationLimit) return encrypted;
    }
    TRY(Reserve(core, key, version, open, seen));
  }
}

}  // namespace vallum::service
