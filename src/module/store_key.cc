// SPDX-License-Identifier: Apache-2.0
#include "module/store_key.h"

#include "module/impl.h"

namespace vallum::module {

class StoreKey final : public Zeroisable {
 public:
  explicit StoreKey(std::unique_ptr<Kek> kek) : kek_(std::move(kek)) { Enter(); }
  ~StoreKey() override { Leave(); }

  /// The key, inside the gate only; kKeyState once it was zeroised.
  Result<Kek*> kek() const {
    if (!zeroised()) return kek_.get();
    return Error(Code::kKeyState, "the store's key was zeroised; log in again");
  }

 private:
  bool WipeMaterial(WipeLedger&) override {
    kek_.reset();
    return true;
  }
  std::unique_ptr<Kek> kek_;
};

namespace {

Result<KeyBlob> ParseBlobOf(ByteSpan blob, const KeyId& id, std::uint32_t version) {
  KeyBlob parsed = TRY(ParseKeyBlob(blob));
  if (parsed.attributes.id == id && parsed.attributes.version == version) return parsed;
  return Integrity("the stored key is not the one that its record names; restore the record");
}

}  // namespace

Result<StoreKeyRef> OpenStoreKey(Module& module, const SecretBytes& root_key, ByteSpan kek_blob) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kUnseal);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(pass.MoveTo(State::kSspEntry));
  auto kek = Kek::Unwrap(impl.context, root_key, kek_blob);
  if (!kek) return impl.Examine(std::move(kek).error());
  auto store = std::make_shared<StoreKey>(*std::move(kek));
  TRY(pass.MoveHome());
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return store;
}

Result<Bytes> SealForStore(Module& module, StoreKey& store, ByteSpan blob, const KeyId& id,
                           std::uint32_t version) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kOpenKey);
  record.Concern(id);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(pass.MoveTo(State::kSspEntry));
  Kek* const kek = TRY(store.kek());
  const KeyBlob parsed = TRY(ParseBlobOf(blob, id, version));
  const SecretBytes material = TRY(impl.kek->Open(parsed));
  auto sealed = kek->Seal(parsed.attributes, material.span());
  if (!sealed) return impl.Examine(std::move(sealed).error());
  TRY(pass.MoveHome());
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return sealed;
}

Result<KeyRef> OpenStoredKey(Module& module, const StoreKey& store, ByteSpan blob, const KeyId& id,
                             std::uint32_t version) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kOpenKey);
  record.Concern(id);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(pass.MoveTo(State::kSspEntry));
  const Kek* const kek = TRY(store.kek());
  const KeyBlob parsed = TRY(ParseBlobOf(blob, id, version));
  const SecretBytes material = TRY(kek->Open(parsed));
  auto key = Key::FromMaterial(impl.context, parsed.attributes, material.span(), Trust::kOwn);
  if (!key) return impl.Examine(std::move(key).error());
  TRY(pass.MoveHome());
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return key;
}

}  // namespace vallum::module
