// SPDX-License-Identifier: Apache-2.0
#include "ossl/x509.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "ossl/error.h"
#include "ossl/random.h"
#include "ossl/x509_extensions.h"

namespace vallum::ossl {
namespace {

constexpr std::size_t kLargestName = 64;  // ub-common-name, RFC 5280 appendix A

Bio TextBio(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

template <typename Writer, typename Object>
Result<std::string> ToPem(Writer writer, Object* object) {
  const Bio out(BIO_new(BIO_s_mem()));
  TRY(CheckPointer(out, "making a buffer"));
  TRY(Check(writer(out.get(), object), "writing PEM"));
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Result<Certificate> ParseCertificate(LibraryContext& context, std::string_view pem) {
  x509_st* raw = X509_new_ex(context.get(), nullptr);
  TRY(CheckPointer(raw, "making a certificate"));
  const Bio in = TextBio(pem);
  if (in == nullptr || PEM_read_bio_X509(in.get(), &raw, nullptr, nullptr) == nullptr) {
    X509_free(raw);
    return ProviderError("the text is no PEM certificate", Code::kInvalidArgument);
  }
  return Certificate(raw);
}

Result<Pkey> ParseSpki(LibraryContext& context, ByteSpan spki) {
  const std::uint8_t* next = spki.data();
  Pkey pkey(d2i_PUBKEY_ex(nullptr, &next, static_cast<long>(spki.size()), context.get(), nullptr));
  if (pkey != nullptr && next == spki.data() + spki.size()) return pkey;
  return ProviderError("the public key is no SubjectPublicKeyInfo (DER)", Code::kInvalidArgument);
}

Status SetCommonName(X509_NAME* name, std::string_view common_name) {
  if (common_name.empty() || common_name.size() > kLargestName ||
      common_name.find('\0') != std::string_view::npos) {
    return InvalidArgument("a common name has 1 to 64 bytes and no NUL");
  }
  return Check(
      X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0),
      "setting the common name");
}

Status SetSerial(LibraryContext& context, x509_st* certificate) {
  std::array<std::uint8_t, 16> serial;
  TRY(Random(context, serial));
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr), BN_free);
  TRY(CheckPointer(number, "making a serial number"));
  TRY(CheckPointer(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)),
                   "setting the serial number"));
  return {};
}

Status SetValidity(x509_st* certificate, const CertificateFields& fields) {
  if (fields.not_after <= fields.not_before) {
    return InvalidArgument("a certificate must end after it begins");
  }
  TRY(CheckPointer(ASN1_TIME_set(X509_getm_notBefore(certificate), fields.not_before),
                   "setting the start of validity"));
  return CheckPointer(ASN1_TIME_set(X509_getm_notAfter(certificate), fields.not_after),
                      "setting the end of validity");
}

Status SetSubject(LibraryContext& context, x509_st* certificate, ByteSpan spki,
                  const CertificateFields& fields) {
  const Pkey subject = TRY(ParseSpki(context, spki));
  TRY(Check(X509_set_version(certificate, X509_VERSION_3), "setting the version"));
  TRY(SetSerial(context, certificate));
  TRY(SetValidity(certificate, fields));
  TRY(SetCommonName(X509_get_subject_name(certificate), fields.common_name));
  return Check(X509_set_pubkey(certificate, subject.get()), "setting the public key");
}

std::string CommonNameOf(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return {};
  std::uint8_t* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return {};
  std::string common_name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return common_name;
}

// The request's own decoded key would be in the default library context, where nothing works.
Result<Bytes> SpkiOf(const X509_req_st* request) {
  std::uint8_t* data = nullptr;
  const int size =
      i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(const_cast<X509_req_st*>(request)), &data);
  if (size <= 0) return ProviderError("the request's public key is not usable");
  Bytes spki(data, data + size);
  OPENSSL_free(data);
  return spki;
}

}  // namespace

Result<std::string> MakeCertificate(const KeyPair& issuer, Hash hash, std::string_view issuer_pem,
                                    ByteSpan subject_spki, const CertificateFields& fields) {
  LibraryContext& context = issuer.context();
  const Certificate certificate(X509_new_ex(context.get(), nullptr));
  TRY(CheckPointer(certificate, "making a certificate"));
  TRY(SetSubject(context, certificate.get(), subject_spki, fields));

  Certificate parent;
  if (!issuer_pem.empty()) parent = TRY(ParseCertificate(context, issuer_pem));
  const x509_st* authority = parent != nullptr ? parent.get() : certificate.get();
  if (X509_check_private_key(authority, issuer.get()) != 1) {
    DrainErrors();
    return InvalidArgument("the issuing key is not that of the issuer's certificate");
  }
  TRY(Check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority)),
            "setting the issuer"));
  TRY(AddExtensions(context, certificate.get(), authority, fields));
  if (X509_sign(certificate.get(), issuer.get(), context.md(hash)) <= 0) {
    return ProviderError("signing a certificate");
  }
  return ToPem(PEM_write_bio_X509, certificate.get());
}

Result<std::string> MakeRequest(const KeyPair& key, Hash hash, std::string_view common_name) {
  LibraryContext& context = key.context();
  const CertificateRequest request(X509_REQ_new_ex(context.get(), nullptr));
  TRY(CheckPointer(request, "making a certificate request"));
  TRY(SetCommonName(X509_REQ_get_subject_name(request.get()), common_name));
  TRY(Check(X509_REQ_set_pubkey(request.get(), key.get()), "setting the public key"));
  if (X509_REQ_sign(request.get(), key.get(), context.md(hash)) <= 0) {
    return ProviderError("signing a certificate request");
  }
  return ToPem(PEM_write_bio_X509_REQ, request.get());
}

Result<RequestFields> ParseRequest(LibraryContext& context, std::string_view pem) {
  X509_req_st* raw = X509_REQ_new_ex(context.get(), nullptr);
  TRY(CheckPointer(raw, "making a certificate request"));
  const Bio in = TextBio(pem);
  if (in == nullptr || PEM_read_bio_X509_REQ(in.get(), &raw, nullptr, nullptr) == nullptr) {
    X509_REQ_free(raw);
    return ProviderError("the text is no PEM certificate request", Code::kInvalidArgument);
  }
  const CertificateRequest request(raw);
  RequestFields fields{CommonNameOf(X509_REQ_get_subject_name(request.get())),
                       TRY(SpkiOf(request.get()))};
  const Pkey pkey = TRY(ParseSpki(context, fields.spki));
  if (X509_REQ_verify_ex(request.get(), pkey.get(), context.get(), nullptr) != 1) {
    return ProviderError("the request's own signature is wrong", Code::kVerifyFailed);
  }
  if (fields.common_name.empty()) return InvalidArgument("the request has no common name");
  return fields;
}

Result<Bytes> CertificateDer(LibraryContext& context, std::string_view pem) {
  const Certificate certificate = TRY(ParseCertificate(context, pem));
  std::uint8_t* data = nullptr;
  const int size = i2d_X509(certificate.get(), &data);
  if (size <= 0) return ProviderError("encoding a certificate");
  Bytes der(data, data + size);
  OPENSSL_free(data);
  return der;
}

}  // namespace vallum::ossl
