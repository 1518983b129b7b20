// SPDX-License-Identifier: Apache-2.0
// A key is scheduled once into a template; a message works on a copy of it that is set back, which
// needs no key. KMAC is told its customisation string and its length each time, since a context from
// the pool remembers those of the message before.
#include "ossl/mac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>

#include "base/secret.h"
#include "ossl/cipher_mode.h"
#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {
namespace {

// The provider leaves a copy of a KMAC key in a frame of its own; this stands where that was.
[[gnu::noinline]] void WipeDeadFrames() {
  std::array<std::uint8_t, 4096> frames;
  Wipe(frames.data(), frames.size());
}

Result<MacContext> Schedule(evp_mac_st* mac, ByteSpan key, const OSSL_PARAM* params) {
  MacContext scheduled(EVP_MAC_CTX_new(mac));
  TRY(CheckPointer(scheduled, "making a MAC context"));
  const int ready = EVP_MAC_init(scheduled.get(), key.data(), key.size(), params);
  WipeDeadFrames();
  TRY(Check(ready, "setting up a MAC"));
  ReadIndicator(scheduled.get());
  return scheduled;
}

OSSL_PARAM Text(const char* name, const char* value) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
}

Status Restart(evp_mac_ctx_st* mac, bool kmac, const KmacInput& input) {
  if (!kmac) return Check(EVP_MAC_init(mac, nullptr, 0, nullptr), "computing a MAC");
  std::uint8_t none = 0;
  std::uint8_t* const text =
      input.customization.empty() ? &none : const_cast<std::uint8_t*>(input.customization.data());
  std::size_t size = input.size;
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM, text, input.customization.size()),
      OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  return Check(EVP_MAC_init(mac, nullptr, 0, params), "computing a KMAC");
}

Status Finish(evp_mac_ctx_st* mac, MutableByteSpan out) {
  std::size_t size = 0;
  TRY(Check(EVP_MAC_final(mac, out.data(), &size, out.size()), "computing a MAC"));
  if (size != out.size()) return Internal("a MAC has another size");
  ReadIndicator(mac);
  return {};
}

}  // namespace

Result<std::unique_ptr<MacKey>> MacKey::CreateHmac(ContextRef context, Hash hash, ByteSpan key) {
  const OSSL_PARAM params[] = {Text(OSSL_MAC_PARAM_DIGEST, HashName(hash)),
                               OSSL_PARAM_construct_end()};
  MacContext scheduled = TRY(Schedule(context->hmac(), key, params));
  return std::unique_ptr<MacKey>(
      new MacKey(std::move(context), std::move(scheduled), HashSize(hash), false));
}

Result<std::unique_ptr<MacKey>> MacKey::CreateCmac(ContextRef context, ByteSpan key) {
  const char* cipher = CipherName(Mode::kCbc, key.size());
  if (cipher == nullptr) return InvalidArgument("an AES key has 16, 24 or 32 bytes");
  const OSSL_PARAM params[] = {Text(OSSL_MAC_PARAM_CIPHER, cipher), OSSL_PARAM_construct_end()};
  MacContext scheduled = TRY(Schedule(context->cmac(), key, params));
  constexpr std::size_t kSize = 16;
  return std::unique_ptr<MacKey>(
      new MacKey(std::move(context), std::move(scheduled), kSize, false));
}

Result<std::unique_ptr<MacKey>> MacKey::CreateKmac(ContextRef context, int bits, ByteSpan key) {
  constexpr std::size_t kLeastKey = 4, kLargestKey = 512;
  if (key.size() < kLeastKey || key.size() > kLargestKey) {
    return InvalidArgument("a KMAC key has 4 to 512 bytes");
  }
  const OSSL_PARAM none = OSSL_PARAM_construct_end();
  MacContext scheduled = TRY(Schedule(context->kmac(bits), key, &none));
  const std::size_t size = bits == 128 ? 32 : 64;
  return std::unique_ptr<MacKey>(new MacKey(std::move(context), std::move(scheduled), size, true));
}

Status MacKey::Compute(const KmacInput& input, ByteSpan message, MutableByteSpan mac) {
  MacContext work = pool_.Take();
  if (work == nullptr) work.reset(EVP_MAC_CTX_dup(template_.get()));
  TRY(CheckPointer(work, "making a MAC context"));
  TRY(Restart(work.get(), is_kmac_, input));
  TRY(Check(EVP_MAC_update(work.get(), message.data(), message.size()), "computing a MAC"));
  TRY(ossl::Finish(work.get(), mac));
  pool_.Give(std::move(work));
  return {};
}

Result<MacStream> MacKey::Begin(const KmacInput& input) const {
  MacContext mac(EVP_MAC_CTX_dup(template_.get()));
  TRY(CheckPointer(mac, "making a MAC context"));
  TRY(Restart(mac.get(), is_kmac_, input));
  return MacStream(context_, std::move(mac));
}

Status MacStream::Update(ByteSpan message) {
  return Check(EVP_MAC_update(mac_.get(), message.data(), message.size()), "computing a MAC");
}

Status MacStream::Finish(MutableByteSpan mac) && { return ossl::Finish(mac_.get(), mac); }

}  // namespace vallum::ossl
