// SPDX-License-Identifier: Apache-2.0
#include "ossl/x509_extensions.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <memory>

#include "ossl/digest.h"
#include "ossl/error.h"

namespace vallum::ossl {
namespace {

enum class Critical : int { kNo = 0, kYes = 1 };

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
template <typename T, auto kFree>
using Owned = std::unique_ptr<T, FreeWith<kFree>>;

using OctetString = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

Status Add(x509_st* certificate, int nid, void* value, Critical critical) {
  return Check(
      X509_add1_ext_i2d(certificate, nid, value, static_cast<int>(critical), X509V3_ADD_DEFAULT),
      "adding a certificate extension");
}

Status AddBasicConstraints(x509_st* certificate, CertificateKind kind) {
  const Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> constraints(BASIC_CONSTRAINTS_new());
  TRY(CheckPointer(constraints, "making an extension"));
  if (kind == CertificateKind::kAuthority) {
    constraints->ca = 1;
    constraints->pathlen = ASN1_INTEGER_new();
    TRY(CheckPointer(constraints->pathlen, "making an extension"));
    TRY(Check(ASN1_INTEGER_set(constraints->pathlen, 0), "making an extension"));
  }
  return Add(certificate, NID_basic_constraints, constraints.get(), Critical::kYes);
}

Status AddKeyUsage(x509_st* certificate, CertificateKind kind) {
  constexpr int kDigitalSignature = 0;  // bit numbers of RFC 5280, 4.2.1.3
  constexpr int kKeyCertSign = 5;
  constexpr int kCrlSign = 6;
  const Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> usage(ASN1_BIT_STRING_new());
  TRY(CheckPointer(usage, "making an extension"));
  const bool authority = kind == CertificateKind::kAuthority;
  TRY(Check(ASN1_BIT_STRING_set_bit(usage.get(), authority ? kKeyCertSign : kDigitalSignature, 1),
            "making an extension"));
  if (authority)
    TRY(Check(ASN1_BIT_STRING_set_bit(usage.get(), kCrlSign, 1), "making an extension"));
  return Add(certificate, NID_key_usage, usage.get(), Critical::kYes);
}

Status AddExtendedKeyUsage(x509_st* certificate, CertificateKind kind) {
  if (kind == CertificateKind::kAuthority) return {};
  const Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> usage(EXTENDED_KEY_USAGE_new());
  TRY(CheckPointer(usage, "making an extension"));
  const int nid = kind == CertificateKind::kServer ? NID_server_auth : NID_client_auth;
  if (sk_ASN1_OBJECT_push(usage.get(), OBJ_nid2obj(nid)) <= 0) return ProviderError("extension");
  return Add(certificate, NID_ext_key_usage, usage.get(), Critical::kNo);
}

Status PushName(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  if (name == nullptr) {
    ASN1_STRING_free(value);
    return ProviderError("making an alternative name");
  }
  GENERAL_NAME_set0_value(name.get(), type, value);
  if (sk_GENERAL_NAME_push(names, name.get()) <= 0) return ProviderError("adding a name");
  (void)name.release();
  return {};
}

bool IsDnsName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._*";
  return !name.empty() && name.size() <= 253 &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

Status PushDnsName(GENERAL_NAMES* names, const std::string& text) {
  if (!IsDnsName(text)) return InvalidArgument(fmt::format("\"{}\" is no DNS name", text));
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  TRY(CheckPointer(value, "making an alternative name"));
  if (ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1) {
    ASN1_STRING_free(value);
    return ProviderError("making an alternative name");
  }
  return PushName(names, GEN_DNS, value);
}

Status PushIpAddress(GENERAL_NAMES* names, const std::string& text) {
  ASN1_OCTET_STRING* value = a2i_IPADDRESS(text.c_str());
  if (value == nullptr) {
    DrainErrors();
    return InvalidArgument(fmt::format("\"{}\" is no IP address", text));
  }
  return PushName(names, GEN_IPADD, value);
}

Status AddAlternativeNames(x509_st* certificate, const CertificateFields& fields) {
  if (fields.dns_names.empty() && fields.ip_addresses.empty()) return {};
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  TRY(CheckPointer(names, "making an extension"));
  for (const std::string& name : fields.dns_names) TRY(PushDnsName(names.get(), name));
  for (const std::string& address : fields.ip_addresses) TRY(PushIpAddress(names.get(), address));
  return Add(certificate, NID_subject_alt_name, names.get(), Critical::kNo);
}

// RFC 7093, method 1: the left 160 bits of SHA-256 over the public key, so that no SHA-1 is needed.
Status AddSubjectKeyIdentifier(LibraryContext& context, x509_st* certificate) {
  constexpr int kSize = 20;
  const ASN1_BIT_STRING* key = X509_get0_pubkey_bitstr(certificate);
  TRY(CheckPointer(key, "reading the public key"));
  const ByteSpan bytes(ASN1_STRING_get0_data(key),
                       static_cast<std::size_t>(ASN1_STRING_length(key)));
  const DigestValue digest = TRY(ComputeDigest(context, Hash::kSha256, {bytes}));
  const OctetString identifier(ASN1_OCTET_STRING_new());
  TRY(CheckPointer(identifier, "making an extension"));
  TRY(Check(ASN1_OCTET_STRING_set(identifier.get(), digest.bytes.data(), kSize), "extension"));
  return Add(certificate, NID_subject_key_identifier, identifier.get(), Critical::kNo);
}

Status AddAuthorityKeyIdentifier(x509_st* certificate, const x509_st* issuer) {
  const ASN1_OCTET_STRING* identifier = X509_get0_subject_key_id(const_cast<x509_st*>(issuer));
  if (identifier == nullptr) return {};
  const Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> authority(AUTHORITY_KEYID_new());
  TRY(CheckPointer(authority, "making an extension"));
  authority->keyid = ASN1_OCTET_STRING_dup(identifier);
  TRY(CheckPointer(authority->keyid, "making an extension"));
  return Add(certificate, NID_authority_key_identifier, authority.get(), Critical::kNo);
}

}  // namespace

Status AddExtensions(LibraryContext& context, x509_st* certificate, const x509_st* issuer,
                     const CertificateFields& fields) {
  TRY(AddBasicConstraints(certificate, fields.kind));
  TRY(AddKeyUsage(certificate, fields.kind));
  TRY(AddExtendedKeyUsage(certificate, fields.kind));
  TRY(AddAlternativeNames(certificate, fields));
  TRY(AddSubjectKeyIdentifier(context, certificate));
  return AddAuthorityKeyIdentifier(certificate, issuer);
}

}  // namespace vallum::ossl
