// SPDX-License-Identifier: Apache-2.0
// Certificates and requests signed by keys of the module.
#include "module/certificate.h"

#include "module/impl.h"
#include "module/scheme_map.h"
#include "ossl/digest.h"
#include "ossl/x509.h"

namespace vallum::module {
namespace {

Result<Scheme> CertificateScheme(const Key& key) {
  switch (key.facts().algorithm) {
    case Algorithm::kEcP256:
      return Scheme::kEcdsaSha256;
    case Algorithm::kEcP384:
      return Scheme::kEcdsaSha384;
    default:
      return Unsupported("certificates are signed with ec-p256 or ec-p384 keys");
  }
}

ossl::CertificateKind KindOf(CertificateRole role) {
  switch (role) {
    case CertificateRole::kAuthority:
      return ossl::CertificateKind::kAuthority;
    case CertificateRole::kServer:
      return ossl::CertificateKind::kServer;
    case CertificateRole::kClient:
      break;
  }
  return ossl::CertificateKind::kClient;
}

std::int64_t Seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

ossl::CertificateFields FieldsOf(const CertificateSpec& spec) {
  return {.kind = KindOf(spec.role),
          .common_name = spec.common_name,
          .dns_names = spec.dns_names,
          .ip_addresses = spec.ip_addresses,
          .not_before = Seconds(spec.not_before),
          .not_after = Seconds(spec.not_after)};
}

}  // namespace

Result<std::string> IssueCertificate(Module& module, Key& issuer,
                                     std::string_view issuer_certificate, ByteSpan subject_spki,
                                     const CertificateSpec& spec) {
  const Scheme scheme = TRY(CertificateScheme(issuer));
  ServiceCall call(module.impl(),
                   {.operation = Operation::kSign, .key = &issuer, .scheme = scheme});
  TRY(call.Begin());
  std::string pem = TRY(call.Examine(ossl::MakeCertificate(
      *issuer.pair(), HashOf(scheme), issuer_certificate, subject_spki, FieldsOf(spec))));
  TRY(call.End());
  return pem;
}

Result<std::string> MakeCertificateRequest(Module& module, Key& key, std::string_view common_name) {
  const Scheme scheme = TRY(CertificateScheme(key));
  ServiceCall call(module.impl(), {.operation = Operation::kSign, .key = &key, .scheme = scheme});
  TRY(call.Begin());
  std::string pem = TRY(call.Examine(ossl::MakeRequest(*key.pair(), HashOf(scheme), common_name)));
  TRY(call.End());
  return pem;
}

Result<ParsedRequest> ParseCertificateRequest(Module& module, std::string_view pem) {
  Module::Impl& impl = module.impl();
  ServiceCall call(impl, {.operation = Operation::kVerify}, kTested);
  TRY(call.Begin());
  ossl::RequestFields fields = TRY(call.Examine(ossl::ParseRequest(*impl.context, pem)));
  TRY(call.End());
  return ParsedRequest{std::move(fields.common_name), std::move(fields.spki)};
}

Result<Bytes> CertificateFingerprint(Module& module, std::string_view pem) {
  Module::Impl& impl = module.impl();
  ServiceCall call(impl, {.operation = Operation::kDigest}, kTested);
  TRY(call.Begin());
  const Bytes der = TRY(call.Examine(ossl::CertificateDer(*impl.context, pem)));
  const auto digest =
      TRY(call.Examine(ossl::ComputeDigest(*impl.context, ossl::Hash::kSha256, {der})));
  TRY(call.End());
  return ToBytes(digest.span());
}

Result<SecretBytes> ExportPrivateKeyPem(Module& module, const Key& key) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kExportPrivateKey);
  record.Concern(key.attributes().id);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(key.CheckLive());
  if (key.pair() == nullptr) return Unsupported("a symmetric key has no private key file");
  if (!key.attributes().extractable) {
    return Error(Code::kNotExportable,
                 "the key was not made extractable, so it never leaves the module");
  }
  SecretBytes pem = TRY(key.pair()->ToPkcs8Pem());
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return pem;
}

}  // namespace vallum::module
