// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_key.h"

#include "p11/mechanism/table.h"

namespace vallum::p11 {
namespace {

using remote::Reply;

constexpr std::size_t kSharedSecretSize = 32;

// docs/formats/ciphertext.md, class 2.
Bytes OaepCiphertext(const ServerKey& key, ByteSpan ciphertext) {
  Bytes sealed = {'V', 'C', 1, 2};
  Append(sealed, key.id.bytes());
  AppendBe32(sealed, key.version);
  Append(sealed, ciphertext);
  return sealed;
}

const HashFacts* HashOfScheme(Scheme scheme) {
  for (const HashFacts& hash : kHashes) {
    if (scheme != Scheme::kDefault &&
        (scheme == hash.pkcs1 || scheme == hash.pss || scheme == hash.ecdsa)) {
      return &hash;
    }
  }
  return nullptr;
}

// The server's words for what became of a request, in those of a key that is used.
Error InWordsOfAKey(const Error& error) {
  switch (error.code()) {
    case Code::kPermissionDenied:
      return {Code::kKeyUsage, error.message()};
    case Code::kNotFound:
      return {Code::kKeyState, error.message()};
    case Code::kResourceExhausted:
      return {Code::kInvalidArgument, error.message()};
    default:
      return error;
  }
}

class RemoteKey final : public UsableKey {
 public:
  RemoteKey(module::Module& module, std::shared_ptr<remote::Pool> pool, ServerKey key)
      : module_(module),
        pool_(std::move(pool)),
        path_("/v1/keys/" + remote::PathSegment(key.name)),
        key_(std::move(key)) {}

  Made<Bytes> Sign(const Signing& what) override {
    Reply reply = TRY(AskAbout("/sign", what, {}));
    return ReadMade(TRY(reply.Json()), "signature", key_.version);
  }
  Result<module::Indicator> Verify(const Signing& what, ByteSpan signature) override {
    Reply reply = TRY(AskAbout("/verify", what, signature));
    return ReadVerdict(TRY(reply.Json()));
  }
  Made<Bytes> Mac(Scheme, ByteSpan message) override {
    Reply reply = TRY(Ask("/mac", [&](JsonWriter& json) { json.Name("message").Base64(message); }));
    return ReadMade(TRY(reply.Json()), "mac", key_.version);
  }
  Result<module::Indicator> VerifyMac(Scheme, ByteSpan message, ByteSpan mac) override {
    Reply reply = TRY(Ask("/verify-mac", [&](JsonWriter& json) {
      json.Name("message").Base64(message).Name("mac").Base64(mac);
    }));
    return ReadVerdict(TRY(reply.Json()));
  }
  Made<SecretBytes> DecryptOaep(Scheme scheme, ByteSpan ciphertext) override {
    if (scheme != Scheme::kRsaOaepSha256) return Unsupported("the server's OAEP is with SHA-256");
    const Bytes sealed = OaepCiphertext(key_, ciphertext);
    Reply reply = TRY(AskUnversioned(
        "/decrypt", [&](JsonWriter& json) { json.Name("ciphertext").Base64(sealed); }));
    return ReadSecret(TRY(reply.Json()), "plaintext");
  }
  Made<module::KeyRef> Decapsulate(ByteSpan ciphertext, const module::KeySpec& spec) override {
    Reply reply = TRY(
        Ask("/decapsulate", [&](JsonWriter& json) { json.Name("ciphertext").Base64(ciphertext); }));
    auto secret = TRY(ReadSecret(TRY(reply.Json()), "shared_secret"));
    if (secret.value.size() != kSharedSecretSize) {
      return Error(Code::kNetwork, "the server's shared secret has another size than ML-KEM's");
    }
    auto entered = TRY(module_.EnterKey(spec, secret.value));
    return module::Approved<module::KeyRef>{std::move(entered.value), secret.indicator};
  }

 private:
  Result<Reply> AskAbout(std::string_view operation, const Signing& what, ByteSpan signature) {
    if (what.options != nullptr) return Unsupported("the server takes no options of signatures");
    const HashFacts* hash = what.is_digest ? nullptr : HashOfScheme(what.scheme);
    Bytes digest;
    if (hash != nullptr) digest = TRY(module_.Hash(hash->digest, what.data)).value;
    const ByteSpan data = hash != nullptr ? ByteSpan(digest) : what.data;
    const bool is_digest = what.is_digest || hash != nullptr;
    return Ask(operation, [&](JsonWriter& json) {
      json.Name(is_digest ? "digest" : "message").Base64(data);
      if (what.scheme != Scheme::kDefault) json.Name("scheme").String(module::Name(what.scheme));
      if (!signature.empty()) json.Name("signature").Base64(signature);
    });
  }

  template <typename Write>
  Result<Reply> Ask(std::string_view operation, const Write& write) {
    return AskUnversioned(operation, [&](JsonWriter& json) {
      write(json);
      json.Name("version").Integer(key_.version);
    });
  }

  template <typename Write>
  Result<Reply> AskUnversioned(std::string_view operation, const Write& write) {
    SecretBuffer body;
    JsonWriter json(body);
    json.BeginObject();
    write(json);
    json.EndObject();
    TRY(json.status());
    const std::string target = path_ + std::string(operation);
    const bool slow = module::Name(key_.algorithm).starts_with("slh-dsa");
    auto reply = pool_->Send({.method = "POST",
                              .target = target,
                              .body = body.span(),
                              .repeat = remote::Repeat::kYes,
                              .wait = slow ? remote::Wait::kLong : remote::Wait::kShort});
    if (!reply) return InWordsOfAKey(reply.error());
    return reply;
  }

  module::Module& module_;
  std::shared_ptr<remote::Pool> pool_;
  const std::string path_;
  const ServerKey key_;
};

}  // namespace

UsableKeyRef MakeRemoteKey(module::Module& module, std::shared_ptr<remote::Pool> pool,
                           ServerKey key) {
  return std::make_shared<RemoteKey>(module, std::move(pool), std::move(key));
}

}  // namespace vallum::p11
