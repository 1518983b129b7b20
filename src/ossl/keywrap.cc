// SPDX-License-Identifier: Apache-2.0
#include "ossl/keywrap.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "ossl/error.h"
#include "ossl/scratch.h"

namespace vallum::ossl {
namespace {

constexpr std::size_t kLargest = 64 * 1024;
constexpr std::size_t kBlock = 8;

Status CheckMaterial(Mode mode, std::size_t size) {
  if (size > kLargest) return InvalidArgument("at most 65536 bytes of key material are wrapped");
  if (mode == Mode::kKwp && size >= 1) return {};
  if (mode == Mode::kKw && size >= 2 * kBlock && size % kBlock == 0) return {};
  return InvalidArgument(mode == Mode::kKwp
                             ? "AES-KWP wraps 1 to 65536 bytes of key material"
                             : "AES-KW wraps a multiple of 8 bytes, at least 16; use AES-KWP");
}

Status CheckWrapped(Mode mode, std::size_t size) {
  const std::size_t least = mode == Mode::kKwp ? 2 * kBlock : 3 * kBlock;
  if (size >= least && size % kBlock == 0 && size <= kLargest + kBlock) return {};
  return InvalidArgument(mode == Mode::kKwp
                             ? "a KWP-wrapped key has a multiple of 8 bytes, 16 to 65544"
                             : "a KW-wrapped key has a multiple of 8 bytes, 24 to 65544");
}

}  // namespace

Result<Bytes> Wrap(const CipherKey& wrapping_key, Mode mode, ByteSpan material) {
  TRY(CheckMaterial(mode, material.size()));
  const ScratchCopy work(wrapping_key.schedule(Direction::kEncrypt));
  Bytes wrapped((material.size() + kBlock - 1) / kBlock * kBlock + kBlock);
  int size = 0;
  if (!work.copied() || EVP_CipherUpdate(work.get(), wrapped.data(), &size, material.data(),
                                         static_cast<int>(material.size())) != 1) {
    return ProviderError("wrapping a key failed");
  }
  if (static_cast<std::size_t>(size) != wrapped.size()) return Internal("AES key wrap output size");
  return wrapped;
}

Result<SecretBytes> Unwrap(const CipherKey& wrapping_key, Mode mode, ByteSpan wrapped) {
  TRY(CheckWrapped(mode, wrapped.size()));
  const ScratchCopy work(wrapping_key.schedule(Direction::kDecrypt));
  SecretBytes room = TRY(SecretBytes::Create(wrapped.size()));
  if (!work.copied()) return ProviderError("unwrapping a key failed");
  int size = 0;
  if (EVP_CipherUpdate(work.get(), room.mutable_span().data(), &size, wrapped.data(),
                       static_cast<int>(wrapped.size())) != 1 ||
      size <= 0) {
    ERR_clear_error();
    return Error(Code::kVerifyFailed,
                 "the wrapped key was altered, or the wrapping key is another");
  }
  return SecretBytes::CopyOf(room.span().first(static_cast<std::size_t>(size)));
}

}  // namespace vallum::ossl
