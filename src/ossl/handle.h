// SPDX-License-Identifier: Apache-2.0
// Handle<T> owns one OpenSSL object. Only the struct's tag is named here, so that headers that hold
// handles do not pull <openssl/...> into the layers above.
#pragma once

#include <memory>

struct bio_st;
struct evp_cipher_ctx_st;
struct evp_cipher_st;
struct evp_kdf_ctx_st;
struct evp_kdf_st;
struct evp_mac_ctx_st;
struct evp_mac_st;
struct evp_md_ctx_st;
struct evp_md_st;
struct evp_pkey_ctx_st;
struct evp_pkey_st;
struct evp_rand_ctx_st;
struct evp_rand_st;
struct evp_signature_st;
struct ossl_lib_ctx_st;
struct ossl_provider_st;
struct X509_req_st;
struct x509_st;

namespace vallum::ossl {

/// Release calls the object's own ..._free; specialised for each type in handle.cc.
template <typename T>
struct Release {
  void operator()(T* object) const noexcept;
};

/// Handle adopts: the constructor takes over one reference.
template <typename T>
using Handle = std::unique_ptr<T, Release<T>>;

using Bio = Handle<bio_st>;
using CipherContext = Handle<evp_cipher_ctx_st>;
using Cipher = Handle<evp_cipher_st>;
using KdfContext = Handle<evp_kdf_ctx_st>;
using Kdf = Handle<evp_kdf_st>;
using MacContext = Handle<evp_mac_ctx_st>;
using Mac = Handle<evp_mac_st>;
using DigestContext = Handle<evp_md_ctx_st>;
using Digest = Handle<evp_md_st>;
using PkeyContext = Handle<evp_pkey_ctx_st>;
using Pkey = Handle<evp_pkey_st>;
using RandContext = Handle<evp_rand_ctx_st>;
using Rand = Handle<evp_rand_st>;
using Signature = Handle<evp_signature_st>;
using LibCtx = Handle<ossl_lib_ctx_st>;
using Provider = Handle<ossl_provider_st>;
using Certificate = Handle<x509_st>;
using CertificateRequest = Handle<X509_req_st>;

}  // namespace vallum::ossl
