// SPDX-License-Identifier: Apache-2.0
#include "cli/key_view.h"

#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

Result<std::vector<std::string>> ReadLabels(ObjectReader& key) {
  std::vector<std::string> out;
  auto labels = key.OptionalValue("labels");
  if (!labels) return out;
  for (const auto& [name, value] : TRY(labels->Members())) {
    out.push_back(std::string(name) + "=" + std::string(TRY(value.AsString())));
  }
  return out;
}

Result<std::vector<KeyVersionView>> ReadVersions(ObjectReader& key) {
  std::vector<KeyVersionView> out;
  const JsonValue list = TRY(key.Value("versions"));
  for (const JsonValue& value : TRY(list.AsArray())) {
    ObjectReader version(value);
    out.push_back({TRY(version.Integer("version")), std::string(TRY(version.String("state"))),
                   std::string(TRY(version.String("created"))),
                   std::string(TRY(version.String("changed")))});
  }
  return out;
}

// To the second: the rest is for machines.
std::string ShortTime(const std::string& time) {
  return time.size() > 19 ? time.substr(0, 10) + " " + time.substr(11, 8) : time;
}

}  // namespace

Result<KeyView> ReadKeyView(JsonValue value) {
  ObjectReader reader(value);
  KeyView key;
  key.id = TRY(reader.String("id"));
  key.name = TRY(reader.String("name"));
  key.algorithm = TRY(reader.String("algorithm"));
  key.usages = TRY(StringsOf(TRY(reader.Value("usages"))));
  key.extractable = TRY(reader.OptionalBool("extractable")).value_or(false);
  key.origin = TRY(reader.String("origin"));
  key.made_under = TRY(reader.String("made_under"));
  key.owner = TRY(reader.String("owner"));
  key.labels = TRY(ReadLabels(reader));
  key.created = TRY(reader.String("created"));
  key.primary_version = TRY(reader.Integer("primary_version"));
  key.versions = TRY(ReadVersions(reader));
  return key;
}

std::string StateOf(const KeyView& key) {
  for (const KeyVersionView& version : key.versions) {
    if (version.version == key.primary_version) return version.state;
  }
  return key.versions.empty() ? "none" : key.versions.back().state;
}

void PrintKey(Output& out, const KeyView& key) {
  std::vector<Output::Row> rows = {{"name", key.name},
                                   {"id", key.id},
                                   {"algorithm", key.algorithm},
                                   {"usages", Join(key.usages)},
                                   {"extractable", key.extractable ? "yes, wrapped" : "no"},
                                   {"origin", key.origin + ", under policy " + key.made_under},
                                   {"owner", key.owner},
                                   {"created", ShortTime(key.created)},
                                   {"primary version", std::to_string(key.primary_version)}};
  if (!key.labels.empty()) rows.emplace_back("labels", Join(key.labels));
  out.Fields(rows);
  std::vector<std::vector<std::string>> versions;
  versions.reserve(key.versions.size());
  for (const KeyVersionView& version : key.versions) {
    versions.push_back({std::to_string(version.version), version.state, ShortTime(version.created),
                        ShortTime(version.changed)});
  }
  out.Line("");
  out.Table({"VERSION", "STATE", "CREATED", "CHANGED"}, std::move(versions));
}

void PrintKeys(Output& out, const std::vector<KeyView>& keys) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(keys.size());
  for (const KeyView& key : keys) {
    rows.push_back({key.name, key.algorithm, StateOf(key), std::to_string(key.primary_version),
                    key.owner, ShortTime(key.created)});
  }
  out.Table({"NAME", "ALGORITHM", "STATE", "VERSION", "OWNER", "CREATED"}, std::move(rows));
}

}  // namespace vallum::cli
