// SPDX-License-Identifier: Apache-2.0
// AES in the modes that encrypt and do not authenticate (SP 800-38A: ECB, CBC, CTR; SP 800-38E: XTS).
//
//   auto key = TRY(CipherKey::Create(context, Mode::kCbc, key_bytes));
//   TRY(key->Run(Direction::kEncrypt, iv, Fill::kPkcs7, plaintext, ciphertext));
#pragma once

#include <memory>

#include "base/bytes.h"
#include "ossl/cipher_mode.h"
#include "ossl/context.h"

namespace vallum::ossl {

inline constexpr std::size_t kAesBlock = 16;

/// CipherStream is one message on its way through a cipher, piece by piece. Not thread-safe.
class CipherStream {
 public:
  /// Update writes up to in.size() + kAesBlock bytes to `out` and returns how many.
  Result<std::size_t> Update(ByteSpan in, MutableByteSpan out);
  /// Finish writes the last block, if any (up to kAesBlock bytes). kInvalidArgument when the message
  /// is no whole number of blocks, kVerifyFailed when the padding is wrong.
  Result<std::size_t> Finish(MutableByteSpan out);

 private:
  friend class CipherKey;
  CipherStream(ContextRef library, CipherContext cipher, Direction direction)
      : library_(std::move(library)), cipher_(std::move(cipher)), direction_(direction) {}
  ContextRef library_;
  CipherContext cipher_;
  Direction direction_;
};

/// CipherKey is an AES key scheduled for one mode and both directions. Immutable, so thread-safe.
class CipherKey {
 public:
  /// Create is kInvalidArgument for a key size that the mode does not have.
  static Result<std::unique_ptr<CipherKey>> Create(ContextRef context, Mode mode, ByteSpan key);

  /// Run passes a whole message through and returns how many bytes came out: `out` has room for
  /// in.size() + kAesBlock when Fill::kPkcs7 encrypts, else for in.size(). Errors as those of
  /// CipherStream; XTS takes one data unit of 16 bytes to 2^20 blocks. A failure wipes `out`.
  Result<std::size_t> Run(Direction direction, ByteSpan iv, Fill fill, ByteSpan in,
                          MutableByteSpan out) const;
  /// Begin starts a message of several pieces (not for XTS).
  Result<CipherStream> Begin(Direction direction, ByteSpan iv, Fill fill) const;

  /// The keyed context of a direction, for the files of this folder to copy.
  const evp_cipher_ctx_st* schedule(Direction direction) const {
    return direction == Direction::kEncrypt ? encrypt_.get() : decrypt_.get();
  }

 private:
  CipherKey(ContextRef library, CipherContext encrypt, CipherContext decrypt)
      : library_(std::move(library)), encrypt_(std::move(encrypt)), decrypt_(std::move(decrypt)) {}
  ContextRef library_;
  CipherContext encrypt_;  // never given an IV: each use is a copy
  CipherContext decrypt_;
};

}  // namespace vallum::ossl
