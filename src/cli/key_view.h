// SPDX-License-Identifier: Apache-2.0
// A key as the server describes it, and how it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/output.h"

namespace vallum::cli {

struct KeyVersionView {
  std::int64_t version = 0;
  std::string state;
  std::string created;
  std::string changed;
};

struct KeyView {
  std::string id;
  std::string name;
  std::string algorithm;
  std::vector<std::string> usages;
  bool extractable = false;
  std::string origin;
  std::string made_under;
  std::string owner;
  std::vector<std::string> labels;  ///< "name=value"
  std::string created;
  std::int64_t primary_version = 0;
  std::vector<KeyVersionView> versions;
};

/// ReadKeyView takes what it knows and ignores the rest: a newer server may say more.
Result<KeyView> ReadKeyView(JsonValue value);
/// StateOf is the state of the primary version, or of the last one.
std::string StateOf(const KeyView& key);
void PrintKey(Output& out, const KeyView& key);
void PrintKeys(Output& out, const std::vector<KeyView>& keys);

}  // namespace vallum::cli
