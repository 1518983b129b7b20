// SPDX-License-Identifier: Apache-2.0
// Signatures (FIPS 186-5, FIPS 204, FIPS 205).
#include "module/signing.h"

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

ossl::MessageForm FormOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kEd25519ph:
    case Scheme::kEd448ph:
      return ossl::MessageForm::kPrehash;
    case Scheme::kMlDsaMu:
      return ossl::MessageForm::kMu;
    default:
      return ossl::MessageForm::kPure;
  }
}

bool TakesContext(Scheme scheme) {
  return SignsMessage(scheme) && scheme != Scheme::kEd25519 && scheme != Scheme::kMlDsaMu;
}

bool IsRandomised(Scheme scheme) {
  return scheme == Scheme::kMlDsa || scheme == Scheme::kMlDsaMu || scheme == Scheme::kSlhDsa;
}

Status CheckSalt(Scheme scheme, std::size_t size) {
  if (PaddingOf(scheme) != ossl::Padding::kPss) {
    return Unsupported(fmt::format("{} has no salt", Name(scheme)));
  }
  const std::size_t most = ossl::HashSize(HashOf(scheme));
  if (size <= most) return {};
  return InvalidArgument(fmt::format("the salt of {} has at most {} bytes", Name(scheme), most));
}

Status CheckOptions(Scheme scheme, const SignatureOptions& options, ByteSpan message) {
  constexpr std::size_t kMostContext = 255;
  constexpr std::size_t kMu = 64;
  if (!options.context.empty() && !TakesContext(scheme)) {
    return Unsupported(fmt::format("{} has no context string", Name(scheme)));
  }
  if (options.context.size() > kMostContext) {
    return InvalidArgument("a context string has at most 255 bytes");
  }
  if (options.randomness != SignatureOptions::Randomness::kHedged && !IsRandomised(scheme)) {
    return Unsupported(fmt::format("{} has no deterministic variant here", Name(scheme)));
  }
  if (scheme == Scheme::kMlDsaMu && message.size() != kMu) {
    return InvalidArgument("the message representative of ML-DSA has 64 bytes");
  }
  return options.salt_size ? CheckSalt(scheme, *options.salt_size) : Status();
}

ossl::MessageScheme MessageSchemeOf(Scheme scheme, const SignatureOptions& options) {
  const bool hedged = options.randomness == SignatureOptions::Randomness::kHedged;
  return {.form = FormOf(scheme),
          .randomness = hedged ? ossl::Randomness::kHedged : ossl::Randomness::kDeterministic,
          .context = options.context};
}

ossl::DigestScheme DigestSchemeOf(Scheme scheme, const SignatureOptions& options) {
  ossl::DigestScheme digest_scheme = DigestSchemeOf(scheme);
  if (options.salt_size) digest_scheme.salt_size = static_cast<int>(*options.salt_size);
  return digest_scheme;
}

Result<Bytes> SignAny(Module::Impl& impl, Key& key, Scheme scheme, ByteSpan message,
                      const SignatureOptions& options) {
  if (SignsMessage(scheme)) {
    return ossl::SignMessage(*key.pair(), MessageSchemeOf(scheme, options), message);
  }
  const auto digest = TRY(ossl::ComputeDigest(*impl.context, HashOf(scheme), {message}));
  return ossl::SignDigest(*key.pair(), DigestSchemeOf(scheme, options), digest.span());
}

Status VerifyAny(Module::Impl& impl, Key& key, Scheme scheme, ByteSpan message, ByteSpan signature,
                 const SignatureOptions& options) {
  if (SignsMessage(scheme)) {
    return ossl::VerifyMessage(*key.pair(), MessageSchemeOf(scheme, options), message, signature);
  }
  const auto digest = TRY(ossl::ComputeDigest(*impl.context, HashOf(scheme), {message}));
  return ossl::VerifyDigest(*key.pair(), DigestSchemeOf(scheme, options), digest.span(), signature);
}

}  // namespace

Result<Approved<Bytes>> SignWith(Module& module, Key& key, Scheme scheme, ByteSpan message,
                                 const SignatureOptions& options) {
  Module::Impl& impl = module.impl();
  ServiceCall call(impl, {.operation = Operation::kSign, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  TRY(CheckOptions(call.scheme(), options, message));
  Bytes signature = TRY(call.Examine(SignAny(impl, key, call.scheme(), message, options)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(signature), indicator};
}

Result<Indicator> VerifyWith(Module& module, Key& key, Scheme scheme, ByteSpan message,
                             ByteSpan signature, const SignatureOptions& options) {
  Module::Impl& impl = module.impl();
  ServiceCall call(impl, {.operation = Operation::kVerify, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  TRY(CheckOptions(call.scheme(), options, message));
  SignatureOptions verified = options;
  verified.randomness = SignatureOptions::Randomness::kHedged;
  TRY(call.Examine(VerifyAny(impl, key, call.scheme(), message, signature, verified)));
  return call.End();
}

Result<Approved<Bytes>> Module::Sign(Key& key, Scheme scheme, ByteSpan message) {
  return SignWith(*this, key, scheme, message, {});
}

Result<Indicator> Module::Verify(Key& key, Scheme scheme, ByteSpan message, ByteSpan signature) {
  return VerifyWith(*this, key, scheme, message, signature, {});
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
