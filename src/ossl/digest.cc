// SPDX-License-Identifier: Apache-2.0
#include "ossl/digest.h"

#include <openssl/evp.h>

#include "ossl/error.h"

namespace vallum::ossl {
namespace {

Result<DigestValue> Final(evp_md_ctx_st* context) {
  DigestValue value;
  unsigned int size = 0;
  TRY(Check(EVP_DigestFinal_ex(context, value.bytes.data(), &size), "hashing"));
  value.size = size;
  return value;
}

Result<DigestContext> TakeContext(LibraryContext& context) {
  DigestContext digest = context.digest_pool().Take();
  if (digest == nullptr) digest.reset(EVP_MD_CTX_new());
  TRY(CheckPointer(digest, "making a hashing context"));
  return digest;
}

}  // namespace

Result<DigestValue> ComputeDigest(LibraryContext& context, Hash hash,
                                  std::initializer_list<ByteSpan> parts) {
  DigestContext digest = TRY(TakeContext(context));
  TRY(Check(EVP_DigestInit_ex2(digest.get(), context.md(hash), nullptr), "hashing"));
  for (const ByteSpan part : parts) {
    TRY(Check(EVP_DigestUpdate(digest.get(), part.data(), part.size()), "hashing"));
  }
  DigestValue value = TRY(Final(digest.get()));
  context.digest_pool().Give(std::move(digest));
  return value;
}

Status ComputeShake(LibraryContext& context, int bits, ByteSpan message, MutableByteSpan out) {
  DigestContext digest = TRY(TakeContext(context));
  TRY(Check(EVP_DigestInit_ex2(digest.get(), context.shake(bits), nullptr), "hashing"));
  TRY(Check(EVP_DigestUpdate(digest.get(), message.data(), message.size()), "hashing"));
  TRY(Check(EVP_DigestFinalXOF(digest.get(), out.data(), out.size()), "hashing"));
  context.digest_pool().Give(std::move(digest));
  return {};
}

Result<StreamingDigest> StreamingDigest::Create(ContextRef context, Hash hash) {
  DigestContext digest(EVP_MD_CTX_new());
  TRY(CheckPointer(digest, "making a hashing context"));
  TRY(Check(EVP_DigestInit_ex2(digest.get(), context->md(hash), nullptr), "hashing"));
  return StreamingDigest(std::move(context), std::move(digest));
}

Status StreamingDigest::Update(ByteSpan bytes) {
  return Check(EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size()), "hashing");
}

Result<DigestValue> StreamingDigest::Finish() && { return Final(digest_.get()); }

}  // namespace vallum::ossl
