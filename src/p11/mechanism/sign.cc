// SPDX-License-Identifier: Apache-2.0
#include "p11/mechanism/sign.h"

#include <algorithm>
#include <utility>

#include "p11/mechanism/der.h"
#include "p11/mechanism/parameter.h"

namespace vallum::p11 {
namespace {

constexpr std::size_t kLargestMessage = 64 << 20;

/// Plan is what the mechanism, its parameter and the key come to.
struct Plan {
  Kind kind{};
  UsableKeyRef key;
  Scheme scheme = Scheme::kDefault;
  const HashFacts* hash = nullptr;  ///< that the message goes through piece by piece, or null
  module::SignatureOptions options;
  bool has_options = false;
  std::size_t coordinate = 0;  ///< of ECDSA
  std::size_t size = 0;        ///< of the signature
};

std::size_t SignatureSize(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsa2048:
      return 256;
    case Algorithm::kRsa3072:
      return 384;
    case Algorithm::kRsa4096:
      return 512;
    case Algorithm::kEcP256:
    case Algorithm::kEd25519:
      return 64;
    case Algorithm::kEcP384:
      return 96;
    case Algorithm::kEcP521:
      return 132;
    case Algorithm::kEd448:
      return 114;
    case Algorithm::kMlDsa44:
      return 2420;
    case Algorithm::kMlDsa65:
      return 3309;
    case Algorithm::kMlDsa87:
      return 4627;
    case Algorithm::kSlhDsaSha2_128s:
    case Algorithm::kSlhDsaShake128s:
      return 7856;
    case Algorithm::kSlhDsaSha2_128f:
    case Algorithm::kSlhDsaShake128f:
      return 17088;
    case Algorithm::kSlhDsaSha2_192s:
    case Algorithm::kSlhDsaShake192s:
      return 16224;
    case Algorithm::kSlhDsaSha2_192f:
    case Algorithm::kSlhDsaShake192f:
      return 35664;
    case Algorithm::kSlhDsaSha2_256s:
    case Algorithm::kSlhDsaShake256s:
      return 29792;
    case Algorithm::kSlhDsaSha2_256f:
    case Algorithm::kSlhDsaShake256f:
      return 49856;
    default:
      return 16;  // CMAC
  }
}

Done PlanPss(Plan& plan, const HashFacts* hash, ByteSpan parameter) {
  const auto given = TRY(ReadParameter<CK_RSA_PKCS_PSS_PARAMS>(parameter));
  const HashFacts* named = FindHash(given.hashAlg);
  if (named == nullptr || (hash != nullptr && hash != named) || given.mgf != named->mgf) {
    return Fail(CKR_MECHANISM_PARAM_INVALID);
  }
  plan.scheme = named->pss;
  if (given.sLen == named->size) {
    plan.hash = hash;
    return {};
  }
  // The module takes another salt with a whole message only.
  if (given.sLen > named->size || hash == nullptr) return Fail(CKR_MECHANISM_PARAM_INVALID);
  plan.options.salt_size = given.sLen;
  plan.has_options = true;
  return {};
}

Done PlanEdDsa(Plan& plan, Algorithm algorithm, ByteSpan parameter) {
  const bool small = algorithm == Algorithm::kEd25519;
  plan.scheme = small ? Scheme::kEd25519 : Scheme::kEd448;
  if (parameter.empty()) return {};
  const auto given = TRY(ReadParameter<CK_EDDSA_PARAMS>(parameter));
  const ByteSpan context = TRY(ReadPart(given.pContextData, given.ulContextDataLen, 255));
  if (given.phFlag != 0) plan.scheme = small ? Scheme::kEd25519ph : Scheme::kEd448ph;
  if (context.empty()) return {};
  if (small && given.phFlag == 0) return Fail(CKR_MECHANISM_PARAM_INVALID);
  plan.options.context = ToBytes(context);
  plan.has_options = true;
  return {};
}

Done PlanContext(Plan& plan, Scheme scheme, ByteSpan parameter) {
  plan.scheme = scheme;
  if (parameter.empty()) return {};
  const auto given = TRY(ReadParameter<CK_SIGN_ADDITIONAL_CONTEXT>(parameter));
  if (given.hedgeVariant > CKH_DETERMINISTIC_REQUIRED) return Fail(CKR_MECHANISM_PARAM_INVALID);
  plan.options.context = ToBytes(TRY(ReadPart(given.pContext, given.ulContextLen, 255)));
  plan.has_options = true;
  if (given.hedgeVariant == CKH_DETERMINISTIC_REQUIRED) {
    plan.options.randomness = module::SignatureOptions::Randomness::kDeterministic;
  }
  return {};
}

Done PlanScheme(Plan& plan, const MechanismRow& row, Algorithm algorithm, ByteSpan parameter) {
  const HashFacts* hash = FindHash(row.hash);
  switch (row.kind) {
    case Kind::kRsaPss:
    case Kind::kRsaPssHash:
      return PlanPss(plan, hash, parameter);
    case Kind::kEdDsa:
      return PlanEdDsa(plan, algorithm, parameter);
    case Kind::kMlDsa:
      return PlanContext(plan, Scheme::kMlDsa, parameter);
    case Kind::kSlhDsa:
      return PlanContext(plan, Scheme::kSlhDsa, parameter);
    default:
      break;
  }
  if (!parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
  if (row.kind == Kind::kRsaPkcsHash || row.kind == Kind::kEcdsaHash) plan.hash = hash;
  if (row.kind == Kind::kRsaPkcsHash) plan.scheme = hash->pkcs1;
  if (row.kind == Kind::kEcdsaHash) plan.scheme = hash->ecdsa;
  if (row.kind == Kind::kAesCmac) plan.scheme = Scheme::kAesCmac;
  return {};
}

Ck<Plan> MakePlan(const MechanismRow& row, ByteSpan parameter, const Object& key) {
  Plan plan;
  plan.kind = row.kind;
  const Algorithm algorithm =
      row.kind == Kind::kHmac ? FindHash(row.hash)->hmac : key.material->forms().front().algorithm;
  TRY(PlanScheme(plan, row, algorithm, parameter));
  plan.key = TRY(As(key.material->Use(algorithm), Code::kUnsupported, CKR_KEY_TYPE_INCONSISTENT));
  plan.size = row.kind == Kind::kHmac ? FindHash(row.hash)->size : SignatureSize(algorithm);
  if (row.kind == Kind::kEcdsa || row.kind == Kind::kEcdsaHash) plan.coordinate = plan.size / 2;
  return plan;
}

/// Digested is a digest and the scheme that it belongs to.
struct Digested {
  Scheme scheme;
  ByteSpan digest;
};

// DigestInfo (RFC 8017, 9.2) of one of our hashes, with NULL as its parameter.
Ck<Digested> ParseDigestInfo(ByteSpan data) {
  static constexpr std::array<std::uint8_t, 10> kOidStart = {0x06, 0x09, 0x60, 0x86, 0x48,
                                                             0x01, 0x65, 0x03, 0x04, 0x02};
  const auto content = ReadDerContent(data, kDerSequence);
  const auto algorithm = content ? ReadDer(*content) : std::nullopt;
  if (!algorithm || algorithm->tag != kDerSequence || algorithm->content.size() != 13) {
    return Fail(CKR_DATA_INVALID);
  }
  const ByteSpan oid = algorithm->content;
  const bool ours = std::ranges::equal(oid.first(10), kOidStart) && oid[11] == 5 && oid[12] == 0;
  const auto digest = ReadDerContent(algorithm->rest, kDerOctetString);
  if (!ours || !digest) return Fail(CKR_DATA_INVALID);
  for (const HashFacts& hash : kHashes) {
    if (hash.oid_end == oid[10] && hash.size == digest->size())
      return Digested{hash.pkcs1, *digest};
  }
  return Fail(CKR_DATA_INVALID);
}

Ck<Digested> DigestFor(const Plan& plan, ByteSpan data) {
  if (plan.kind == Kind::kRsaPkcs) return ParseDigestInfo(data);
  if (plan.kind == Kind::kRsaPss) return Digested{plan.scheme, data};
  for (const HashFacts& hash : kHashes) {
    const bool sha2 = hash.oid_end <= 3;
    if (sha2 && hash.size == data.size()) return Digested{hash.ecdsa, data};
  }
  return Fail(CKR_DATA_LEN_RANGE);
}

bool TakesDigest(Kind kind) {
  return kind == Kind::kRsaPkcs || kind == Kind::kRsaPss || kind == Kind::kEcdsa;
}

Ck<UsableKey::Signing> What(const Plan& plan, ByteSpan data) {
  if (TakesDigest(plan.kind)) {
    const Digested digested = TRY(DigestFor(plan, data));
    return UsableKey::Signing{
        .scheme = digested.scheme, .data = digested.digest, .is_digest = true};
  }
  return UsableKey::Signing{
      .scheme = plan.scheme, .data = data, .options = plan.has_options ? &plan.options : nullptr};
}

bool IsMac(Kind kind) { return kind == Kind::kHmac || kind == Kind::kAesCmac; }

/// Gathered is a message that comes in pieces: hashed on the way where that is possible, else kept.
class Gathered {
 public:
  Done Add(module::Module& module, const Plan& plan, ByteSpan part) {
    if (plan.hash != nullptr) {
      if (digest_ == nullptr) digest_ = TRY(module.BeginDigest(plan.hash->digest));
      TRY(digest_->Update(part));
      return {};
    }
    if (part.size() > kLargestMessage - message_.size()) return Fail(CKR_DATA_LEN_RANGE);
    TRY(message_.Append(part));
    return {};
  }
  bool is_digest() const { return digest_ != nullptr; }
  Ck<Bytes> Digest() { return TRY(digest_->Finish()); }
  ByteSpan message() const { return message_.span(); }

 private:
  std::unique_ptr<module::Module::Digest> digest_;
  SecretBuffer message_;
};

class KeySigner final : public Signer {
 public:
  KeySigner(module::Module& module, Plan plan) : module_(module), plan_(std::move(plan)) {}
  std::size_t size() const override { return plan_.size; }
  Done Update(ByteSpan part) override { return gathered_.Add(module_, plan_, part); }

  Ck<Bytes> Finish() override {
    Gathered gathered = std::exchange(gathered_, Gathered());
    if (!gathered.is_digest()) return Sign(gathered.message());
    const Bytes digest = TRY(gathered.Digest());
    return Made({.scheme = plan_.scheme, .data = digest, .is_digest = true});
  }

  Ck<Bytes> Sign(ByteSpan data) override {
    if (IsMac(plan_.kind)) return Shape(Note(TRY(plan_.key->Mac(plan_.scheme, data))));
    return Made(TRY(What(plan_, data)));
  }

 private:
  Ck<Bytes> Made(const UsableKey::Signing& what) {
    return Shape(Note(TRY(As(plan_.key->Sign(what), Code::kInvalidArgument, CKR_DATA_LEN_RANGE))));
  }
  Ck<Bytes> Shape(Bytes signature) const {
    if (plan_.coordinate == 0) {
      if (signature.size() != plan_.size) return Fail(CKR_DEVICE_ERROR);
      return signature;
    }
    auto raw = RawEcdsa(signature, plan_.coordinate);
    if (!raw) return Fail(CKR_DEVICE_ERROR);
    return *std::move(raw);
  }
  module::Module& module_;
  Plan plan_;
  Gathered gathered_;
};

class KeyVerifier final : public Verifier {
 public:
  KeyVerifier(module::Module& module, Plan plan) : module_(module), plan_(std::move(plan)) {}
  Done Update(ByteSpan part) override { return gathered_.Add(module_, plan_, part); }

  Done Finish(ByteSpan signature) override {
    Gathered gathered = std::exchange(gathered_, Gathered());
    if (!gathered.is_digest()) return Verify(gathered.message(), signature);
    TRY(CheckSize(signature));
    const Bytes digest = TRY(gathered.Digest());
    return Judge(plan_.key->Verify({.scheme = plan_.scheme, .data = digest, .is_digest = true},
                                   Shape(signature)));
  }

  Done Verify(ByteSpan data, ByteSpan signature) override {
    TRY(CheckSize(signature));
    if (IsMac(plan_.kind)) return Judge(plan_.key->VerifyMac(plan_.scheme, data, signature));
    return Judge(plan_.key->Verify(TRY(What(plan_, data)), Shape(signature)));
  }

 private:
  Done CheckSize(ByteSpan signature) const {
    if (signature.size() == plan_.size) return {};
    return Fail(CKR_SIGNATURE_LEN_RANGE);
  }
  Bytes Shape(ByteSpan signature) const {
    return plan_.coordinate == 0 ? ToBytes(signature) : DerEcdsa(signature);
  }
  Done Judge(Result<module::Indicator> result) {
    Note(TRY(As(std::move(result), Code::kInvalidArgument, CKR_DATA_LEN_RANGE)));
    return {};
  }
  module::Module& module_;
  Plan plan_;
  Gathered gathered_;
};

}  // namespace

Ck<std::unique_ptr<Signer>> BeginSign(module::Module& module, const MechanismRow& row,
                                      ByteSpan parameter, const Object& key) {
  return std::unique_ptr<Signer>(
      std::make_unique<KeySigner>(module, TRY(MakePlan(row, parameter, key))));
}

Ck<std::unique_ptr<Verifier>> BeginVerify(module::Module& module, const MechanismRow& row,
                                          ByteSpan parameter, const Object& key) {
  return std::unique_ptr<Verifier>(
      std::make_unique<KeyVerifier>(module, TRY(MakePlan(row, parameter, key))));
}

}  // namespace vallum::p11
