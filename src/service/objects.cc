// SPDX-License-Identifier: Apache-2.0
// Objects: records that the server keeps for a principal and does not interpret.
#include <algorithm>

#include "base/json.h"
#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kMaxPage = 1000;
constexpr std::size_t kMaxValue = 65'536;
constexpr std::size_t kMaxKind = 32;

Error NoSuchObject(std::string_view name) {
  return NotFound("there is no object \"" + std::string(name) + "\"; list them for the names");
}

Status CheckKind(std::string_view kind) {
  const bool ok = !kind.empty() && kind.size() <= kMaxKind && std::ranges::all_of(kind, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (ok) return {};
  return InvalidArgument(
      "an object's kind is 1 to 32 lower-case letters, digits and hyphens, such as certificate");
}

Bytes EncodeObject(const PutObjectRequest& request) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("kind").String(request.kind);
  json.Name("value").Base64(request.value);
  json.EndObject();
  return ToBytes(AsBytes(text));
}

Result<Object> ReadObject(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text));
  ObjectReader reader(document.root());
  if (TRY(reader.Integer("v")) != kFormat) {
    return Error(Code::kStorageVersion,
                 "the store was written by a newer version of Vallum; start that version");
  }
  Object object;
  object.kind = TRY(reader.String("kind"));
  object.value = TRY(reader.Base64("value"));
  TRY(reader.Finish());
  return object;
}

Result<Object> DecodeObject(const keystore::Entry& entry, std::size_t prefix) {
  auto object = ReadObject(AsText(entry.value));
  if (!object && object.error().code() == Code::kStorageVersion) return object;
  if (!object) {
    return Integrity("a stored object is damaged (" + object.error().message() +
                     "); restore the store from a backup");
  }
  object->name = entry.key.substr(prefix);
  object->revision = entry.revision;
  return object;
}

Result<ObjectPage> List(Core& core, Call& call, const ObjectListing& listing) {
  TRY(call.Authorize());
  if (listing.limit == 0 || listing.limit > kMaxPage) {
    return InvalidArgument("a page has 1 to 1000 objects; give a limit in between");
  }
  if (!listing.prefix.empty()) TRY(CheckName("object", listing.prefix));
  if (!listing.after.empty()) TRY(CheckName("object", listing.after));
  const std::string own = entry::Object(call.principal().name, "");
  const std::string from = listing.after.empty() ? "" : own + listing.after;
  const auto entries = TRY(core.store.List(own + listing.prefix, from, listing.limit));
  ObjectPage page;
  page.objects.reserve(entries.size());
  for (const keystore::Entry& entry : entries) {
    page.objects.push_back(TRY(DecodeObject(entry, own.size())));
  }
  if (entries.size() == listing.limit) page.next = page.objects.back().name;
  return page;
}

Error Changed(std::string_view name) {
  return {Code::kConflict, "object \"" + std::string(name) +
                               "\" does not have that revision; read it again, then change it"};
}

Result<Object> Put(Core& core, Call& call, const PutObjectRequest& request) {
  TRY(call.Authorize());
  TRY(CheckName("object", request.name));
  TRY(CheckKind(request.kind));
  if (request.value.size() > kMaxValue) {
    return ResourceExhausted("an object has at most 65536 bytes; keep what is larger elsewhere");
  }
  call.RecordDetail(request.name + " (" + request.kind + ")");
  const std::string entry = entry::Object(call.principal().name, request.name);
  const Bytes value = EncodeObject(request);
  keystore::Transaction change;
  if (request.revision) change.RequireRevision(entry, *request.revision);
  change.Put(entry, value);
  if (auto committed = call.CommitObject(std::move(change)); !committed) {
    if (committed.error().code() == Code::kConflict) return Changed(request.name);
    return std::move(committed).error();
  }
  // Somebody else's revision would let the caller overwrite what it never saw.
  const auto stored = core.store.Get(entry);
  if (!stored || stored->value != value) return Changed(request.name);
  return Object{request.name, request.kind, request.value, stored->revision};
}

Status Delete(Core& core, Call& call, std::string_view name) {
  TRY(call.Authorize());
  TRY(CheckName("object", name));
  call.RecordDetail(name);
  const std::string entry = entry::Object(call.principal().name, name);
  auto stored = core.store.Get(entry);
  if (!stored && stored.error().code() == Code::kNotFound) return NoSuchObject(name);
  if (!stored) return std::move(stored).error();
  keystore::Transaction change;
  change.RequireRevision(entry, stored->revision).Delete(entry);
  return call.CommitObject(std::move(change));
}

}  // namespace

Result<ObjectPage> ServiceImpl::ListObjects(const Caller& caller, const ObjectListing& listing) {
  Call call(core_, caller, Action::kObjectList);
  return call.Finish(List(core_, call, listing));
}

Result<Object> ServiceImpl::PutObject(const Caller& caller, const PutObjectRequest& request) {
  Call call(core_, caller, Action::kObjectPut);
  return call.Finish(Put(core_, call, request));
}

Status ServiceImpl::DeleteObject(const Caller& caller, std::string_view name) {
  Call call(core_, caller, Action::kObjectDelete);
  return call.Finish(Delete(core_, call, name));
}

}  // namespace vallum::service
