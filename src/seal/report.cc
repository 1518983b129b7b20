// SPDX-License-Identifier: Apache-2.0
#include "seal/report.h"

#include <fmt/format.h>

#include "base/json.h"
#include "seal/slot_file.h"

namespace vallum::seal {
namespace {

std::string FlagNames(std::uint32_t flags) {
  return fmt::format("{}{}", (flags & PF_R) != 0 ? "r" : "-", (flags & PF_X) != 0 ? "x" : "-");
}

double Percent(const ObjectFile& object) {
  return 100.0 * static_cast<double>(object.covered) / static_cast<double>(object.loaded);
}

void AddSegments(JsonWriter& json, const ObjectFile& object) {
  json.Name("segments").BeginArray();
  for (const auto& segment : object.segments) {
    json.BeginObject();
    json.Name("address").Integer(static_cast<std::int64_t>(segment.extent().address));
    json.Name("bytes").Integer(static_cast<std::int64_t>(segment.extent().size));
    json.Name("flags").String(FlagNames(segment.extent().flags));
    json.EndObject();
  }
  json.EndArray();
}

void AddFile(JsonWriter& json, const ObjectFile& object) {
  json.BeginObject();
  json.Name("name").String(object.name);
  json.Name("path").String(object.path.string());
  json.Name("covered_bytes").Integer(static_cast<std::int64_t>(object.covered));
  json.Name("loaded_bytes").Integer(static_cast<std::int64_t>(object.loaded));
  json.Name("covered_percent").Raw(fmt::format("{:.1f}", Percent(object)));
  AddSegments(json, object);
  json.EndObject();
}

Result<module::Manifest> ManifestOf(const Boundary& boundary) {
  return module::ParseManifest(TRY(SlotBytes(boundary.front())));
}

}  // namespace

Result<std::string> TextReport(const Boundary& boundary) {
  const module::Manifest manifest = TRY(ManifestOf(boundary));
  std::string out = fmt::format("manifest in {}\n", boundary.front().path.string());
  for (const auto& object : manifest.objects) {
    out += fmt::format("  {:<24} {}  crc32 {:08x}\n", object.name, ToHex(object.mac), object.crc32);
  }
  out += fmt::format("  {:<24} {}\n", "(the manifest)", ToHex(manifest.self_mac));
  for (const ObjectFile& object : boundary) {
    out += fmt::format("{}: {} of {} loaded bytes covered ({:.1f} %)\n", object.path.string(),
                       object.covered, object.loaded, Percent(object));
    for (const auto& segment : object.segments) {
      out += fmt::format("  {:#10x}  {:>9} bytes  {}\n", segment.extent().address,
                         segment.extent().size, FlagNames(segment.extent().flags));
    }
  }
  return out;
}

Result<std::string> JsonReport(const Boundary& boundary) {
  const module::Manifest manifest = TRY(ManifestOf(boundary));
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Name("manifest").BeginArray();
  for (const auto& object : manifest.objects) {
    json.BeginObject().Name("name").String(object.name);
    json.Name("mac").String(ToHex(object.mac));
    json.Name("crc32").String(fmt::format("{:08x}", object.crc32)).EndObject();
  }
  json.EndArray().Name("manifest_mac").String(ToHex(manifest.self_mac));
  json.Name("files").BeginArray();
  for (const ObjectFile& object : boundary) AddFile(json, object);
  json.EndArray().EndObject();
  return out + "\n";
}

}  // namespace vallum::seal
