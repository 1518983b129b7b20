// SPDX-License-Identifier: Apache-2.0
#include "ossl/cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>

#include "base/secret.h"
#include "ossl/error.h"
#include "ossl/scratch.h"

namespace vallum::ossl {
namespace {

Result<CipherContext> Schedule(LibraryContext& library, Mode mode, ByteSpan key,
                               Direction direction) {
  const evp_cipher_st* cipher = library.cipher(mode, key.size());
  if (cipher == nullptr) return InvalidArgument("the mode has no AES key of this size");
  CipherContext context(EVP_CIPHER_CTX_new());
  TRY(CheckPointer(context, "making a cipher context"));
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  TRY(Check(EVP_CipherInit_ex2(context.get(), cipher, key.data(), nullptr,
                               direction == Direction::kEncrypt ? 1 : 0, nullptr),
            "setting up AES"));
  return context;
}

bool OpenMessage(evp_cipher_ctx_st* context, ByteSpan iv, Fill fill) {
  const bool started =
      iv.empty() || EVP_CipherInit_ex2(context, nullptr, nullptr, iv.data(), -1, nullptr) == 1;
  return started && EVP_CIPHER_CTX_set_padding(context, fill == Fill::kPkcs7 ? 1 : 0) == 1;
}

Status CheckIv(const evp_cipher_ctx_st* schedule, ByteSpan iv) {
  const auto wanted = static_cast<std::size_t>(EVP_CIPHER_CTX_get_iv_length(schedule));
  if (iv.size() == wanted) return {};
  return InvalidArgument("the IV does not have the size that the mode needs");
}

// What the provider says about a last block that does not fit is the caller's data, not its fault.
Error BadEnd(Direction direction) {
  ERR_clear_error();
  if (direction == Direction::kEncrypt) {
    return InvalidArgument("without padding the message must be a whole number of 16-byte blocks");
  }
  return {Code::kVerifyFailed,
          "the ciphertext does not end as this mode ends; it was altered, or "
          "the key or IV is another"};
}

}  // namespace

const char* CipherName(Mode mode, std::size_t key_size) {
  using Names = std::array<const char*, 3>;
  static constexpr std::array<Names, kModeCount> kNames = {
      Names{"AES-128-GCM", "AES-192-GCM", "AES-256-GCM"},
      Names{"AES-128-CCM", "AES-192-CCM", "AES-256-CCM"},
      Names{"AES-128-CBC", "AES-192-CBC", "AES-256-CBC"},
      Names{"AES-128-CTR", "AES-192-CTR", "AES-256-CTR"},
      Names{"AES-128-ECB", "AES-192-ECB", "AES-256-ECB"},
      Names{"AES-128-XTS", nullptr, "AES-256-XTS"},
      Names{"AES-128-WRAP", "AES-192-WRAP", "AES-256-WRAP"},
      Names{"AES-128-WRAP-PAD", "AES-192-WRAP-PAD", "AES-256-WRAP-PAD"}};
  const std::size_t size = mode == Mode::kXts ? key_size / 2 : key_size;
  if ((size != 16 && size != 24 && size != 32) || (mode == Mode::kXts && key_size % 2 != 0)) {
    return nullptr;
  }
  return kNames[static_cast<std::size_t>(mode)][size / 8 - 2];
}

Result<std::size_t> CipherStream::Update(ByteSpan in, MutableByteSpan out) {
  if (out.size() < in.size() + kAesBlock) return Internal("the room for a cipher's output");
  const std::size_t written = Feed(cipher_.get(), in, out.data());
  if (written != kFeedFailed) return written;
  return ProviderError("AES failed");
}

Result<std::size_t> CipherStream::Finish(MutableByteSpan out) {
  if (out.size() < kAesBlock) return Internal("the room for a cipher's last block");
  int written = 0;
  if (EVP_CipherFinal_ex(cipher_.get(), out.data(), &written) != 1) return BadEnd(direction_);
  return static_cast<std::size_t>(written);
}

Result<std::unique_ptr<CipherKey>> CipherKey::Create(ContextRef context, Mode mode, ByteSpan key) {
  CipherContext encrypt = TRY(Schedule(*context, mode, key, Direction::kEncrypt));
  CipherContext decrypt = TRY(Schedule(*context, mode, key, Direction::kDecrypt));
  return std::unique_ptr<CipherKey>(
      new CipherKey(std::move(context), std::move(encrypt), std::move(decrypt)));
}

Result<std::size_t> CipherKey::Run(Direction direction, ByteSpan iv, Fill fill, ByteSpan in,
                                   MutableByteSpan out) const {
  const bool grows = fill == Fill::kPkcs7 && direction == Direction::kEncrypt;
  if (out.size() < in.size() + (grows ? kAesBlock : 0)) return Internal("AES output size");
  TRY(CheckIv(schedule(direction), iv));
  const ScratchCopy work(schedule(direction));
  if (!work.copied() || !OpenMessage(work.get(), iv, fill)) {
    return ProviderError("setting up AES failed");
  }
  const std::size_t fed = Feed(work.get(), in, out.data());
  std::array<std::uint8_t, 2 * kAesBlock> last{};
  int size = 0;
  const bool ended = fed != kFeedFailed && EVP_CipherFinal_ex(work.get(), last.data(), &size) == 1;
  const auto total = fed + static_cast<std::size_t>(size);
  if (!ended || total > out.size()) {
    Wipe(out.data(), out.size());
    return fed == kFeedFailed ? ProviderError("AES failed") : BadEnd(direction);
  }
  std::copy_n(last.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(fed));
  Wipe(last.data(), last.size());
  return total;
}

Result<CipherStream> CipherKey::Begin(Direction direction, ByteSpan iv, Fill fill) const {
  TRY(CheckIv(schedule(direction), iv));
  CipherContext cipher(EVP_CIPHER_CTX_dup(schedule(direction)));
  TRY(CheckPointer(cipher, "making a cipher context"));
  if (!OpenMessage(cipher.get(), iv, fill)) return ProviderError("setting up AES failed");
  return CipherStream(library_, std::move(cipher), direction);
}

}  // namespace vallum::ossl
