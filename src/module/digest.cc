// SPDX-License-Identifier: Apache-2.0
// Hashing (FIPS 180-4), which needs no key and so also runs before the module is unsealed.
#include "ossl/digest.h"

#include <algorithm>

#include "module/impl.h"
#include "module/scheme_map.h"

namespace vallum::module {
namespace {

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

  Result<Bytes> Finish() override {
    ServiceCall call(impl_, {.operation = Operation::kDigest}, kTested);
    TRY(call.Begin());
    if (std::exchange(finished_, true)) return InvalidArgument("the digest was finished before");
    const auto value = TRY(call.Examine(std::move(digest_).Finish()));
    TRY(call.End());
    return ToBytes(value.span());
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

Result<std::unique_ptr<Module::Digest>> Module::BeginDigest(DigestAlgorithm algorithm) {
  ServiceCall call(*impl_, {.operation = Operation::kDigest}, kTested);
  TRY(call.Begin());
  auto digest = TRY(call.Examine(ossl::StreamingDigest::Create(impl_->context, HashOf(algorithm))));
  return std::make_unique<DigestService>(*impl_, std::move(digest));
}

}  // namespace vallum::module
