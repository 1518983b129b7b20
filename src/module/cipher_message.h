// SPDX-License-Identifier: Apache-2.0
// One message of a multi-part encryption or decryption, inside the boundary.
#pragma once

#include <optional>

#include "module/cipher_call.h"
#include "ossl/cipher.h"

namespace vallum::module {

/// What the end of a message gives beside its last bytes.
struct CipherEnd {
  std::size_t size = 0;
  Bytes tag;  ///< made by an encryption
  Indicator indicator;
};

/// CipherMessage passes CBC, CTR and ECB on piece by piece. GCM, CCM and XTS it gathers, up to
/// kLargestGathered, and does at the end: so no plaintext is released before its tag was checked. Each
/// step is a service of its own at the gate; a reason against approval sticks to all that follow.
/// After a failed step there is no other. Not thread-safe.
class CipherMessage {
 public:
  static constexpr std::size_t kLargestGathered = std::size_t{64} << 20;

  static Result<CipherMessage> Begin(Module::Impl& impl, KeyRef key,
                                     const CipherParameters& parameters, ossl::Direction direction);

  const Bytes& iv() const { return iv_; }
  std::size_t UpdateRoom(std::size_t size) const { return gathers() ? 0 : size + ossl::kAesBlock; }
  std::size_t FinishRoom() const;
  Result<std::size_t> Update(ByteSpan in, MutableByteSpan out);
  Result<CipherEnd> Finish(ByteSpan tag, MutableByteSpan out);

 private:
  CipherMessage(Module::Impl& impl, KeyRef key, const CipherRules& rules, ossl::Direction direction)
      : impl_(&impl), key_(std::move(key)), rules_(&rules), direction_(direction) {}
  bool gathers() const { return !stream_.has_value(); }
  Request request() const;
  Status Open(const CipherParameters& parameters);
  Result<std::size_t> Take(ByteSpan in, MutableByteSpan out);
  Result<std::size_t> End(ByteSpan tag, MutableByteSpan out, Bytes& made_tag);
  Result<std::size_t> EndGathered(ByteSpan tag, MutableByteSpan out, Bytes& made_tag);

  Module::Impl* impl_;
  KeyRef key_;
  const CipherRules* rules_;
  ossl::Direction direction_;
  Bytes iv_;
  Bytes aad_;
  std::size_t tag_size_ = 0;
  std::optional<ossl::CipherStream> stream_;
  SecretBuffer gathered_;
  std::uint64_t total_ = 0;
  std::uint32_t reasons_ = 0;
  bool done_ = false;
};

}  // namespace vallum::module
