// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_answers.h"

#include <limits>

namespace vallum::p11 {
namespace {

constexpr std::size_t kLongestName = 128;

Error NotTheApi() {
  return {Code::kNetwork,
          "the server's answer is not what its API says; check that it is a vallumd"};
}

// Whatever is wrong with an answer is the server's fault, not the caller's.
template <typename T>
Result<T> OrNotTheApi(Result<T> result) {
  if (!result) return NotTheApi();
  return result;
}

Result<std::uint32_t> ReadVersion(ObjectReader& object, std::string_view name) {
  const std::int64_t version = TRY(object.Integer(name));
  if (version < 1 || version > std::numeric_limits<std::uint32_t>::max()) return NotTheApi();
  return static_cast<std::uint32_t>(version);
}

Result<module::Usages> ReadUsages(JsonValue array) {
  std::vector<std::string_view> names;
  for (const JsonValue& value : TRY(array.AsArray())) names.push_back(TRY(value.AsString()));
  return module::ParseUsages(names);
}

Result<std::string_view> StateOf(ObjectReader& key, std::uint32_t version) {
  for (const JsonValue& value : TRY(TRY(key.Value("versions")).AsArray())) {
    ObjectReader one(value);
    if (TRY(ReadVersion(one, "version")) == version) return one.String("state");
  }
  return NotTheApi();
}

// Nothing for a key that this library cannot use; a newer server may have such keys.
Result<std::optional<ServerKey>> ReadKey(JsonValue value) {
  ObjectReader object(value);
  ServerKey key;
  key.id = KeyId(TRY(ParseUuid(TRY(object.String("id")))));
  key.name = TRY(object.String("name"));
  if (key.name.empty() || key.name.size() > kLongestName) return NotTheApi();
  key.version = TRY(ReadVersion(object, "primary_version"));
  key.extractable = TRY(object.OptionalBool("extractable")).value_or(true);
  key.generated = TRY(object.String("origin")) == "generated";
  const std::string_view state = TRY(StateOf(object, key.version));
  key.active = state == "active";
  const auto algorithm = module::ParseAlgorithm(TRY(object.String("algorithm")));
  const auto usages = ReadUsages(TRY(object.Value("usages")));
  if (!algorithm || !usages || (!key.active && state != "deactivated")) {
    return std::optional<ServerKey>();
  }
  key.algorithm = *algorithm;
  key.usages = *usages;
  return std::optional(std::move(key));
}

template <typename Item, typename Read>
Result<Page<Item>> ReadPage(JsonValue answer, std::string_view member, const Read& read) {
  ObjectReader object(answer);
  Page<Item> page;
  for (const JsonValue& value : TRY(TRY(object.Value(member)).AsArray())) {
    std::optional<Item> item = TRY(read(value));
    if (item) page.items.push_back(*std::move(item));
  }
  page.next = TRY(object.String("next"));
  if (page.next.size() > kLongestName) return NotTheApi();
  return page;
}

Result<ServerKey> CreatedKeyOf(JsonValue answer) {
  auto key = TRY(ReadKey(answer));
  if (!key) return NotTheApi();
  return *std::move(key);
}

Result<std::optional<ServerObject>> ObjectOf(JsonValue answer) {
  ObjectReader object(answer);
  ServerObject read;
  read.name = TRY(object.String("name"));
  read.value = TRY(object.Base64("value"));
  const std::int64_t revision = TRY(object.Integer("revision"));
  if (read.name.empty() || read.name.size() > kLongestName || revision < 1) return NotTheApi();
  read.revision = static_cast<std::uint64_t>(revision);
  return std::optional(std::move(read));
}

// An indicator that is not there says no.
Result<module::Indicator> ReadIndicator(ObjectReader& answer) {
  module::Indicator indicator{.approval = module::Approval::kNotApproved};
  const auto fips = answer.OptionalValue("fips");
  if (!fips) return indicator;
  ObjectReader members(*fips);
  if (TRY(members.OptionalBool("approved")).value_or(false)) {
    indicator.approval = module::Approval::kApproved;
  }
  return indicator;
}

Result<Bytes> PublicKeyOf(JsonValue answer, std::uint32_t version) {
  ObjectReader object(answer);
  if (TRY(ReadVersion(object, "version")) != version) return NotTheApi();
  return object.Base64("public_key");
}

Result<module::Approved<Bytes>> MadeOf(JsonValue answer, std::string_view member,
                                       std::uint32_t version) {
  ObjectReader object(answer);
  if (TRY(ReadVersion(object, "version")) != version) return NotTheApi();
  Bytes made = TRY(object.Base64(member));
  const module::Indicator indicator = TRY(ReadIndicator(object));
  return module::Approved<Bytes>{std::move(made), indicator};
}

Result<module::Approved<SecretBytes>> SecretOf(JsonValue answer, std::string_view member) {
  ObjectReader object(answer);
  SecretBytes secret = TRY(object.SecretBase64(member));
  const module::Indicator indicator = TRY(ReadIndicator(object));
  return module::Approved<SecretBytes>{std::move(secret), indicator};
}

struct Verdict {
  bool valid = false;
  module::Indicator indicator;
};
Result<Verdict> VerdictOf(JsonValue answer) {
  ObjectReader object(answer);
  const bool valid = TRY(TRY(object.Value("valid")).AsBool());
  return Verdict{valid, TRY(ReadIndicator(object))};
}

}  // namespace

Result<Page<ServerKey>> ReadKeys(JsonValue answer) {
  return OrNotTheApi(ReadPage<ServerKey>(answer, "keys", ReadKey));
}

Result<ServerKey> ReadCreatedKey(JsonValue answer) { return OrNotTheApi(CreatedKeyOf(answer)); }

Result<Page<ServerObject>> ReadObjects(JsonValue answer) {
  return OrNotTheApi(ReadPage<ServerObject>(answer, "objects", ObjectOf));
}

Result<ServerObject> ReadObject(JsonValue answer) { return *TRY(OrNotTheApi(ObjectOf(answer))); }

Result<Bytes> ReadPublicKey(JsonValue answer, std::uint32_t version) {
  return OrNotTheApi(PublicKeyOf(answer, version));
}

Result<module::Approved<Bytes>> ReadMade(JsonValue answer, std::string_view member,
                                         std::uint32_t version) {
  return OrNotTheApi(MadeOf(answer, member, version));
}

Result<module::Approved<SecretBytes>> ReadSecret(JsonValue answer, std::string_view member) {
  return OrNotTheApi(SecretOf(answer, member));
}

Result<module::Indicator> ReadVerdict(JsonValue answer) {
  const Verdict verdict = TRY(OrNotTheApi(VerdictOf(answer)));
  if (!verdict.valid) return Error(Code::kVerifyFailed, "the signature or MAC does not match");
  return verdict.indicator;
}

}  // namespace vallum::p11
