// SPDX-License-Identifier: Apache-2.0
#include "scan/config/deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "scan/config/config_detector.h"
#include "scan/content/text.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kTemplate = "{{", kVariable = "${", kDigest = "@sha256:";

bool IsCompose(std::string_view name) {
  return name.starts_with("compose.") || name.starts_with("docker-compose.") ||
         name.starts_with("compose-") || name.starts_with("docker-compose-");
}

bool IsValues(std::string_view name) {
  return name.starts_with("values.") || name.starts_with("values-");
}

/// A member at the left edge of the text.
bool HasMember(std::string_view text, std::string_view member) {
  const auto lines = LinesOf(text);
  return std::any_of(lines.begin(), lines.end(), [member](std::string_view line) {
    return line.starts_with(member) && line.substr(member.size()).starts_with(':');
  });
}

std::string_view Unquoted(std::string_view text) {
  text = Trim(text);
  const bool quoted =
      text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
  return quoted ? text.substr(1, text.size() - 2) : text;
}

class Reader {
 public:
  Facts Read(std::string_view text) {
    for (std::string_view line : LinesOf(text)) {
      ++number_;
      line = Trim(line.substr(0, std::min(line.find(" #"), line.size())));
      if (line.starts_with('#')) continue;
      while (line.starts_with("- ")) line = Trim(line.substr(2));
      Line(line);
    }
    return std::move(facts_);
  }

 private:
  void Line(std::string_view line) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return Environment(Unquoted(line));
    const std::string_view name = Unquoted(line.substr(0, colon));
    const std::string_view value = Unquoted(line.substr(colon + 2));
    if (name == "image") Image(value);
    if (name == "repository") repository_ = value;
    if (name == "tag" && !repository_.empty()) Image(fmt::format("{}:{}", repository_, value));
    // A chart that has both uses the digest.
    if (name == "digest" && value.starts_with("sha256:")) DropImage();
    if (name == "name") variable_ = value;
    Environment(fmt::format("{}={}", name == "value" ? variable_ : name, value));
  }

  void Image(std::string_view image) {
    const bool known = image.find(kTemplate) == image.npos && image.find(kVariable) == image.npos;
    if (image.empty() || !known || image.find(kDigest) != image.npos) return;
    facts_.push_back({FactKind::kImageNotPinned, std::string(image), "", Confidence::kExact,
                      fmt::format("line {}: {}", number_, image)});
  }

  void DropImage() {
    const bool last = !facts_.empty() && facts_.back().kind == FactKind::kImageNotPinned;
    if (last && facts_.back().product.starts_with(repository_)) facts_.pop_back();
  }

  void Environment(std::string_view assignment) {
    for (Fact& fact : DetectEnvironment(assignment)) {
      fact.evidence = fmt::format("line {}: {}", number_, fact.evidence);
      facts_.push_back(std::move(fact));
    }
  }

  std::size_t number_ = 0;
  std::string_view repository_;
  std::string_view variable_;
  Facts facts_;
};

}  // namespace

bool IsDeployment(std::string_view path) {
  const bool is_lockfile = NameOf(path) == "pnpm-lock.yaml";  // node/lockfile.h
  return !is_lockfile && (path.ends_with(".yaml") || path.ends_with(".yml"));
}

Facts ReadDeployment(std::string_view path, std::string_view text) {
  const std::string_view name = NameOf(path);
  const bool is_kubernetes = HasMember(text, "apiVersion") && HasMember(text, "kind");
  const bool is_compose = IsCompose(name) && HasMember(text, "services");
  if (!is_kubernetes && !is_compose && !IsValues(name)) return {};
  return Reader().Read(text);
}

}  // namespace vallum::scan
