// SPDX-License-Identifier: Apache-2.0
#include "module/key.h"

#include <fmt/format.h>

#include <algorithm>

#include "ossl/random.h"

namespace vallum::module {
namespace {

constexpr std::uint64_t kMostInvocations = std::uint64_t{1} << 32;  // SP 800-38D, 8.3
constexpr std::size_t kLargestHmacKey = 1024;
constexpr std::size_t kLargestSecret = 8192;  // 65536 bits
constexpr std::size_t kLargestKmacKey = 512;

ossl::Hash HmacHash(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kHmacSha384:
      return ossl::Hash::kSha384;
    case Algorithm::kHmacSha512:
      return ossl::Hash::kSha512;
    case Algorithm::kHmacSha224:
      return ossl::Hash::kSha224;
    case Algorithm::kHmacSha512_224:
      return ossl::Hash::kSha512_224;
    case Algorithm::kHmacSha512_256:
      return ossl::Hash::kSha512_256;
    case Algorithm::kHmacSha3_224:
      return ossl::Hash::kSha3_224;
    case Algorithm::kHmacSha3_256:
      return ossl::Hash::kSha3_256;
    case Algorithm::kHmacSha3_384:
      return ossl::Hash::kSha3_384;
    case Algorithm::kHmacSha3_512:
      return ossl::Hash::kSha3_512;
    default:
      return ossl::Hash::kSha256;
  }
}

Result<const AlgorithmFacts*> FactsOf(Algorithm algorithm) {
  if (const AlgorithmFacts* facts = FindAlgorithm(algorithm)) return facts;
  return Unsupported("the module does not offer this algorithm");
}

std::size_t LargestKey(Family family) {
  if (family == Family::kSecret) return kLargestSecret;
  return family == Family::kKmac ? kLargestKmacKey : kLargestHmacKey;
}

Status CheckSize(const AlgorithmFacts& facts, std::size_t size) {
  if (TakesAnySize(facts.family)) {
    const std::size_t largest = LargestKey(facts.family);
    if (size >= 1 && size <= largest) return {};
    return InvalidArgument(fmt::format("a key of {} has 1 to {} bytes", facts.name, largest));
  }
  const std::size_t wanted = facts.key_bits / 8;
  if (size == wanted) return {};
  return InvalidArgument(fmt::format("a key of {} has {} bytes, not {}", facts.name, wanted, size));
}

}  // namespace

ossl::KeyType PairTypeOf(const AlgorithmFacts& facts) {
  const unsigned bits = facts.family == Family::kRsa ? facts.key_bits : 0;
  return {facts.provider_name, facts.provider_group, bits};
}

const KeyAttributes& AttributesOf(const Key& key) { return key.attributes(); }

Result<KeyWithMaterial> Key::Generate(const ossl::ContextRef& context,
                                      const KeyAttributes& attributes, std::size_t size) {
  const AlgorithmFacts& facts = *TRY(FactsOf(attributes.algorithm));
  if (facts.provider_name == nullptr) {
    SecretBytes material = TRY(ossl::RandomSecret(*context, size));
    KeyRef key = TRY(FromMaterial(context, attributes, material.span(), Trust::kOwn));
    return KeyWithMaterial{std::move(key), std::move(material)};
  }
  KeyRef key(new Key(attributes, facts, facts.key_bits));
  key->pair_ = TRY(ossl::KeyPair::Generate(context, PairTypeOf(facts)));
  SecretBytes material = TRY(key->pair_->ToPkcs8());
  return KeyWithMaterial{std::move(key), std::move(material)};
}

Result<KeyRef> Key::FromMaterial(const ossl::ContextRef& context, const KeyAttributes& attributes,
                                 ByteSpan material, Trust trust) {
  const AlgorithmFacts& facts = *TRY(FactsOf(attributes.algorithm));
  if (facts.provider_name == nullptr) {
    KeyRef key(new Key(attributes, facts, material.size() * 8));
    TRY(key->TakeSymmetric(context, material));
    return key;
  }
  KeyRef key(new Key(attributes, facts, facts.key_bits));
  key->pair_ = trust == Trust::kOwn
                   ? TRY(ossl::KeyPair::FromPkcs8(context, PairTypeOf(facts), material))
                   : TRY(ossl::KeyPair::FromForeignPkcs8(context, PairTypeOf(facts), material));
  return key;
}

Result<KeyRef> Key::FromSpki(const ossl::ContextRef& context, const KeyAttributes& attributes,
                             ByteSpan spki) {
  const AlgorithmFacts& facts = *TRY(FactsOf(attributes.algorithm));
  KeyRef key(new Key(attributes, facts, facts.key_bits));
  key->pair_ = TRY(ossl::KeyPair::FromSpki(context, PairTypeOf(facts), spki));
  return key;
}

Result<KeyRef> Key::FromRaw(const ossl::ContextRef& context, const KeyAttributes& attributes,
                            ossl::RawPart part, ByteSpan bytes) {
  const AlgorithmFacts& facts = *TRY(FactsOf(attributes.algorithm));
  KeyRef key(new Key(attributes, facts, facts.key_bits));
  key->pair_ = TRY(ossl::KeyPair::FromRaw(context, PairTypeOf(facts), part, bytes));
  return key;
}

Status Key::TakeSymmetric(const ossl::ContextRef& context, ByteSpan material) {
  TRY(CheckSize(facts(), material.size()));
  const Family family = facts().family;
  if (IsAes(family)) aes_ = TRY(AesKey::Create(context, family, material));
  if (family == Family::kHmac) {
    mac_ = TRY(ossl::MacKey::CreateHmac(context, HmacHash(attributes_.algorithm), material));
  }
  if (family == Family::kKmac) {
    mac_ = TRY(ossl::MacKey::CreateKmac(context, facts().key_bits, material));
  }
  const bool derives = family == Family::kSecret;
  if (derives || attributes_.extractable) raw_ = TRY(SecretBytes::CopyOf(material));
  return {};
}

Result<ossl::MacKey*> Key::Mac() const {
  if (mac_ != nullptr) return mac_.get();
  if (aes_ != nullptr) return aes_->Cmac();
  return Internal("the key is no MAC key");
}

Status Key::CheckLive() const {
  if (!zeroised()) return {};
  return Error(Code::kKeyState, "the key was zeroised; open or make another one");
}

bool Key::WipeMaterial(WipeLedger& ledger) {
  // libssl counts references to a key pair that it was lent; only the last one wipes it.
  ledger.Await(pair_ != nullptr ? pair_->get() : nullptr);
  aes_.reset();
  mac_.reset();
  pair_.reset();
  raw_ = SecretBytes();
  return ledger.arrived();
}

Result<SecretBytes> Key::ExportMaterial() const {
  return pair_ != nullptr ? pair_->ToPkcs8() : raw_.Clone();
}

void Key::Grant(std::uint64_t used, std::uint64_t total) {
  const auto raise = [](std::atomic<std::uint64_t>& counter, std::uint64_t to) {
    std::uint64_t now = counter.load();
    while (now < to && !counter.compare_exchange_weak(now, to)) {
    }
  };
  raise(used_, used);
  raise(granted_, std::min(total, kMostInvocations));
}

// Requirement: gcm-iv
Status Key::TakeInvocation() {
  constexpr std::uint32_t kAhead = 256;
  if (std::uint32_t* own = counted_ahead_.Mine()) {
    if (*own == 0) *own = TRY(CountAhead(kAhead));
    --*own;
    return {};
  }
  TRY(CountAhead(1));
  return {};
}

// The fewer are left, the fewer go to one thread: the last ones go one by one.
Result<std::uint32_t> Key::CountAhead(std::uint32_t most) {
  constexpr std::uint64_t kShare = 64;
  std::uint64_t used = used_.load(std::memory_order_relaxed), taken = 0;
  do {
    const std::uint64_t granted = granted_.load(std::memory_order_relaxed);
    if (used >= granted) {
      return Error(Code::kInvocationLimit,
                   used >= kMostInvocations
                       ? "the key has encrypted 2^32 times (SP 800-38D, 8.3); rotate it"
                       : "no encryptions are reserved for this key; reserve more and try again");
    }
    taken = std::clamp<std::uint64_t>((granted - used) / kShare, 1, most);
  } while (!used_.compare_exchange_weak(used, used + taken, std::memory_order_relaxed));
  return static_cast<std::uint32_t>(taken);
}

}  // namespace vallum::module
