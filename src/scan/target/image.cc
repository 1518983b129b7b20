// SPDX-License-Identifier: Apache-2.0
#include "scan/target/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMaxJson = 8U << 20;
constexpr int kMaxIndexes = 4;  // indexes that name indexes
#if defined(__x86_64__)
constexpr std::string_view kArchitecture = "amd64";
#elif defined(__aarch64__)
constexpr std::string_view kArchitecture = "arm64";
#else
constexpr std::string_view kArchitecture = "";
#endif

Result<JsonDocument> ReadJson(const BlobStore& blobs, std::string_view path) {
  const ContentPtr content = TRY(blobs(path));
  if (content->size() > kMaxJson) return InvalidArgument("it is larger than 8 MiB");
  const Bytes text = TRY(ReadRange(*content, 0, static_cast<std::size_t>(content->size())));
  return JsonDocument::Parse(AsText(text), {.max_bytes = kMaxJson, .max_depth = 64});
}

std::string TextOr(JsonValue object, std::string_view name, std::string_view otherwise = "") {
  const auto member = object.Find(name);
  if (!member) return std::string(otherwise);
  const auto text = member->AsString();
  return std::string(text ? *text : otherwise);
}

std::vector<JsonValue> ListAt(JsonValue object, std::string_view name) {
  const auto member = object.Find(name);
  if (!member) return {};
  auto list = member->AsArray();
  return list ? *std::move(list) : std::vector<JsonValue>();
}

/// "sha256:12ab..." to "blobs/sha256/12ab...".
Result<std::string> BlobPath(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  const auto plain = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '+' || c == '-' || c == '_' || c == '=';
    });
  };
  if (colon == std::string_view::npos || !plain(digest.substr(0, colon)) ||
      !plain(digest.substr(colon + 1))) {
    return InvalidArgument("the image names a digest that is none");
  }
  return fmt::format("blobs/{}/{}", digest.substr(0, colon), digest.substr(colon + 1));
}

Status ReadConfiguration(const BlobStore& blobs, std::string_view path, Image& image) {
  const JsonDocument document = TRY(ReadJson(blobs, path));
  const auto config = document.root().Find("config");
  if (!config || !config->IsObject()) return {};
  for (const JsonValue& one : ListAt(*config, "Env")) {
    const auto text = one.AsString();
    if (text) image.environment.emplace_back(*text);
  }
  return {};
}

struct Choice {
  std::string digest;
  std::string platform;
};

std::string PlatformOf(JsonValue descriptor) {
  const auto platform = descriptor.Find("platform");
  if (!platform || !platform->IsObject()) return "";
  return TextOr(*platform, "os", "unknown") + "/" + TextOr(*platform, "architecture", "unknown");
}

/// The images of an index, without the attestations that build tools put beside them.
std::vector<Choice> ChoicesOf(JsonValue index) {
  std::vector<Choice> choices;
  for (const JsonValue& one : ListAt(index, "manifests")) {
    if (!one.IsObject()) continue;
    Choice choice{TextOr(one, "digest"), PlatformOf(one)};
    if (choice.platform != "unknown/unknown") choices.push_back(std::move(choice));
  }
  return choices;
}

Result<Choice> Choose(JsonValue index, Image& image) {
  std::vector<Choice> choices = ChoicesOf(index);
  if (choices.empty()) return InvalidArgument("the image's index names no image");
  const std::string wanted = fmt::format("linux/{}", kArchitecture);
  auto chosen = std::find_if(choices.begin(), choices.end(),
                             [&](const Choice& one) { return one.platform == wanted; });
  if (chosen == choices.end()) chosen = choices.begin();
  for (auto one = choices.begin(); one != choices.end(); ++one) {
    if (one == chosen || one->digest == chosen->digest) continue;
    image.left_out.push_back(fmt::format("{} {}", one->platform, one->digest));
  }
  return std::move(*chosen);
}

Status ReadManifest(const BlobStore& blobs, JsonValue manifest, Image& image) {
  const auto config = manifest.Find("config");
  if (!config || !config->IsObject()) return InvalidArgument("the image's manifest has no config");
  TRY(ReadConfiguration(blobs, TRY(BlobPath(TextOr(*config, "digest"))), image));
  for (const JsonValue& layer : ListAt(manifest, "layers")) {
    if (!layer.IsObject()) return InvalidArgument("the image's manifest has a damaged layer");
    const std::string digest = TextOr(layer, "digest");
    image.layers.push_back({digest, blobs(TRY(BlobPath(digest)))});
  }
  return {};
}

Result<Image> ReadOci(const BlobStore& blobs) {
  Image image;
  std::string path = "index.json";
  for (int hop = 0; hop <= kMaxIndexes; ++hop) {
    const JsonDocument document = TRY(ReadJson(blobs, path));
    if (!document.root().IsObject()) return InvalidArgument("the image's index is no JSON object");
    if (document.root().Find("manifests")) {
      path = TRY(BlobPath(TRY(Choose(document.root(), image)).digest));
      continue;
    }
    TRY(ReadManifest(blobs, document.root(), image));
    return image;
  }
  return InvalidArgument("the image's indexes name one another");
}

bool IsDockerManifest(JsonValue root) {
  const auto images = root.AsArray();
  return images && !images->empty() && images->front().IsObject() &&
         images->front().Find("Config") && images->front().Find("Layers");
}

Result<Image> ReadDocker(const BlobStore& blobs, JsonValue root) {
  const std::vector<JsonValue> images = TRY(root.AsArray());
  Image image;
  for (std::size_t other = 1; other < images.size(); ++other) {
    image.left_out.push_back(images[other].IsObject() ? TextOr(images[other], "Config") : "");
  }
  TRY(ReadConfiguration(blobs, TextOr(images.front(), "Config"), image));
  for (const JsonValue& layer : ListAt(images.front(), "Layers")) {
    const std::string path(TRY(layer.AsString()));
    image.layers.push_back({path, blobs(path)});
  }
  return image;
}

}  // namespace

Result<std::optional<Image>> ReadImage(const BlobStore& blobs) {
  if (blobs("oci-layout") && blobs("index.json")) return std::optional(TRY(ReadOci(blobs)));
  if (!blobs("manifest.json")) return std::optional<Image>();
  const auto manifest = ReadJson(blobs, "manifest.json");
  // A root file system may hold a file of that name that is something else.
  if (!manifest || !IsDockerManifest(manifest->root())) return std::optional<Image>();
  return std::optional(TRY(ReadDocker(blobs, manifest->root())));
}

}  // namespace vallum::scan
