// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_server.h"

namespace vallum::p11 {
namespace {

using remote::PathSegment;
using remote::Repeat;
using remote::Reply;
using remote::Wait;

constexpr std::size_t kMostPages = 10'000;
constexpr std::string_view kObjectKind = "pkcs11";

Result<Reply> Get(remote::Pool& pool, const std::string& target) {
  return pool.Send(
      {.method = "GET", .target = target, .repeat = Repeat::kYes, .wait = Wait::kLong});
}

// What makes or changes something is asked once.
template <typename Write>
Result<Reply> Change(remote::Pool& pool, std::string_view method, const std::string& target,
                     const Write& write) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  write(json);
  json.EndObject();
  return pool.Send(
      {.method = method, .target = target, .body = AsBytes(body), .wait = Wait::kLong});
}

// Pages of whatever `read` reads, each beginning where the one before said.
template <typename Item, typename Read>
Result<std::vector<Item>> ReadPages(remote::Pool& pool, const std::string& target,
                                    const Read& read) {
  std::vector<Item> all;
  std::string after;
  for (std::size_t page = 0; page < kMostPages; ++page) {
    Reply reply = TRY(Get(pool, target + "&after=" + PathSegment(after)));
    Page<Item> items = TRY(read(TRY(reply.Json())));
    for (Item& item : items.items) all.push_back(std::move(item));
    if (items.next.empty()) return all;
    if (items.next <= after) break;
    after = std::move(items.next);
  }
  return Error(Code::kNetwork, "the server's list has no end");
}

std::string KeyPath(std::string_view name) { return "/v1/keys/" + PathSegment(name); }

}  // namespace

Result<std::vector<ServerKey>> ListServerKeys(remote::Pool& pool) {
  return ReadPages<ServerKey>(pool, "/v1/keys?limit=1000", ReadKeys);
}

Result<std::vector<ServerObject>> ListServerObjects(remote::Pool& pool, std::string_view prefix) {
  // At most 64 KiB each, and an answer has 16 MiB.
  return ReadPages<ServerObject>(pool, "/v1/objects?limit=100&prefix=" + PathSegment(prefix),
                                 ReadObjects);
}

Result<Bytes> ReadServerPublicKey(remote::Pool& pool, const ServerKey& key) {
  Reply reply =
      TRY(Get(pool, KeyPath(key.name) + "/public?version=" + std::to_string(key.version)));
  return ReadPublicKey(TRY(reply.Json()), key.version);
}

Result<ServerKey> CreateServerKey(remote::Pool& pool, std::string_view name,
                                  module::Algorithm algorithm, module::Usages usages) {
  Reply reply = TRY(Change(pool, "POST", "/v1/keys", [&](JsonWriter& json) {
    json.Name("name").String(name).Name("algorithm").String(module::Name(algorithm));
    json.Name("usages").BeginArray();
    for (const std::string_view usage : module::UsageNames(usages)) json.String(usage);
    json.EndArray();
  }));
  ServerKey key = TRY(ReadCreatedKey(TRY(reply.Json())));
  if (key.name == name && key.algorithm == algorithm) return key;
  return Error(Code::kNetwork, "the server made another key than it was asked for");
}

Status DestroyServerKey(remote::Pool& pool, const ServerKey& key) {
  for (std::uint32_t version = 1; version <= key.version; ++version) {
    auto done = Change(pool, "POST", KeyPath(key.name) + "/state", [&](JsonWriter& json) {
      json.Name("version").Integer(version).Name("state").String("destroyed");
    });
    // Older versions may be destroyed already.
    if (!done && (done.error().code() != Code::kKeyState || version == key.version)) {
      return std::move(done).error();
    }
  }
  return {};
}

Result<std::uint64_t> PutServerObject(remote::Pool& pool, std::string_view name, ByteSpan value,
                                      std::uint64_t revision) {
  Reply reply = TRY(Change(pool, "PUT", "/v1/objects/" + PathSegment(name), [&](JsonWriter& json) {
    json.Name("kind").String(kObjectKind).Name("value").Base64(value);
    json.Name("revision").Integer(static_cast<std::int64_t>(revision));
  }));
  const ServerObject object = TRY(ReadObject(TRY(reply.Json())));
  return object.revision;
}

Status DeleteServerObject(remote::Pool& pool, std::string_view name) {
  auto done =
      Change(pool, "POST", "/v1/objects/" + PathSegment(name) + "/delete", [](JsonWriter&) {});
  if (!done && done.error().code() != Code::kNotFound) return std::move(done).error();
  return {};
}

}  // namespace vallum::p11
