// SPDX-License-Identifier: Apache-2.0
// Encryption under a named key, in the self-describing form of docs/formats/ciphertext.md.
#include <algorithm>

#include "service/ciphertext.h"
#include "service/invocations.h"
#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

constexpr std::size_t kMaxPlaintext = 65'536;
constexpr std::size_t kMaxAad = 65'536;
constexpr std::size_t kDataKeySize = 32;

Result<CiphertextClass> ClassOf(module::Algorithm algorithm) {
  switch (algorithm) {
    case module::Algorithm::kAes128Gcm:
    case module::Algorithm::kAes192Gcm:
    case module::Algorithm::kAes256Gcm:
      return CiphertextClass::kAesGcm;
    case module::Algorithm::kRsa2048:
    case module::Algorithm::kRsa3072:
    case module::Algorithm::kRsa4096:
      return CiphertextClass::kRsaOaepSha256;
    default:
      return Unsupported("keys of " + std::string(module::Name(algorithm)) +
                         " do not encrypt data; use one of aes-256-gcm");
  }
}

Status CheckSizes(const Service::PlaintextItem& item) {
  if (item.plaintext.size() > kMaxPlaintext) {
    return ResourceExhausted(
        "at most 65536 bytes are encrypted at once; for more, encrypt locally under a data key");
  }
  if (item.aad.size() > kMaxAad) {
    return ResourceExhausted("additional authenticated data has at most 65536 bytes; send a hash");
  }
  return {};
}

Status RefuseAad(ByteSpan aad) {
  if (aad.empty()) return {};
  return InvalidArgument("RSA-OAEP takes no additional authenticated data; leave it out");
}

// One buffer a thread: the header and the caller's data stand in one piece for the module.
ByteSpan BoundData(ByteSpan header, ByteSpan aad) {
  thread_local Bytes buffer;
  buffer.assign(header.begin(), header.end());
  Append(buffer, aad);
  return buffer;
}

Result<Approved<Sealed>> EncryptGcm(Core& core, const UsableKey& use,
                                    const Service::PlaintextItem& item) {
  const auto header = EncodeHeader({CiphertextClass::kAesGcm, use.key->info().id, use.version});
  Bytes out(header.size() + kGcmIvSize + kGcmTagSize + item.plaintext.size());
  std::ranges::copy(header, out.begin());
  const MutableByteSpan parts = MutableByteSpan(out).subspan(header.size());
  const module::Indicator indicator =
      TRY(EncryptCounted(core, *use.key, use.version, *use.open,
                         {.plaintext = item.plaintext,
                          .aad = BoundData(header, item.aad),
                          .iv = parts.first(kGcmIvSize),
                          .ciphertext = parts.subspan(kGcmIvSize + kGcmTagSize),
                          .tag = parts.subspan(kGcmIvSize, kGcmTagSize)}));
  return Approved<Sealed>{{std::move(out), use.version}, indicator};
}

Result<Approved<Sealed>> EncryptOaep(Core& core, const UsableKey& use,
                                     const Service::PlaintextItem& item) {
  TRY(RefuseAad(item.aad));
  const auto made =
      TRY(core.module.EncryptOaep(use.handle(), module::Scheme::kRsaOaepSha256, item.plaintext));
  const auto header =
      EncodeHeader({CiphertextClass::kRsaOaepSha256, use.key->info().id, use.version});
  Approved<Sealed> sealed{{{}, use.version}, made.indicator};
  Append(sealed.value.ciphertext, header);
  Append(sealed.value.ciphertext, made.value);
  return sealed;
}

Result<Approved<Sealed>> EncryptItem(Core& core, const UsableKey& use, CiphertextClass type,
                                     const Service::PlaintextItem& item) {
  TRY(CheckSizes(item));
  return type == CiphertextClass::kAesGcm ? EncryptGcm(core, use, item)
                                          : EncryptOaep(core, use, item);
}

Result<Service::Batch<Sealed>> EncryptAll(Core& core, Call& call, const KeyUse& use,
                                          std::span<const Service::PlaintextItem> items) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kEncrypt));
  TRY(CheckBatch(items.size()));
  const CiphertextClass type = TRY(ClassOf(key.key->info().algorithm));
  Service::Batch<Sealed> batch;
  batch.reserve(items.size());
  for (const auto& item : items) batch.push_back(EncryptItem(core, key, type, item));
  return batch;
}

// The version that a ciphertext names, open, when its state allows to decrypt.
Result<OpenVersion*> OpenFor(Core& core, LoadedKey& key, const CiphertextView& view,
                             CiphertextClass type) {
  if (view.header.key != key.info().id) {
    return InvalidArgument("this was encrypted under another key; name that key");
  }
  if (view.header.type != type) {
    return InvalidArgument("this ciphertext's class is not that of the key's algorithm");
  }
  const KeyVersionInfo& version = *TRY(key.Version(view.header.version));
  if (!MayPerform(version.state, Action::kDecrypt)) {
    return Error(Code::kKeyState, "version " + std::to_string(version.version) + " of key \"" +
                                      key.info().name + "\" is " +
                                      std::string(Name(version.state)) + " and does not decrypt");
  }
  return key.Open(core.module, version.version);
}

Result<Approved<SecretBytes>> DecryptItem(Core& core, LoadedKey& key, CiphertextClass type,
                                          const Service::CiphertextItem& item) {
  if (item.aad.size() > kMaxAad) {
    return ResourceExhausted("additional authenticated data has at most 65536 bytes");
  }
  const CiphertextView view = TRY(ParseCiphertext(item.ciphertext));
  OpenVersion* open = TRY(OpenFor(core, key, view, type));
  if (type == CiphertextClass::kRsaOaepSha256) {
    TRY(RefuseAad(item.aad));
    return core.module.DecryptOaep(*open->key, module::Scheme::kRsaOaepSha256, view.data);
  }
  return core.module.Decrypt(*open->key, view.iv, view.data, view.tag,
                             BoundData(view.header_bytes, item.aad));
}

// The version for the record: of all items that parse, or 0 when they differ.
std::uint32_t CommonVersion(std::span<const Service::CiphertextItem> items) {
  std::uint32_t common = 0;
  for (const auto& item : items) {
    const auto view = ParseCiphertext(item.ciphertext);
    if (!view) continue;
    if (common != 0 && common != view->header.version) return 0;
    common = view->header.version;
  }
  return common;
}

Result<Service::Batch<SecretBytes>> DecryptAll(Core& core, Call& call, std::string_view name,
                                               std::span<const Service::CiphertextItem> items) {
  const LoadedKeyRef key = TRY(call.FindKey(name));
  TRY(CheckBatch(items.size()));
  TRY(CheckUsage(*key, module::Usage::kDecrypt));
  const CiphertextClass type = TRY(ClassOf(key->info().algorithm));
  call.record().key_version = CommonVersion(items);
  Service::Batch<SecretBytes> batch;
  batch.reserve(items.size());
  for (const auto& item : items) batch.push_back(DecryptItem(core, *key, type, item));
  return batch;
}

Result<Approved<DataKey>> MakeDataKey(Core& core, Call& call, const KeyUse& use, ByteSpan aad) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kEncrypt));
  const CiphertextClass type = TRY(ClassOf(key.key->info().algorithm));
  SecretBytes plaintext = TRY(SecretBytes::Create(kDataKeySize));
  const Indicator random = TRY(core.module.Random(plaintext.mutable_span()));
  auto sealed = TRY(EncryptItem(core, key, type, {plaintext.span(), aad}));
  const Indicator& weaker = random.approved() ? sealed.indicator : random;
  return Approved<DataKey>{{std::move(plaintext), std::move(sealed.value.ciphertext), key.version},
                           weaker};
}

}  // namespace

Result<Service::Batch<Sealed>> ServiceImpl::Encrypt(const Caller& caller, const KeyUse& use,
                                                    std::span<const PlaintextItem> items) {
  Call call(core_, caller, Action::kEncrypt, items.size());
  return call.Finish(EncryptAll(core_, call, use, items));
}

Result<Service::Batch<SecretBytes>> ServiceImpl::Decrypt(const Caller& caller,
                                                         std::string_view name,
                                                         std::span<const CiphertextItem> items) {
  Call call(core_, caller, Action::kDecrypt, items.size());
  return call.Finish(DecryptAll(core_, call, name, items));
}

Result<Approved<DataKey>> ServiceImpl::GenerateDataKey(const Caller& caller, const KeyUse& use,
                                                       ByteSpan aad) {
  Call call(core_, caller, Action::kDataKey);
  return call.Finish(MakeDataKey(core_, call, use, aad));
}

}  // namespace vallum::service
