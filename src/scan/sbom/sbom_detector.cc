// SPDX-License-Identifier: Apache-2.0
#include "scan/sbom/sbom_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "base/json.h"
#include "scan/content/text.h"
#include "scan/java/build_file.h"
#include "scan/node/node_package.h"
#include "scan/python/python_package.h"
#include "scan/rust/rust_crate.h"

namespace vallum::scan {
namespace {

constexpr JsonLimits kLimits{.max_bytes = kMaxText, .max_depth = 128};
constexpr std::string_view kScheme = "pkg:";

struct PackageUrl {
  std::string_view type;
  std::string name;  ///< with its namespace where the ecosystem writes it so
  std::string_view version;
};

/// "pkg:npm/%40noble/hashes@1.4.0?x=y#z"; the rest of percent-encoding does not occur in known names.
std::optional<PackageUrl> ParsePackageUrl(std::string_view text) {
  if (!text.starts_with(kScheme)) return std::nullopt;
  text = text.substr(kScheme.size(), text.find_first_of("?#") - kScheme.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  PackageUrl url{text.substr(0, slash), "", ""};
  text.remove_prefix(slash + 1);
  if (const std::size_t at = text.rfind('@'); at != text.npos && at != 0) {
    url.version = text.substr(at + 1);
    text = text.substr(0, at);
  }
  url.name = text;
  if (url.name.starts_with("%40")) url.name.replace(0, 3, "@");
  return url;
}

struct Known {
  FactKind kind;
  std::string_view product;
};

std::optional<Known> KnownPackage(const PackageUrl& url) {
  if (url.type == "npm") return Known{FactKind::kNodeWanted, KnownNodePackage(url.name)};
  if (url.type == "cargo") return Known{FactKind::kRustCrate, KnownRustCrate(url.name)};
  if (url.type == "pypi") {
    for (const PythonPackage& row : kPythonPackages) {
      if (row.distribution == url.name) return Known{FactKind::kPythonPackage, row.distribution};
    }
  }
  if (url.type == "maven") {
    const std::string_view artifact = std::string_view(url.name).substr(url.name.rfind('/') + 1);
    for (const JavaArtifact& row : kJavaArtifacts) {
      if (artifact.starts_with(row.begins)) return Known{FactKind::kJavaWanted, row.product};
    }
  }
  return std::nullopt;
}

/// Reader collects each package once.
class Reader {
 public:
  /// Components hold components.
  void Components(const JsonValue& owner) {
    ForEach(owner, "components", [this](const JsonValue& one) {
      Add(TextOf(one, "purl"));
      Components(one);
    });
  }
  void Packages(const JsonValue& root) {
    ForEach(root, "packages", [this](const JsonValue& one) {
      ForEach(one, "externalRefs",
              [this](const JsonValue& reference) { Add(TextOf(reference, "referenceLocator")); });
    });
  }
  Facts Take() { return std::move(facts_); }

 private:
  template <typename OnOne>
  static void ForEach(const JsonValue& owner, std::string_view member, OnOne on_one) {
    const auto list = owner.Find(member);
    const auto values =
        list ? list->AsArray() : Result<std::vector<JsonValue>>(std::vector<JsonValue>());
    if (!values) return;
    for (const JsonValue& one : *values) {
      if (one.IsObject()) on_one(one);
    }
  }

  static std::string_view TextOf(const JsonValue& value, std::string_view member) {
    const auto found = value.Find(member);
    const auto text = found ? found->AsString() : Result<std::string_view>("");
    return text ? *text : std::string_view();
  }

  void Add(std::string_view text) {
    const auto url = ParsePackageUrl(text);
    const auto known = url ? KnownPackage(*url) : std::nullopt;
    if (!known || known->product.empty() || !seen_.emplace(text).second) return;
    facts_.push_back({known->kind, std::string(known->product), std::string(url->version),
                      Confidence::kWeak, fmt::format("a bill of materials names {}", text)});
  }

  std::set<std::string> seen_;
  Facts facts_;
};

}  // namespace

bool IsSbom(ByteSpan head) {
  const std::string_view text = AsText(head);
  return text.starts_with('{') &&
         (text.find("\"CycloneDX\"") != text.npos || text.find("\"spdxVersion\"") != text.npos);
}

Result<Facts> DetectSbom(const Content& content) {
  const std::string text = TRY(ReadText(content));
  const JsonDocument document = TRY(JsonDocument::Parse(text, kLimits));
  Reader reader;
  if (!document.root().IsObject()) return Facts();
  reader.Components(document.root());
  reader.Packages(document.root());
  return reader.Take();
}

}  // namespace vallum::scan
