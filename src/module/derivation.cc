// SPDX-License-Identifier: Apache-2.0
// Key derivation, after the rules of kdf_rules.h.
#include "module/derivation.h"

#include <fmt/format.h>

#include <array>

#include "module/impl.h"
#include "module/kdf_rules.h"
#include "module/new_key.h"
#include "module/scheme_map.h"
#include "ossl/kdf.h"

namespace vallum::module {
namespace {

constexpr std::size_t kMostBytes = 8192;

ossl::HkdfStep StepOf(Hkdf::Step step) {
  switch (step) {
    case Hkdf::Step::kExtract:
      return ossl::HkdfStep::kExtract;
    case Hkdf::Step::kExpand:
      return ossl::HkdfStep::kExpand;
    default:
      return ossl::HkdfStep::kBoth;
  }
}

ossl::PrfKind PrfOf(OneStepKdf::Function function) {
  constexpr std::array kKinds = {ossl::PrfKind::kHash, ossl::PrfKind::kHmac,
                                 ossl::PrfKind::kKmac128, ossl::PrfKind::kKmac256};
  return kKinds[static_cast<std::size_t>(function)];
}

ossl::PrfKind PrfOf(Kbkdf::Function function) {
  constexpr std::array kKinds = {ossl::PrfKind::kHmac, ossl::PrfKind::kCmac,
                                 ossl::PrfKind::kKmac128, ossl::PrfKind::kKmac256};
  return kKinds[static_cast<std::size_t>(function)];
}

Bytes Tls12Seed(const Tls12Kdf& kdf) {
  constexpr std::array<std::string_view, 4> kLabels = {"extended master secret", "key expansion",
                                                       "client finished", "server finished"};
  Bytes seed = ToBytes(AsBytes(kLabels[static_cast<std::size_t>(kdf.label)]));
  Append(seed, kdf.seed);
  return seed;
}

// One derivation from raw bytes to raw bytes.
struct Run {
  ossl::LibraryContext& context;
  ByteSpan key;
  MutableByteSpan out;

  Status operator()(const Hkdf& kdf) const {
    return ossl::Hkdf(
        context,
        {.hash = HashOf(kdf.hash), .step = StepOf(kdf.step), .salt = kdf.salt, .info = kdf.info},
        key, out);
  }
  Status operator()(const OneStepKdf& kdf) const {
    return ossl::OneStep(
        context,
        {.prf = PrfOf(kdf.function), .hash = HashOf(kdf.hash), .salt = kdf.salt, .info = kdf.info},
        key, out);
  }
  Status operator()(const Kbkdf& kdf) const {
    return ossl::Kbkdf(context,
                       {.prf = PrfOf(kdf.function),
                        .hash = HashOf(kdf.hash),
                        .feedback = kdf.mode == Kbkdf::Mode::kFeedback,
                        .counter_bits = kdf.counter_bits,
                        .separator = kdf.separator,
                        .length = kdf.length,
                        .label = kdf.label,
                        .context = kdf.context,
                        .iv = kdf.iv},
                       key, out);
  }
  Status operator()(const Pbkdf2& kdf) const {
    return ossl::Pbkdf2(context,
                        {.hash = HashOf(kdf.hash), .salt = kdf.salt, .iterations = kdf.iterations},
                        key, out);
  }
  Status operator()(const X963Kdf& kdf) const {
    return ossl::X963(context, HashOf(kdf.hash), kdf.shared_info, key, out);
  }
  Status operator()(const Tls12Kdf& kdf) const {
    return ossl::Tls12Prf(context, HashOf(kdf.hash), Tls12Seed(kdf), key, out);
  }
  Status operator()(const Tls13Extract& kdf) const {
    const ByteSpan previous = kdf.previous == nullptr ? ByteSpan() : kdf.previous->raw();
    return ossl::Tls13Extract(context, HashOf(kdf.hash), previous, key, out);
  }
  Status operator()(const Tls13Expand& kdf) const {
    return ossl::Tls13Expand(context, HashOf(kdf.hash), kdf.label, kdf.context, key, out);
  }
};

// A second key that takes part has to pass what the first one passes.
Status CheckPrevious(Module::Impl& impl, ServiceCall& call, const KdfParameters& parameters) {
  const auto* extract = std::get_if<Tls13Extract>(&parameters);
  if (extract == nullptr || extract->previous == nullptr) return {};
  TRY(extract->previous->CheckLive());
  const KeyAttributes& attributes = extract->previous->attributes();
  if (extract->previous->facts().family != Family::kSecret) {
    return Unsupported("the earlier secret of a key schedule is a generic-secret");
  }
  if (!attributes.usages.Has(Usage::kDerive)) {
    return Error(Code::kKeyUsage, "the earlier secret may not derive");
  }
  if (!extract->previous->IsApprovedUnder(impl.policy)) {
    return call.Object(Reason::kKeyMadeNotApproved);
  }
  return {};
}

Status ObjectTo(ServiceCall& call, std::uint32_t reasons) {
  for (std::uint32_t bit = 1; bit <= reasons; bit <<= 1) {
    if ((reasons & bit) != 0) TRY(call.Object(static_cast<Reason>(bit)));
  }
  return {};
}

Result<SecretBytes> Derive(Module::Impl& impl, ServiceCall& call, const Key& base,
                           const KdfParameters& parameters, std::size_t size) {
  TRY(CheckPrevious(impl, call, parameters));
  TRY(CheckParameters(parameters, size));
  TRY(ObjectTo(call, WeaknessOf(parameters, size)));
  SecretBytes out = TRY(SecretBytes::Create(size));
  TRY(call.Examine(std::visit(Run{*impl.context, base.raw(), out.mutable_span()}, parameters)));
  return out;
}

}  // namespace

Scheme SchemeOf(const KdfParameters& parameters) {
  struct Mapping {
    Scheme operator()(const Hkdf&) const { return Scheme::kHkdf; }
    Scheme operator()(const OneStepKdf&) const { return Scheme::kOneStepKdf; }
    Scheme operator()(const Kbkdf&) const { return Scheme::kKbkdf; }
    Scheme operator()(const Pbkdf2&) const { return Scheme::kPbkdf2; }
    Scheme operator()(const X963Kdf&) const { return Scheme::kX963Kdf; }
    Scheme operator()(const Tls12Kdf&) const { return Scheme::kTls12Kdf; }
    Scheme operator()(const Tls13Extract&) const { return Scheme::kTls13Kdf; }
    Scheme operator()(const Tls13Expand&) const { return Scheme::kTls13Kdf; }
  };
  return std::visit(Mapping{}, parameters);
}

Result<Approved<NewKey>> DeriveKey(Module& module, Key& base, const KdfParameters& parameters,
                                   const KeySpec& spec, const KeyId& id, std::uint32_t version) {
  TRY(CheckVersion(version));
  if (IsAsymmetric(spec.algorithm)) {
    return Unsupported("key pairs are generated, not derived");
  }
  Module::Impl& impl = module.impl();
  const KeyAttributes attributes =
      TRY(AttributesFor(spec, Origin::kDerived, impl.policy, id, version));
  const std::size_t size = TRY(MaterialSize(spec));
  ServiceCall call(impl,
                   {.operation = Operation::kDerive, .key = &base, .scheme = SchemeOf(parameters)});
  TRY(call.Begin());
  TRY(call.BeginKey());
  const SecretBytes material = TRY(Derive(impl, call, base, parameters, size));
  KeyRef key = TRY(EnterMaterial(impl, call, attributes, material.span()));
  Bytes blob = TRY(call.Examine(impl.kek->Seal(key->attributes(), material.span())));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<NewKey>{{std::move(key), std::move(blob)}, indicator};
}

Result<Approved<SecretBytes>> DeriveBytes(Module& module, Key& base,
                                          const KdfParameters& parameters, std::size_t size) {
  if (size == 0 || size > kMostBytes) return InvalidArgument("1 to 8192 bytes are derived at once");
  Module::Impl& impl = module.impl();
  ServiceCall call(impl,
                   {.operation = Operation::kDerive, .key = &base, .scheme = SchemeOf(parameters)});
  TRY(call.Begin());
  if (!base.attributes().extractable) {
    return Error(Code::kNotExportable,
                 "the base key was not made extractable, so nothing derived from it leaves the "
                 "module; derive a key instead");
  }
  SecretBytes out = TRY(Derive(impl, call, base, parameters, size));
  const Indicator indicator = TRY(call.End());
  return Approved<SecretBytes>{std::move(out), indicator};
}

}  // namespace vallum::module
