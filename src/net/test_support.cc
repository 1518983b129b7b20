// SPDX-License-Identifier: Apache-2.0
#include "net/test_support.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/file.h"
#include "net/socket_bio.h"

namespace vallum::net::test {
namespace {

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "test support: %s\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

template <typename T>
T* Need(T* pointer, const char* what) {
  if (pointer == nullptr) Die(what);
  return pointer;
}

void Need(bool ok, const char* what) {
  if (!ok) Die(what);
}

// What `openssl fipsinstall -pedantic` sets to 1.
constexpr std::array kStrictSwitches = {"activate",
                                        "conditional-errors",
                                        "security-checks",
                                        "pbkdf2-lower-bound-check",
                                        "hmac-key-check",
                                        "kmac-key-check",
                                        "tls1-prf-ems-check",
                                        "no-short-mac",
                                        "drbg-no-trunc-md",
                                        "signature-digest-check",
                                        "hkdf-digest-check",
                                        "tls13-kdf-digest-check",
                                        "tls1-prf-digest-check",
                                        "sshkdf-digest-check",
                                        "sskdf-digest-check",
                                        "x963kdf-digest-check",
                                        "dsa-sign-disabled",
                                        "tdes-encrypt-disabled",
                                        "rsa-pkcs15-pad-disabled",
                                        "rsa-pss-saltlen-check",
                                        "rsa-sign-x931-pad-disabled",
                                        "hkdf-key-check",
                                        "kbkdf-key-check",
                                        "tls13-kdf-key-check",
                                        "tls1-prf-key-check",
                                        "sshkdf-key-check",
                                        "sskdf-key-check",
                                        "x963kdf-key-check",
                                        "x942kdf-key-check",
                                        "ecdh-cofactor-check"};

OSSL_LIB_CTX* MakeFipsLibrary() {
  const std::string path = VALLUM_FIPS_MODULE;
  auto mac_file = ReadFile(path.substr(0, path.size() - 2) + "mac");
  Need(mac_file.has_value(), "fips.mac is not beside fips.so");
  std::string mac(AsText(*mac_file));
  while (!mac.empty() && mac.back() == '\n') mac.pop_back();
  std::string on = "1";
  std::vector<OSSL_PARAM> settings = {
      OSSL_PARAM_construct_utf8_string("module-mac", mac.data(), 0)};
  for (const char* name : kStrictSwitches) {
    settings.push_back(OSSL_PARAM_construct_utf8_string(name, on.data(), 0));
  }
  settings.push_back(OSSL_PARAM_construct_end());
  static OSSL_PROVIDER* const null_provider = OSSL_PROVIDER_load(nullptr, "null");
  Need(null_provider, "null provider");
  OSSL_LIB_CTX* library = Need(OSSL_LIB_CTX_new(), "library context");
  const std::string folder = path.substr(0, path.rfind('/'));
  Need(OSSL_PROVIDER_set_default_search_path(library, folder.c_str()) == 1, "search path");
  Need(OSSL_PROVIDER_load_ex(library, "fips", settings.data()), "FIPS provider");
  Need(OSSL_PROVIDER_load(library, "base"), "base provider");
  Need(EVP_set_default_properties(library, "fips=yes") == 1, "default properties");
  return library;
}

std::string ToPem(const std::function<int(BIO*)>& write) {
  BIO* bio = Need(BIO_new(BIO_s_mem()), "memory BIO");
  Need(write(bio) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      Need(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), "extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void SetName(X509_NAME* name, const std::string& text) {
  Need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                                  0) == 1,
       "name");
}

std::shared_ptr<EVP_PKEY> MakeKey(bool rsa) {
  EVP_PKEY* key = rsa ? EVP_PKEY_Q_keygen(FipsLibrary(), nullptr, "RSA", std::size_t{2048})
                      : EVP_PKEY_Q_keygen(FipsLibrary(), nullptr, "EC", "P-256");
  return {Need(key, "key"), EVP_PKEY_free};
}

// An empty `issuer_key` makes the certificate self-signed, for an authority.
Identity MakeCertificate(const Issue& issue, const std::string& issuer, EVP_PKEY* issuer_key) {
  Identity made{.key = MakeKey(issue.rsa)};
  X509* x509 = Need(X509_new_ex(FipsLibrary(), nullptr), "certificate");
  static long serial = 1;
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), issue.not_before.count());
  X509_gmtime_adj(X509_getm_notAfter(x509), issue.not_after.count());
  SetName(X509_get_subject_name(x509), issue.common_name);
  SetName(X509_get_issuer_name(x509), issuer);
  X509_set_pubkey(x509, made.key.get());
  const bool authority = issuer_key == nullptr;
  AddExtension(x509, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  AddExtension(x509, NID_key_usage,
               authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!authority) AddExtension(x509, NID_ext_key_usage, issue.server ? "serverAuth" : "clientAuth");
  if (issue.server) AddExtension(x509, NID_subject_alt_name, issue.alternative_names);
  EVP_MD* sha256 = Need(EVP_MD_fetch(FipsLibrary(), "SHA2-256", nullptr), "SHA-256");
  Need(X509_sign(x509, authority ? made.key.get() : issuer_key, sha256) > 0, "signing");
  EVP_MD_free(sha256);
  made.certificate_pem = ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, x509); });
  made.key_pem = ToPem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, made.key.get(), nullptr, nullptr, 0, nullptr,
                                         nullptr);
  });
  X509_free(x509);
  return made;
}

}  // namespace

OSSL_LIB_CTX* FipsLibrary() {
  static OSSL_LIB_CTX* const library = MakeFipsLibrary();
  return library;
}

OSSL_LIB_CTX* LaxLibrary() {
  static OSSL_LIB_CTX* const library = [] {
    OSSL_LIB_CTX* made = Need(OSSL_LIB_CTX_new(), "library context");
    Need(OSSL_PROVIDER_load(made, "default"), "default provider");
    return made;
  }();
  return library;
}

SecretBytes Identity::SecretKeyPem() const { return *SecretBytes::CopyOf(AsBytes(key_pem)); }

Authority::Authority(std::string name)
    : name_(std::move(name)), self_(MakeCertificate({.common_name = name_}, name_, nullptr)) {}

Identity Authority::Make(const Issue& issue) const {
  return MakeCertificate(issue, name_, self_.key.get());
}

Bytes FingerprintOf(const Identity& identity) {
  BIO* bio = BIO_new_mem_buf(identity.certificate_pem.data(), -1);
  X509* x509 = Need(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), "certificate");
  BIO_free(bio);
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  Bytes digest(32);
  Need(EVP_Q_digest(LaxLibrary(), "SHA256", nullptr, der, static_cast<std::size_t>(size),
                    digest.data(), nullptr) == 1,
       "digest");
  OPENSSL_free(der);
  X509_free(x509);
  return digest;
}

const Pki& Pki::Get() {
  static const Pki* const pki = new Pki;
  return *pki;
}

std::shared_ptr<const TlsContext> ServerTls() {
  const Pki& pki = Pki::Get();
  auto context = TlsContext::Server({.library = FipsLibrary(),
                                     .gate = OpenGate(),
                                     .certificate_pem = pki.server.certificate_pem,
                                     .key = pki.server.key.get(),
                                     .client_ca_pem = pki.authority.certificate_pem()});
  if (!context) Die(context.error().message().c_str());
  return *context;
}

std::shared_ptr<const TlsContext> ClientTls(const Identity* identity) {
  TlsContext::ClientOptions options{.library = FipsLibrary(),
                                    .gate = OpenGate(),
                                    .server_ca_pem = Pki::Get().authority.certificate_pem()};
  if (identity != nullptr) {
    options.certificate_pem = identity->certificate_pem;
    options.key_pem = identity->SecretKeyPem();
  }
  auto context = TlsContext::Client(std::move(options));
  if (!context) Die(context.error().message().c_str());
  return *context;
}

std::unique_ptr<Client> NewClient(std::uint16_t port, const Identity* identity) {
  return *Client::Create({.host = "localhost", .port = port}, ClientTls(identity));
}

int ConnectSocket(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

void Attach(SSL* ssl, int fd) {
  BIO* bio = Need(NewSocketBio(fd), "socket BIO");
  SSL_set_bio(ssl, bio, bio);
}

RawTls::RawTls(std::uint16_t port, const Identity* identity)
    : context_(ClientTls(identity)), fd_(ConnectSocket(port)) {
  if (fd_ < 0) return;
  ssl_ = Need(SSL_new(context_->native()), "SSL");
  Attach(ssl_, fd_);
  connected_ = SSL_connect(ssl_) == 1;
}

RawTls::~RawTls() {
  SSL_free(ssl_);
  if (fd_ >= 0) close(fd_);
}

bool RawTls::Send(std::string_view text) {
  ERR_clear_error();
  std::size_t written = 0;
  while (!text.empty()) {
    if (SSL_write_ex(ssl_, text.data(), text.size(), &written) != 1) return false;
    text.remove_prefix(written);
  }
  return true;
}

std::string RawTls::ReadUntilClosed() { return ReadUntil({}); }

std::string RawTls::ReadUntil(std::string_view marker) {
  ERR_clear_error();
  std::string all;
  std::array<char, 16384> buffer{};
  std::size_t size = 0;
  while (marker.empty() || all.find(marker) == std::string::npos) {
    if (SSL_read_ex(ssl_, buffer.data(), buffer.size(), &size) != 1) break;
    all.append(buffer.data(), size);
  }
  return all;
}

void RawTls::Abort() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(fd_);
  fd_ = -1;
}

OtherClient::OtherClient()
    : context_(SSL_CTX_new_ex(LaxLibrary(), nullptr, TLS_client_method()), SSL_CTX_free) {
  Need(context_ != nullptr, "lax TLS context");
}

std::string OtherClient::Handshake(std::uint16_t port) {
  const int fd = ConnectSocket(port);
  SSL* ssl = SSL_new(context_.get());
  Attach(ssl, fd);
  ERR_clear_error();
  std::string reason;
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  char byte = 0;
  // In TLS 1.3 the server's refusal arrives after the client's own handshake is done.
  if (SSL_connect(ssl) != 1 || SSL_write(ssl, kRequest.data(), kRequest.size()) <= 0 ||
      SSL_read(ssl, &byte, 1) != 1) {
    const char* text = ERR_reason_error_string(ERR_peek_error());
    reason = text == nullptr ? "closed" : text;
  }
  SSL_free(ssl);
  close(fd);
  return reason;
}

}  // namespace vallum::net::test
