// SPDX-License-Identifier: Apache-2.0
// The key blob and the KEK blob as bytes: docs/formats/key-blob.md. Parsing needs no module and no
// key, and decides nothing about authenticity.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::module {

using KekId = std::array<std::uint8_t, 16>;
using GcmIv = std::array<std::uint8_t, 12>;
using GcmTag = std::array<std::uint8_t, 16>;

/// SealedBytes is what AES-GCM makes; `ciphertext` views the blob it was parsed from.
struct SealedBytes {
  GcmIv iv{};
  ByteSpan ciphertext;
  GcmTag tag{};
};

struct KeyBlob {
  KeyAttributes attributes;
  KekId kek_id{};
  SealedBytes sealed;
};

/// KeyBlobHeader returns the 49 bytes that are authenticated with the material.
Bytes KeyBlobHeader(const KeyAttributes& attributes, const KekId& kek_id);
Bytes EncodeKeyBlob(const KeyBlob& blob);
/// ParseKeyBlob is strict: kIntegrity for anything that this version would not write.
Result<KeyBlob> ParseKeyBlob(ByteSpan bytes);

struct KekBlob {
  KekId id{};
  SealedBytes sealed;
};

Bytes KekBlobHeader(const KekId& id);
Bytes EncodeKekBlob(const KekBlob& blob);
Result<KekBlob> ParseKekBlob(ByteSpan bytes);

}  // namespace vallum::module
