// SPDX-License-Identifier: Apache-2.0
#include "module/kek.h"

#include "ossl/random.h"

namespace vallum::module {
namespace {

constexpr std::size_t kKekSize = 32;
constexpr std::uint64_t kMostSeals = std::uint64_t{1} << 32;  // SP 800-38D, 8.3

Result<std::unique_ptr<ossl::GcmKey>> RootKey(const ossl::ContextRef& context,
                                              const SecretBytes& root_key) {
  if (root_key.size() != kKekSize) return InvalidArgument("a root key has 32 bytes");
  return ossl::GcmKey::Create(context, root_key.span());
}

Result<KekId> NewKekId(const ossl::ContextRef& context) {
  KekId id;
  TRY(ossl::Random(*context, id));
  return id;
}

// The provider says that a tag did not match; here that means a damaged or foreign store.
Status AsIntegrity(Status status, std::string_view what) {
  if (status || status.error().code() != Code::kVerifyFailed) return status;
  return Integrity(std::string(what));
}

}  // namespace

Result<Bytes> Kek::Wrap(const ossl::ContextRef& context, const SecretBytes& root_key) {
  const auto root = TRY(RootKey(context, root_key));
  const SecretBytes kek = TRY(ossl::RandomSecret(*context, kKekSize));
  KekBlob blob{.id = TRY(NewKekId(context)), .sealed = {}};
  Bytes ciphertext(kKekSize);
  blob.sealed.ciphertext = ciphertext;
  TRY(root->Encrypt(kek.span(), KekBlobHeader(blob.id),
                    {.iv = blob.sealed.iv, .ciphertext = ciphertext, .tag = blob.sealed.tag}));
  return EncodeKekBlob(blob);
}

Result<std::unique_ptr<Kek>> Kek::Unwrap(const ossl::ContextRef& context,
                                         const SecretBytes& root_key, ByteSpan blob) {
  const KekBlob parsed = TRY(ParseKekBlob(blob));
  const auto root = TRY(RootKey(context, root_key));
  SecretBytes kek = TRY(SecretBytes::Create(kKekSize));
  const SealedBytes& sealed = parsed.sealed;
  TRY(AsIntegrity(
      root->Decrypt(sealed.iv, sealed.ciphertext, sealed.tag, KekBlobHeader(parsed.id),
                    kek.mutable_span()),
      "the root key does not open this store's key-encryption key; use the root key that "
      "the store was made with"));
  return std::unique_ptr<Kek>(new Kek(parsed.id, TRY(ossl::GcmKey::Create(context, kek.span()))));
}

Result<std::unique_ptr<Kek>> Kek::Ephemeral(const ossl::ContextRef& context) {
  const SecretBytes kek = TRY(ossl::RandomSecret(*context, kKekSize));
  const KekId id = TRY(NewKekId(context));
  return std::unique_ptr<Kek>(new Kek(id, TRY(ossl::GcmKey::Create(context, kek.span()))));
}

Result<Bytes> Kek::Seal(const KeyAttributes& attributes, ByteSpan material) {
  Bytes ciphertext(material.size());
  const SealedBytes sealed = TRY(SealRecord(KeyBlobHeader(attributes, id_), material, ciphertext));
  return EncodeKeyBlob({.attributes = attributes, .kek_id = id_, .sealed = sealed});
}

Result<SealedBytes> Kek::SealRecord(ByteSpan header, ByteSpan secret, MutableByteSpan ciphertext) {
  if (seals_.fetch_add(1, std::memory_order_relaxed) >= kMostSeals) {
    return Error(Code::kInvocationLimit,
                 "the key-encryption key has sealed 2^32 keys; start a new store");
  }
  SealedBytes sealed{.iv = {}, .ciphertext = ciphertext, .tag = {}};
  TRY(key_->Encrypt(secret, header,
                    {.iv = sealed.iv, .ciphertext = ciphertext, .tag = sealed.tag}));
  return sealed;
}

Result<SecretBytes> Kek::Open(const KeyBlob& blob) const {
  return OpenRecord(blob.kek_id, KeyBlobHeader(blob.attributes, blob.kek_id), blob.sealed);
}

Result<SecretBytes> Kek::OpenRecord(const KekId& id, ByteSpan header,
                                    const SealedBytes& sealed) const {
  if (id != id_) {
    return Integrity(
        "the stored key was sealed under another key-encryption key; it belongs to "
        "another store");
  }
  SecretBytes material = TRY(SecretBytes::Create(sealed.ciphertext.size()));
  TRY(AsIntegrity(
      key_->Decrypt(sealed.iv, sealed.ciphertext, sealed.tag, header, material.mutable_span()),
      "the stored key was altered; restore it from a backup"));
  return material;
}

}  // namespace vallum::module
