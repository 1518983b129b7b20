// SPDX-License-Identifier: Apache-2.0
// One item or an array of them: what the operations on data have in common.
//
//   {"plaintext": "..."}                   -> {"ciphertext": "...", ...}, or a problem
//   {"items": [{"plaintext": "..."}, ...]} -> {"items": [{...} or {"error": {...}}, ...]}
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "rest/codec.h"
#include "rest/exchange.h"
#include "rest/problem.h"

namespace vallum::rest {

inline constexpr std::size_t kMaxBatch = 256;

enum class Shape : std::uint8_t { kSingle, kBatch };

template <typename Item>
struct Items {
  std::vector<Item> items;
  Shape shape = Shape::kSingle;
};

/// ReadElement reads one object completely.
template <typename Item, typename Read>
Result<Item> ReadElement(JsonValue value, Read read) {
  ObjectReader reader(value);
  Item item = TRY(read(reader));
  TRY(reader.Finish());
  return item;
}

/// ReadItems reads with `read(ObjectReader&) -> Result<Item>` from `body` itself or from each element
/// of its "items". The caller finishes `body`.
template <typename Item, typename Read>
Result<Items<Item>> ReadItems(ObjectReader& body, Read read) {
  Items<Item> result;
  const auto array = body.OptionalValue("items");
  if (!array) {
    result.items.push_back(TRY(read(body)));
    return result;
  }
  result.shape = Shape::kBatch;
  auto elements = array->AsArray();
  if (!elements || elements->empty() || elements->size() > kMaxBatch) {
    return InvalidArgument(
        fmt::format("member \"items\" must be an array of 1 to {} objects", kMaxBatch));
  }
  result.items.reserve(elements->size());
  for (std::size_t i = 0; i < elements->size(); ++i) {
    Result<Item> item = ReadElement<Item>((*elements)[i], read);
    if (!item) return std::move(item).error().WithContext(fmt::format("items[{}]", i));
    result.items.push_back(*std::move(item));
  }
  return result;
}

/// WriteItems answers with `write(JsonWriter&, const T&)` for each success; the indicator is added.
/// A single item's failure is returned.
template <typename T, typename Write>
Status WriteItems(Exchange& x, Shape shape, service::Service::Batch<T>& results, Write write) {
  JsonWriter json(x.response().body);
  const auto put = [&](const service::Approved<T>& result) {
    json.BeginObject();
    write(json, result.value);
    WriteFips(json, result.indicator);
    json.EndObject();
  };
  if (shape == Shape::kSingle) {
    if (results.size() != 1) return Internal("the service answered one item with several");
    if (!results[0]) return std::move(results[0]).error();
    put(*results[0]);
    return Finished(json);
  }
  json.BeginObject().Name("items").BeginArray();
  for (const auto& result : results) {
    if (result) {
      put(*result);
      continue;
    }
    json.BeginObject().Name("error").BeginObject();
    json.Name("code").String(CodeName(result.error().code()));
    json.Name("detail").String(PublicDetail(result.error()));
    json.EndObject().EndObject();
  }
  json.EndArray().EndObject();
  return Finished(json);
}

}  // namespace vallum::rest
