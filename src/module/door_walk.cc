// SPDX-License-Identifier: Apache-2.0
#include "module/door_walk.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "module/certificate.h"

namespace vallum::module {
namespace {

constexpr std::uint8_t kUntouched = 0xa5;

template <typename T>
DoorOutcome Of(const Result<T>& result) {
  if (result) return {};
  return {.error = result.error().code()};
}

DoorOutcome CallRandom(Module& module, DoorKeys&) {
  std::array<std::uint8_t, 32> out;
  out.fill(kUntouched);
  DoorOutcome outcome = Of(module.Random(out));
  outcome.touched = std::ranges::any_of(out, [](auto byte) { return byte != kUntouched; });
  // A result that the gate held back is wiped; zeros tell nothing.
  if (outcome.error && std::ranges::all_of(out, [](auto byte) { return byte == 0; })) {
    outcome.touched = false;
  }
  return outcome;
}

DoorOutcome CallEncryptInto(Module& module, DoorKeys& keys) {
  Bytes all(12 + 16 + keys.mac.size(), kUntouched);
  const MutableByteSpan out(all);
  DoorOutcome outcome = Of(module.EncryptInto(*keys.gcm, keys.mac, {}, out.first(12),
                                              out.subspan(28), out.subspan(12, 16)));
  outcome.touched =
      std::ranges::any_of(all, [](auto byte) { return byte != kUntouched && byte != 0; });
  return outcome;
}

DoorOutcome CallDecryptInto(Module& module, DoorKeys& keys) {
  Bytes out(keys.sealed.data.size(), kUntouched);
  DoorOutcome outcome =
      Of(module.DecryptInto(*keys.gcm, keys.sealed.iv, keys.sealed.data, keys.sealed.tag, {}, out));
  outcome.touched = out != Bytes(out.size(), kUntouched) && out != Bytes(out.size(), 0);
  return outcome;
}

CertificateSpec Certificate() {
  CertificateSpec spec;
  spec.role = CertificateRole::kAuthority;
  spec.common_name = "door";
  spec.not_before = SystemClock().Now();
  spec.not_after = spec.not_before + std::chrono::hours(1);
  return spec;
}

KeyRef Make(Module& module, Algorithm algorithm) {
  const KeySpec spec{.algorithm = algorithm, .usages = {}, .extractable = true};
  return module.GenerateKey(spec, KeyId(), 1).value().value.key;
}

KeySpec Of(Algorithm algorithm) { return {.algorithm = algorithm}; }

KeySpec Gcm() { return {.algorithm = Algorithm::kAes256Gcm, .usages = {}, .extractable = true}; }

std::vector<DoorService> KeyServices() {
  return {
      {"GenerateRootKey", [](Module& m, DoorKeys&) { return Of(m.GenerateRootKey()); }},
      {"CreateKek", [](Module& m, DoorKeys& k) { return Of(m.CreateKek(k.root)); }},
      {"Unseal", [](Module& m, DoorKeys& k) { return Of(m.Unseal(k.root, k.kek)); }},
      {"UnsealEphemeral", [](Module& m, DoorKeys&) { return Of(m.UnsealEphemeral()); }},
      {"GenerateKey", [](Module& m, DoorKeys&) { return Of(m.GenerateKey({}, KeyId(), 1)); }},
      {"OpenKey", [](Module& m, DoorKeys& k) { return Of(m.OpenKey(k.blob, KeyId(), 1)); }},
      {"UnwrapKey",
       [](Module& m, DoorKeys& k) {
         return Of(m.UnwrapKey(*k.kwp, k.wrapped, Gcm(), KeyId(), 1));
       }},
      {"WrapKey", [](Module& m, DoorKeys& k) { return Of(m.WrapKey(*k.kwp, *k.gcm)); }},
      {"EnterKey", [](Module& m, DoorKeys& k) { return Of(m.EnterKey(Gcm(), k.material)); }},
      {"EnterPublicKey",
       [](Module& m, DoorKeys& k) { return Of(m.EnterPublicKey(Algorithm::kEcP256, k.spki)); }},
      {"DeriveKey",
       [](Module& m, DoorKeys& k) {
         return Of(DeriveKey(m, *k.secret, Hkdf{}, Gcm(), KeyId(), 1));
       }},
      {"DeriveBytes",
       [](Module& m, DoorKeys& k) { return Of(DeriveBytes(m, *k.secret, Hkdf{}, 32)); }},
      {"PublicKey", [](Module& m, DoorKeys& k) { return Of(m.PublicKey(*k.ec)); }},
      {"TlsKey", [](Module& m, DoorKeys& k) { return Of(m.TlsKey(*k.ec)); }},
      {"TlsLibrary", [](Module& m, DoorKeys&) { return Of(m.TlsLibrary()); }},
      {"RunTlsStep",
       [](Module& m, DoorKeys&) {
         bool ran = false;
         DoorOutcome outcome = Of(m.RunTlsStep([&ran] { ran = true; }));
         outcome.touched = ran;
         return outcome;
       }},
      {"GrantInvocations",
       [](Module& m, DoorKeys& k) { return Of(m.GrantInvocations(*k.gcm, 0, 1'000'000)); }},
      {"ExportPrivateKeyPem",
       [](Module& m, DoorKeys& k) { return Of(ExportPrivateKeyPem(m, *k.ec)); }},
  };
}

std::vector<DoorService> EntryServices() {
  return {
      {"EnterKeyPair",
       [](Module& m, DoorKeys& k) {
         return Of(EnterKeyPair(m, Of(Algorithm::kEd25519), PrivateForm::kSeed, k.material));
       }},
      {"EnterPublic",
       [](Module& m, DoorKeys& k) {
         return Of(EnterPublic(m, Of(Algorithm::kEcP256), PublicForm::kSpki, k.spki));
       }},
      {"ExportSecretKey", [](Module& m, DoorKeys& k) { return Of(ExportSecretKey(m, *k.secret)); }},
      {"Agree",
       [](Module& m, DoorKeys& k) {
         return Of(Agree(m, *k.agreeing, k.spki, Of(Algorithm::kGenericSecret)));
       }},
      {"EncapsulateKey",
       [](Module& m, DoorKeys& k) { return Of(EncapsulateKey(m, *k.kem, Gcm())); }},
      {"DecapsulateKey",
       [](Module& m, DoorKeys& k) { return Of(DecapsulateKey(m, *k.kem, k.encapsulated, Gcm())); }},
      {"OpenStoreKey", [](Module& m, DoorKeys& k) { return Of(OpenStoreKey(m, k.root, k.kek)); }},
      {"SealForStore",
       [](Module& m, DoorKeys& k) { return Of(SealForStore(m, *k.store, k.blob, KeyId(), 1)); }},
      {"OpenStoredKey",
       [](Module& m, DoorKeys& k) { return Of(OpenStoredKey(m, *k.store, k.stored, KeyId(), 1)); }},
  };
}

std::vector<DoorService> CipherServices() {
  return {
      {"Encrypt", [](Module& m, DoorKeys& k) { return Of(m.Encrypt(*k.gcm, k.mac, {})); }},
      {"EncryptInto", CallEncryptInto},
      {"Decrypt",
       [](Module& m, DoorKeys& k) {
         return Of(m.Decrypt(*k.gcm, k.sealed.iv, k.sealed.data, k.sealed.tag, {}));
       }},
      {"DecryptInto", CallDecryptInto},
      {"EncryptWith",
       [](Module& m, DoorKeys& k) {
         return Of(m.EncryptWith(*k.cbc, {.scheme = Scheme::kAesCbcPad}, k.mac));
       }},
      {"DecryptWith",
       [](Module& m, DoorKeys& k) {
         return Of(m.DecryptWith(*k.cbc, {.scheme = Scheme::kAesCbcPad, .iv = k.encrypted.iv},
                                 k.encrypted.data, {}));
       }},
      {"BeginEncryption",
       [](Module& m, DoorKeys& k) {
         return Of(m.BeginEncryption(k.cbc, {.scheme = Scheme::kAesCbcPad}));
       }},
      {"BeginDecryption",
       [](Module& m, DoorKeys& k) {
         return Of(m.BeginDecryption(k.cbc, {.scheme = Scheme::kAesCbcPad, .iv = k.encrypted.iv}));
       }},
      {"EncryptOaep",
       [](Module& m, DoorKeys& k) {
         return Of(m.EncryptOaep(*k.rsa, Scheme::kDefault, AsBytes("x")));
       }},
      {"DecryptOaep",
       [](Module& m, DoorKeys& k) { return Of(m.DecryptOaep(*k.rsa, Scheme::kDefault, k.oaep)); }},
      {"Encapsulate", [](Module& m, DoorKeys& k) { return Of(m.Encapsulate(*k.kem)); }},
      {"Decapsulate",
       [](Module& m, DoorKeys& k) { return Of(m.Decapsulate(*k.kem, k.encapsulated)); }},
  };
}

std::vector<DoorService> SignatureServices() {
  return {
      {"Sign",
       [](Module& m, DoorKeys& k) { return Of(m.Sign(*k.ec, Scheme::kDefault, AsBytes("x"))); }},
      {"SignWith",
       [](Module& m, DoorKeys& k) {
         return Of(SignWith(m, *k.ec, Scheme::kDefault, AsBytes("x"), {}));
       }},
      {"VerifyWith",
       [](Module& m, DoorKeys& k) {
         return Of(VerifyWith(m, *k.ec, Scheme::kDefault, AsBytes("x"), k.signature, {}));
       }},
      {"SignDigest",
       [](Module& m, DoorKeys& k) { return Of(m.SignDigest(*k.ec, Scheme::kDefault, k.sha256)); }},
      {"Verify",
       [](Module& m, DoorKeys& k) {
         return Of(m.Verify(*k.ec, Scheme::kDefault, AsBytes("x"), k.signature));
       }},
      {"VerifyDigest",
       [](Module& m, DoorKeys& k) {
         return Of(m.VerifyDigest(*k.ec, Scheme::kDefault, k.sha256, k.signature));
       }},
      {"Mac", [](Module& m, DoorKeys& k) { return Of(m.Mac(*k.hmac, AsBytes("x"))); }},
      {"MacWith", [](Module& m, DoorKeys& k) { return Of(m.MacWith(*k.hmac, {}, AsBytes("x"))); }},
      {"VerifyMacWith",
       [](Module& m, DoorKeys& k) {
         return Of(m.VerifyMacWith(*k.hmac, {}, AsBytes("x"), k.mac));
       }},
      {"VerifyMac",
       [](Module& m, DoorKeys& k) { return Of(m.VerifyMac(*k.hmac, AsBytes("x"), k.mac)); }},
      {"IssueCertificate",
       [](Module& m, DoorKeys& k) {
         return Of(IssueCertificate(m, *k.ec, "", k.spki, Certificate()));
       }},
      {"MakeCertificateRequest",
       [](Module& m, DoorKeys& k) { return Of(MakeCertificateRequest(m, *k.ec, "door")); }},
  };
}

std::vector<DoorService> KeylessServices() {
  return {
      {"Random", CallRandom},
      {"Sha256", [](Module& m, DoorKeys&) { return Of(m.Sha256({AsBytes("x")})); }},
      {"Hash",
       [](Module& m, DoorKeys&) { return Of(m.Hash(DigestAlgorithm::kSha384, AsBytes("x"))); }},
      {"Shake", [](Module& m,
                   DoorKeys&) { return Of(m.Shake(ShakeAlgorithm::kShake128, AsBytes("x"), 32)); }},
      {"BeginDigest",
       [](Module& m, DoorKeys&) { return Of(m.BeginDigest(DigestAlgorithm::kSha256)); }},
      {"Digest::Update", [](Module&, DoorKeys& k) { return Of(k.digest->Update(AsBytes("x"))); }},
      {"Digest::Finish", [](Module&, DoorKeys& k) { return Of(k.digest->Finish()); }},
      {"ParseCertificateRequest",
       [](Module& m, DoorKeys& k) {
         return Of(ParseCertificateRequest(m, k.certificate_request));
       }},
      {"CertificateFingerprint",
       [](Module& m, DoorKeys& k) { return Of(CertificateFingerprint(m, k.certificate)); }},
      {"RunPeriodicSelfTests",
       [](Module& m, DoorKeys&) {
         return Of(
             m.RunPeriodicSelfTests(std::chrono::steady_clock::now() + std::chrono::hours(1000)));
       }},
      {"SelfTest", [](Module& m, DoorKeys&) { return Of(m.SelfTest()); }},
  };
}

}  // namespace

DoorKeys MakeDoorKeys(Module& module) {
  DoorKeys keys;
  keys.gcm = Make(module, Algorithm::kAes256Gcm);
  keys.kwp = Make(module, Algorithm::kAes256Kwp);
  keys.hmac = Make(module, Algorithm::kHmacSha256);
  keys.rsa = Make(module, Algorithm::kRsa2048);
  keys.ec = Make(module, Algorithm::kEcP256);
  keys.agreeing =
      module.GenerateKey({.algorithm = Algorithm::kEcP256, .usages = Usage::kDerive}, KeyId(), 1)
          .value()
          .value.key;
  keys.kem = Make(module, Algorithm::kMlKem768);
  keys.secret = Make(module, Algorithm::kGenericSecret);
  keys.cbc = Make(module, Algorithm::kAes256Cbc);
  EXPECT_THAT(module.GrantInvocations(*keys.gcm, 0, 1'000'000), IsOk());
  keys.root = module.GenerateRootKey().value();
  keys.material = module.GenerateRootKey().value();
  keys.kek = module.CreateKek(keys.root).value();
  keys.blob = module.GenerateKey({}, KeyId(), 1).value().value.blob;
  keys.store = OpenStoreKey(module, keys.root, keys.kek).value();
  keys.stored = SealForStore(module, *keys.store, keys.blob, KeyId(), 1).value();
  keys.wrapped = module.WrapKey(*keys.kwp, *keys.gcm).value().value;
  keys.spki = module.PublicKey(*keys.ec).value();
  keys.signature = module.Sign(*keys.ec, Scheme::kDefault, AsBytes("x")).value().value;
  keys.mac = module.Mac(*keys.hmac, AsBytes("x")).value().value;
  keys.sha256 = ToBytes(module.Sha256({AsBytes("x")}).value());
  keys.certificate_request = MakeCertificateRequest(module, *keys.ec, "door").value();
  keys.certificate = IssueCertificate(module, *keys.ec, "", keys.spki, Certificate()).value();
  keys.sealed = module.Encrypt(*keys.gcm, keys.mac, {}).value().value;
  keys.encrypted =
      module.EncryptWith(*keys.cbc, {.scheme = Scheme::kAesCbcPad}, keys.mac).value().value;
  keys.oaep = module.EncryptOaep(*keys.rsa, Scheme::kDefault, AsBytes("x")).value().value;
  keys.encapsulated = module.Encapsulate(*keys.kem).value().value.ciphertext;
  keys.digest = module.BeginDigest(DigestAlgorithm::kSha256).value();
  return keys;
}

const std::vector<DoorService>& DoorServices() {
  static const std::vector<DoorService> services = [] {
    std::vector<DoorService> all;
    for (const auto& group : {KeyServices(), EntryServices(), CipherServices(), SignatureServices(),
                              KeylessServices()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return services;
}

}  // namespace vallum::module
