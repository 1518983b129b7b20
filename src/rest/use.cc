// SPDX-License-Identifier: Apache-2.0
// Encryption, wrapping and key encapsulation with a key.
#include "rest/batch.h"
#include "rest/handlers.h"

namespace vallum::rest {
namespace {

using service::Service;

// Beside the base64 of its bytes, a result needs names, version and indicator.
constexpr std::size_t kResultOverhead = 128;

Result<Bytes> OptionalBytes(ObjectReader& object, std::string_view name) {
  std::optional<Bytes> bytes = TRY(object.OptionalBase64(name));
  return bytes ? *std::move(bytes) : Bytes();
}

struct Plaintext {
  SecretBytes plaintext;
  Bytes aad;
};

Result<Plaintext> ReadPlaintext(ObjectReader& object) {
  Plaintext item;
  item.plaintext = TRY(object.SecretBase64("plaintext"));
  item.aad = TRY(OptionalBytes(object, "aad"));
  return item;
}

struct CiphertextWithAad {
  Bytes ciphertext;
  Bytes aad;
};

Result<CiphertextWithAad> ReadCiphertext(ObjectReader& object) {
  CiphertextWithAad item;
  item.ciphertext = TRY(object.Base64("ciphertext"));
  item.aad = TRY(OptionalBytes(object, "aad"));
  return item;
}

// Room for the whole answer at once: growing would copy and wipe plaintext.
template <typename T, typename SizeOf>
Status ReserveFor(Exchange& x, const Service::Batch<T>& results, SizeOf size_of) {
  std::size_t size = kResultOverhead;
  for (const auto& result : results) {
    size += kResultOverhead + (result ? Base64Size(size_of(result->value)) : 0);
  }
  return x.response().body.Reserve(size);
}

}  // namespace

Status Encrypt(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto input = TRY(ReadItems<Plaintext>(body, ReadPlaintext));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  std::vector<Service::PlaintextItem> items;
  items.reserve(input.items.size());
  for (const Plaintext& item : input.items) items.push_back({item.plaintext.span(), item.aad});
  auto results = TRY(x.Use().Encrypt(x.caller(), {name, version}, items));
  TRY(ReserveFor(x, results, [](const service::Sealed& s) { return s.ciphertext.size(); }));
  return WriteItems(x, input.shape, results, [](JsonWriter& json, const service::Sealed& sealed) {
    json.Name("ciphertext").Base64(sealed.ciphertext);
    json.Name("version").Integer(sealed.version);
  });
}

Status Decrypt(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto input = TRY(ReadItems<CiphertextWithAad>(body, ReadCiphertext));
  TRY(body.Finish());

  std::vector<Service::CiphertextItem> items;
  items.reserve(input.items.size());
  for (const CiphertextWithAad& item : input.items) items.push_back({item.ciphertext, item.aad});
  auto results = TRY(x.Use().Decrypt(x.caller(), name, items));
  TRY(ReserveFor(x, results, [](const SecretBytes& s) { return s.size(); }));
  return WriteItems(x, input.shape, results, [](JsonWriter& json, const SecretBytes& plaintext) {
    json.Name("plaintext").Base64(plaintext.span());
  });
}

Status GenerateDataKey(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const Bytes aad = TRY(OptionalBytes(body, "aad"));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  const auto made = TRY(x.Use().GenerateDataKey(x.caller(), {name, version}, aad));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("plaintext").Base64(made.value.plaintext.span());
  json.Name("ciphertext").Base64(made.value.ciphertext);
  json.Name("version").Integer(made.value.version);
  WriteFips(json, made.indicator);
  json.EndObject();
  return Finished(json);
}

Status WrapKey(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const std::string target(TRY(body.String("key")));
  const std::uint32_t target_version = TRY(ReadVersion(body, "key_version"));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  const auto wrapped = TRY(x.Use().Wrap(x.caller(), {name, version}, {target, target_version}));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("wrapped").Base64(wrapped.value.wrapped);
  json.Name("version").Integer(wrapped.value.version);
  WriteFips(json, wrapped.indicator);
  json.EndObject();
  return Finished(json);
}

Status Encapsulate(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  const auto made = TRY(x.Use().Encapsulate(x.caller(), {name, version}));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("ciphertext").Base64(made.value.ciphertext);
  json.Name("shared_secret").Base64(made.value.shared_secret.span());
  json.Name("version").Integer(made.value.version);
  WriteFips(json, made.indicator);
  json.EndObject();
  return Finished(json);
}

Status Decapsulate(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const Bytes ciphertext = TRY(body.Base64("ciphertext"));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  const auto secret = TRY(x.Use().Decapsulate(x.caller(), {name, version}, ciphertext));
  JsonWriter json(x.response().body);
  json.BeginObject();
  json.Name("shared_secret").Base64(secret.value.span());
  WriteFips(json, secret.indicator);
  json.EndObject();
  return Finished(json);
}

}  // namespace vallum::rest
