// SPDX-License-Identifier: Apache-2.0
#include "ossl/kdf.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <vector>

#include "ossl/error.h"
#include "ossl/indicator.h"

namespace vallum::ossl {
namespace {

// The parameters of one derivation. It copies nothing: what it is given has to live as long.
class Parameters {
 public:
  Parameters& Text(const char* key, const char* value) {
    params_.push_back(OSSL_PARAM_construct_utf8_string(key, const_cast<char*>(value), 0));
    return *this;
  }
  // Absent and empty are the same to every KDF here, but the provider refuses some empty ones.
  Parameters& Octets(const char* key, ByteSpan value) {
    if (value.empty()) return *this;
    params_.push_back(OSSL_PARAM_construct_octet_string(
        key, const_cast<std::uint8_t*>(value.data()), value.size()));
    return *this;
  }
  Parameters& Number(const char* key, const int& value) {
    params_.push_back(OSSL_PARAM_construct_int(key, const_cast<int*>(&value)));
    return *this;
  }
  Parameters& Number(const char* key, const std::uint64_t& value) {
    params_.push_back(OSSL_PARAM_construct_uint64(key, const_cast<std::uint64_t*>(&value)));
    return *this;
  }
  Parameters& Digest(Hash hash) { return Text(OSSL_KDF_PARAM_DIGEST, HashName(hash)); }

  const OSSL_PARAM* Finish() {
    params_.push_back(OSSL_PARAM_construct_end());
    return params_.data();
  }

 private:
  std::vector<OSSL_PARAM> params_;
};

Status Derive(LibraryContext& context, KdfKind kind, Parameters parameters, MutableByteSpan out) {
  const KdfContext kdf(EVP_KDF_CTX_new(context.kdf(kind)));
  TRY(CheckPointer(kdf, "making a derivation context"));
  TRY(Check(EVP_KDF_derive(kdf.get(), out.data(), out.size(), parameters.Finish()),
            "deriving a key"));
  ReadIndicator(kdf.get());
  return {};
}

int ModeOf(HkdfStep step) {
  switch (step) {
    case HkdfStep::kExtract:
      return EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
    case HkdfStep::kExpand:
      return EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    default:
      return EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND;
  }
}

const char* CmacCipher(std::size_t key_size) {
  switch (key_size) {
    case 16:
      return "AES-128-CBC";
    case 24:
      return "AES-192-CBC";
    case 32:
      return "AES-256-CBC";
    default:
      return nullptr;
  }
}

Status AddPrf(Parameters& parameters, PrfKind prf, Hash hash, std::size_t key_size) {
  switch (prf) {
    case PrfKind::kHash:
      parameters.Digest(hash);
      return {};
    case PrfKind::kHmac:
      parameters.Text(OSSL_KDF_PARAM_MAC, OSSL_MAC_NAME_HMAC).Digest(hash);
      return {};
    case PrfKind::kCmac:
      if (CmacCipher(key_size) == nullptr) {
        return InvalidArgument("a CMAC derivation needs a key of 16, 24 or 32 bytes");
      }
      parameters.Text(OSSL_KDF_PARAM_MAC, OSSL_MAC_NAME_CMAC)
          .Text(OSSL_KDF_PARAM_CIPHER, CmacCipher(key_size));
      return {};
    case PrfKind::kKmac128:
      parameters.Text(OSSL_KDF_PARAM_MAC, OSSL_MAC_NAME_KMAC128);
      return {};
    case PrfKind::kKmac256:
      parameters.Text(OSSL_KDF_PARAM_MAC, OSSL_MAC_NAME_KMAC256);
      return {};
  }
  return Internal("no such function");
}

}  // namespace

Status Hkdf(LibraryContext& context, const HkdfInput& input, ByteSpan key, MutableByteSpan out) {
  const int mode = ModeOf(input.step);
  Parameters parameters;
  parameters.Digest(input.hash)
      .Number(OSSL_KDF_PARAM_MODE, mode)
      .Octets(OSSL_KDF_PARAM_KEY, key)
      .Octets(OSSL_KDF_PARAM_SALT, input.salt)
      .Octets(OSSL_KDF_PARAM_INFO, input.info);
  return Derive(context, KdfKind::kHkdf, parameters, out);
}

Status OneStep(LibraryContext& context, const OneStepInput& input, ByteSpan key,
               MutableByteSpan out) {
  Parameters parameters;
  TRY(AddPrf(parameters, input.prf, input.hash, key.size()));
  parameters.Octets(OSSL_KDF_PARAM_SECRET, key)
      .Octets(OSSL_KDF_PARAM_SALT, input.salt)
      .Octets(OSSL_KDF_PARAM_INFO, input.info);
  return Derive(context, KdfKind::kSskdf, parameters, out);
}

Status Kbkdf(LibraryContext& context, const KbkdfInput& input, ByteSpan key, MutableByteSpan out) {
  const int separator = input.separator ? 1 : 0;
  const int length = input.length ? 1 : 0;
  Parameters parameters;
  TRY(AddPrf(parameters, input.prf, input.hash, key.size()));
  parameters.Text(OSSL_KDF_PARAM_MODE, input.feedback ? "FEEDBACK" : "COUNTER")
      .Number(OSSL_KDF_PARAM_KBKDF_USE_L, length)
      .Number(OSSL_KDF_PARAM_KBKDF_USE_SEPARATOR, separator)
      .Number(OSSL_KDF_PARAM_KBKDF_R, input.counter_bits)
      .Octets(OSSL_KDF_PARAM_KEY, key)
      .Octets(OSSL_KDF_PARAM_SALT, input.label)
      .Octets(OSSL_KDF_PARAM_INFO, input.context)
      .Octets(OSSL_KDF_PARAM_SEED, input.iv);
  return Derive(context, KdfKind::kKbkdf, parameters, out);
}

Status Pbkdf2(LibraryContext& context, const Pbkdf2Input& input, ByteSpan password,
              MutableByteSpan out) {
  // Only this parameter makes the provider flag weak input instead of refusing it.
  const int flag = context.weak_input() == WeakInput::kFlag ? 1 : 0;
  Parameters parameters;
  parameters.Number(OSSL_KDF_PARAM_PKCS5, flag)
      .Digest(input.hash)
      .Number(OSSL_KDF_PARAM_ITER, input.iterations)
      .Octets(OSSL_KDF_PARAM_PASSWORD, password)
      .Octets(OSSL_KDF_PARAM_SALT, input.salt);
  return Derive(context, KdfKind::kPbkdf2, parameters, out);
}

Status X963(LibraryContext& context, Hash hash, ByteSpan shared_info, ByteSpan key,
            MutableByteSpan out) {
  Parameters parameters;
  parameters.Digest(hash).Octets(OSSL_KDF_PARAM_KEY, key).Octets(OSSL_KDF_PARAM_INFO, shared_info);
  return Derive(context, KdfKind::kX963, parameters, out);
}

Status Tls12Prf(LibraryContext& context, Hash hash, ByteSpan seed, ByteSpan secret,
                MutableByteSpan out) {
  Parameters parameters;
  parameters.Digest(hash).Octets(OSSL_KDF_PARAM_SECRET, secret).Octets(OSSL_KDF_PARAM_SEED, seed);
  return Derive(context, KdfKind::kTls1Prf, parameters, out);
}

Status Tls13Extract(LibraryContext& context, Hash hash, ByteSpan previous, ByteSpan key,
                    MutableByteSpan out) {
  const int mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
  Parameters parameters;
  parameters.Digest(hash)
      .Number(OSSL_KDF_PARAM_MODE, mode)
      .Octets(OSSL_KDF_PARAM_KEY, key)
      .Octets(OSSL_KDF_PARAM_SALT, previous)
      .Octets(OSSL_KDF_PARAM_PREFIX, AsBytes("tls13 "))
      .Octets(OSSL_KDF_PARAM_LABEL, AsBytes("derived"));
  return Derive(context, KdfKind::kTls13, parameters, out);
}

Status Tls13Expand(LibraryContext& context, Hash hash, ByteSpan label, ByteSpan data, ByteSpan key,
                   MutableByteSpan out) {
  const int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  Parameters parameters;
  parameters.Digest(hash)
      .Number(OSSL_KDF_PARAM_MODE, mode)
      .Octets(OSSL_KDF_PARAM_KEY, key)
      .Octets(OSSL_KDF_PARAM_PREFIX, AsBytes("tls13 "))
      .Octets(OSSL_KDF_PARAM_LABEL, label)
      .Octets(OSSL_KDF_PARAM_DATA, data);
  return Derive(context, KdfKind::kTls13, parameters, out);
}

}  // namespace vallum::ossl
