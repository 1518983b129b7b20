// SPDX-License-Identifier: Apache-2.0
// Signatures (FIPS 186-5, FIPS 204).
#include <fmt/format.h>

#include "module/impl.h"
#include "module/scheme_map.h"
#include "ossl/digest.h"
#include "ossl/signature.h"

namespace vallum::module {
namespace {

Status CheckDigest(Scheme scheme, ByteSpan digest) {
  if (SignsMessage(scheme)) {
    return Unsupported(
        fmt::format("{} signs the message itself; send the message, not a digest", Name(scheme)));
  }
  const std::size_t wanted = ossl::HashSize(HashOf(scheme));
  if (digest.size() == wanted) return {};
  return InvalidArgument(
      fmt::format("the digest for {} has {} bytes, not {}", Name(scheme), wanted, digest.size()));
}

Result<Bytes> SignAny(Module::Impl& impl, Key& key, Scheme scheme, ByteSpan message) {
  if (SignsMessage(scheme)) return ossl::SignMessage(*key.pair(), message);
  const auto digest = TRY(ossl::ComputeDigest(*impl.context, HashOf(scheme), {message}));
  return ossl::SignDigest(*key.pair(), DigestSchemeOf(scheme), digest.span());
}

Status VerifyAny(Module::Impl& impl, Key& key, Scheme scheme, ByteSpan message,
                 ByteSpan signature) {
  if (SignsMessage(scheme)) return ossl::VerifyMessage(*key.pair(), message, signature);
  const auto digest = TRY(ossl::ComputeDigest(*impl.context, HashOf(scheme), {message}));
  return ossl::VerifyDigest(*key.pair(), DigestSchemeOf(scheme), digest.span(), signature);
}

}  // namespace

Result<Approved<Bytes>> Module::Sign(Key& key, Scheme scheme, ByteSpan message) {
  ServiceCall call(*impl_, {.operation = Operation::kSign, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  Bytes signature = TRY(call.Examine(SignAny(*impl_, key, call.scheme(), message)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(signature), indicator};
}

Result<Approved<Bytes>> Module::SignDigest(Key& key, Scheme scheme, ByteSpan digest) {
  ServiceCall call(*impl_, {.operation = Operation::kSign, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  TRY(CheckDigest(call.scheme(), digest));
  Bytes signature =
      TRY(call.Examine(ossl::SignDigest(*key.pair(), DigestSchemeOf(call.scheme()), digest)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(signature), indicator};
}

Result<Indicator> Module::Verify(Key& key, Scheme scheme, ByteSpan message, ByteSpan signature) {
  ServiceCall call(*impl_, {.operation = Operation::kVerify, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  TRY(call.Examine(VerifyAny(*impl_, key, call.scheme(), message, signature)));
  return call.End();
}

Result<Indicator> Module::VerifyDigest(Key& key, Scheme scheme, ByteSpan digest,
                                       ByteSpan signature) {
  ServiceCall call(*impl_, {.operation = Operation::kVerify, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  TRY(CheckDigest(call.scheme(), digest));
  TRY(call.Examine(
      ossl::VerifyDigest(*key.pair(), DigestSchemeOf(call.scheme()), digest, signature)));
  return call.End();
}

}  // namespace vallum::module
