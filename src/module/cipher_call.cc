// SPDX-License-Identifier: Apache-2.0
#include "module/cipher_call.h"

#include <fmt/format.h>

#include "ossl/random.h"

namespace vallum::module {
namespace {

Status CheckIv(const CipherRules& rules, const CipherRequest& request) {
  const std::size_t size = request.parameters.iv.size();
  const bool made = request.direction == ossl::Direction::kEncrypt && rules.made_iv > 0;
  if (size >= rules.least_iv && size <= rules.most_iv) return {};
  if (size == 0 && made) return {};
  return InvalidArgument(fmt::format("{} takes an IV of {} to {} bytes, not {}", Name(rules.scheme),
                                     rules.least_iv, rules.most_iv, size));
}

bool IsTagSize(ossl::Mode mode, std::size_t size) {
  if (mode == ossl::Mode::kCcm) return size >= 4 && size <= 16 && size % 2 == 0;
  return size == 4 || size == 8 || (size >= 12 && size <= 16);
}

Status CheckTag(const CipherRules& rules, const CipherRequest& request) {
  if (rules.least_tag != 0) {
    if (IsTagSize(rules.mode, request.tag_size)) return {};
    return InvalidArgument(
        fmt::format("{} has no tag of {} bytes", Name(rules.scheme), request.tag_size));
  }
  if (!request.parameters.aad.empty()) {
    return InvalidArgument(
        fmt::format("{} takes no additional authenticated data", Name(rules.scheme)));
  }
  if (request.direction == ossl::Direction::kEncrypt || request.tag_size == 0) return {};
  return InvalidArgument(fmt::format("{} has no tag", Name(rules.scheme)));
}

}  // namespace

Result<const CipherRules*> OpenCipherCall(ServiceCall& call, const CipherRequest& request) {
  const CipherRules* rules = FindCipherRules(call.scheme());
  if (rules == nullptr) {
    return Unsupported(fmt::format("{} has a service of its own", Name(call.scheme())));
  }
  TRY(CheckIv(*rules, request));
  TRY(CheckTag(*rules, request));
  const bool encrypts = request.direction == ossl::Direction::kEncrypt;
  // Requirement: ind-deny
  if (encrypts && rules->mode == ossl::Mode::kGcm && !request.parameters.iv.empty()) {
    TRY(call.Object(Reason::kExternalIv));
  }
  if (request.tag_size < rules->least_tag) TRY(call.Object(Reason::kWeakParameters));
  return rules;
}

Status CheckDataSize(const CipherRules& rules, ossl::Direction direction, std::uint64_t size) {
  const bool padded = rules.scheme == Scheme::kAesCbcPad && direction == ossl::Direction::kDecrypt;
  const std::uint64_t unit = padded ? 16 : rules.unit;
  if (size % unit != 0 || (padded && size == 0)) {
    return InvalidArgument(
        fmt::format("{} needs a whole number of 16-byte blocks", Name(rules.scheme)));
  }
  if (size >= rules.least_data && size <= rules.most_data) return {};
  return InvalidArgument(fmt::format("{} takes {} to {} bytes", Name(rules.scheme),
                                     rules.least_data, rules.most_data));
}

Result<Bytes> TakeIv(Module::Impl& impl, Key& key, const CipherRules& rules, ByteSpan given) {
  const bool gcm = rules.mode == ossl::Mode::kGcm;
  if (rules.counted && (given.empty() || gcm)) TRY(key.TakeInvocation());
  if (!given.empty() || gcm || rules.made_iv == 0) return ToBytes(given);
  Bytes iv(rules.made_iv);
  TRY(ossl::Random(*impl.context, MutableByteSpan(iv).first(rules.random_iv)));
  return iv;
}

}  // namespace vallum::module
