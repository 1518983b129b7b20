// SPDX-License-Identifier: Apache-2.0
// Hashing (FIPS 180-4, FIPS 202), which needs no key and so also runs before the module is unsealed.
#include "ossl/digest.h"

#include <algorithm>

#include "module/impl.h"
#include "module/scheme_map.h"

namespace vallum::module {
namespace {

// What is not in the list of digests, MD5 and SHA-1 among them, is not offered under any policy.
// Requirement: ind-deny
Status CheckOffered(DigestAlgorithm algorithm) {
  if (static_cast<int>(algorithm) < kDigestAlgorithmCount) return {};
  return Unsupported("the module does not offer this digest");
}

class DigestService final : public Module::Digest {
 public:
  DigestService(Module::Impl& impl, ossl::StreamingDigest digest)
      : impl_(impl), digest_(std::move(digest)) {}

  Status Update(ByteSpan bytes) override {
    ServiceCall call(impl_, {.operation = Operation::kDigest}, kTested);
    TRY(call.Begin());
    if (finished_) return InvalidArgument("the digest is finished; begin another");
    return call.Examine(digest_.Update(bytes));
  }

  Result<Bytes> Finish() override { return TRY(FinishApproved()).value; }

  Result<Approved<Bytes>> FinishApproved() override {
    ServiceCall call(impl_, {.operation = Operation::kDigest}, kTested);
    TRY(call.Begin());
    if (std::exchange(finished_, true)) return InvalidArgument("the digest was finished before");
    const auto value = TRY(call.Examine(std::move(digest_).Finish()));
    const Indicator indicator = TRY(call.End());
    return Approved<Bytes>{ToBytes(value.span()), indicator};
  }

 private:
  Module::Impl& impl_;
  ossl::StreamingDigest digest_;
  bool finished_ = false;
};

}  // namespace

Result<std::array<std::uint8_t, 32>> Module::Sha256(std::initializer_list<ByteSpan> parts) {
  ServiceCall call(*impl_, {.operation = Operation::kDigest}, kTested);
  TRY(call.Begin());
  const auto value =
      TRY(call.Examine(ossl::ComputeDigest(*impl_->context, ossl::Hash::kSha256, parts)));
  TRY(call.End());
  std::array<std::uint8_t, 32> digest;
  std::ranges::copy(value.span(), digest.begin());
  return digest;
}

Result<Approved<Bytes>> Module::Hash(DigestAlgorithm algorithm, ByteSpan message) {
  TRY(CheckOffered(algorithm));
  ServiceCall call(*impl_, {.operation = Operation::kDigest}, kTested);
  TRY(call.Begin());
  const auto value =
      TRY(call.Examine(ossl::ComputeDigest(*impl_->context, HashOf(algorithm), {message})));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{ToBytes(value.span()), indicator};
}

Result<Approved<Bytes>> Module::Shake(ShakeAlgorithm algorithm, ByteSpan message,
                                      std::size_t size) {
  constexpr std::size_t kLargest = 65'536;
  if (algorithm > ShakeAlgorithm::kShake256) return Unsupported("there are two SHAKEs");
  if (size == 0 || size > kLargest) return InvalidArgument("SHAKE gives 1 to 65536 bytes");
  ServiceCall call(*impl_, {.operation = Operation::kDigest}, kTested);
  TRY(call.Begin());
  Bytes out(size);
  const bool wide = algorithm == ShakeAlgorithm::kShake256;
  TRY(call.Examine(ossl::ComputeShake(*impl_->context, wide ? 256 : 128, message, out)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(out), indicator};
}

Result<std::unique_ptr<Module::Digest>> Module::BeginDigest(DigestAlgorithm algorithm) {
  TRY(CheckOffered(algorithm));
  ServiceCall call(*impl_, {.operation = Operation::kDigest}, kTested);
  TRY(call.Begin());
  auto digest = TRY(call.Examine(ossl::StreamingDigest::Create(impl_->context, HashOf(algorithm))));
  return std::make_unique<DigestService>(*impl_, std::move(digest));
}

}  // namespace vallum::module
