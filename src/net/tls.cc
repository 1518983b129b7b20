// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <limits>
#include <utility>
#include <vector>

#include "net/tls_sessions.h"
#include "net/tls_stream.h"

namespace vallum::net {
namespace {

template <typename T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};
using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX, SSL_CTX_free>>;
struct BioFreer {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFreer>;

// SP 800-52r2, 3.3.1 and 3.4.2.1: suites and groups made of approved algorithms alone.
constexpr const char* kSuites = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
// '?': skipped where the provider has no ML-KEM. X25519MLKEM768 would work, but the provider's
// indicator objects to its X25519 half.
constexpr const char* kGroups = "?SecP256r1MLKEM768:?SecP384r1MLKEM1024:P-256:P-384:P-521";
constexpr const char* kSignatureSchemes =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:"
    "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
    "rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:"
    "RSA+SHA256:RSA+SHA384:RSA+SHA512";
constexpr const char* kApproved = "fips=yes";
constexpr int kMaxChain = 4;

Error Failed(std::string_view what) { return LastTlsError(nullptr, what); }

// There is nobody to ask for a pass phrase; without this OpenSSL would read the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

Result<Bio> MemoryBio(ByteSpan text) {
  if (text.size() > std::numeric_limits<int>::max()) return InvalidArgument("the PEM is too large");
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (bio == nullptr) return Failed("reading PEM");
  return bio;
}

Result<std::vector<Certificate>> ParseCertificates(ossl_lib_ctx_st* library, std::string_view pem,
                                                   std::string_view what) {
  const Bio bio = TRY(MemoryBio(AsBytes(pem)));
  std::vector<Certificate> certificates;
  while (true) {
    Certificate certificate(X509_new_ex(library, kApproved));
    X509* parsed = certificate.get();
    if (parsed == nullptr) return Failed(what);
    const bool read = PEM_read_bio_X509(bio.get(), &parsed, NoPassPhrase, nullptr) != nullptr;
    // A certificate that cannot be decoded is freed, and cleared in `parsed`, by the reader.
    static_cast<void>(certificate.release());
    certificate.reset(parsed);
    if (!read) break;
    certificates.push_back(std::move(certificate));
  }
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
  if (certificates.empty() || reason != PEM_R_NO_START_LINE) {
    return InvalidArgument(std::string(what) + " is not a PEM certificate; check the file");
  }
  return certificates;
}

Status Configure(SSL_CTX* context) {
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_clear_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_verify_depth(context, kMaxChain);
  SSL_CTX_set_security_level(context, 2);
  const bool ok = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                  SSL_CTX_set_ciphersuites(context, kSuites) == 1 &&
                  SSL_CTX_set_cipher_list(context, kSuites12) == 1 &&
                  SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
                  SSL_CTX_set1_sigalgs_list(context, kSignatureSchemes) == 1 &&
                  SSL_CTX_set1_client_sigalgs_list(context, kSignatureSchemes) == 1;
  if (!ok) return Failed("setting the approved TLS suites, groups and signature schemes");
  return {};
}

Result<Context> NewContext(ossl_lib_ctx_st* library, const ProviderGate& gate,
                           const SSL_METHOD* method) {
  if (library == nullptr || !gate) return Internal("a TLS context needs the module and its gate");
  ERR_clear_error();
  Context context(SSL_CTX_new_ex(library, kApproved, method));
  if (context == nullptr) return Failed("making a TLS context");
  TRY(Configure(context.get()));
  return context;
}

Status UseIdentity(SSL_CTX* context, ossl_lib_ctx_st* library, std::string_view pem,
                   EVP_PKEY* key) {
  const auto chain = TRY(ParseCertificates(library, pem, "the TLS certificate"));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return Failed("using the TLS certificate");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return Failed("the TLS chain");
  }
  if (SSL_CTX_use_PrivateKey(context, key) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return InvalidArgument("the private key does not belong to the TLS certificate; give its own");
  }
  return {};
}

Status TrustIssuers(SSL_CTX* context, ossl_lib_ctx_st* library, std::string_view pem,
                    bool announce) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  const auto issuers = TRY(ParseCertificates(library, pem, "the authority's certificate"));
  for (const auto& issuer : issuers) {
    if (X509_STORE_add_cert(store, issuer.get()) != 1 ||
        (announce && SSL_CTX_add_client_CA(context, issuer.get()) != 1)) {
      return Failed("using the authority's certificate");
    }
  }
  return {};
}

// A client that insists on h2 is told so in the handshake instead of by a broken exchange.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* in, unsigned in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11) - 1, in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<PrivateKey> ParseKey(ossl_lib_ctx_st* library, const SecretBytes& pem) {
  const Bio bio = TRY(MemoryBio(pem.span()));
  PrivateKey key(
      PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, NoPassPhrase, nullptr, library, kApproved));
  ERR_clear_error();
  if (key == nullptr) {
    return InvalidArgument("the client's key is not an unencrypted PKCS#8 PEM key; check the file");
  }
  return key;
}

}  // namespace

TlsContext::TlsContext(ssl_ctx_st* context, ossl_lib_ctx_st* library, ProviderGate gate,
                       std::unique_ptr<TlsSessions> sessions)
    : context_(context),
      library_(library),
      gate_(std::move(gate)),
      sessions_(std::move(sessions)) {}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<const TlsContext>> TlsContext::Server(const ServerOptions& options) {
  Context context = TRY(NewContext(options.library, options.gate, TLS_server_method()));
  TRY(UseIdentity(context.get(), options.library, options.certificate_pem, options.key));
  TRY(TrustIssuers(context.get(), options.library, options.client_ca_pem, true));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseProtocol, nullptr);
  // Tickets carry the client's certificate, sealed under keys of this context, and nothing is kept
  // here. The id only has to be set for resumption with client certificates to be allowed.
  static constexpr unsigned char kSessionId[] = "vallum";
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_num_tickets(context.get(), 1) != 1 ||
      SSL_CTX_set_session_id_context(context.get(), kSessionId, sizeof(kSessionId) - 1) != 1) {
    return Failed("setting up TLS sessions");
  }
  return std::shared_ptr<const TlsContext>(
      new TlsContext(context.release(), options.library, options.gate, nullptr));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::Client(ClientOptions options) {
  Context context = TRY(NewContext(options.library, options.gate, TLS_client_method()));
  TRY(TrustIssuers(context.get(), options.library, options.server_ca_pem, false));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!options.certificate_pem.empty()) {
    const PrivateKey key = TRY(ParseKey(options.library, options.key_pem));
    TRY(UseIdentity(context.get(), options.library, options.certificate_pem, key.get()));
  }
  auto sessions = std::make_unique<TlsSessions>();
  sessions->Attach(context.get());
  return std::shared_ptr<const TlsContext>(new TlsContext(
      context.release(), options.library, std::move(options.gate), std::move(sessions)));
}

}  // namespace vallum::net
