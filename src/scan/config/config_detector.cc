// SPDX-License-Identifier: Apache-2.0
#include "scan/config/config_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "scan/config/deployment.h"
#include "scan/config/openssl_config.h"
#include "scan/config/server_settings.h"
#include "scan/content/text.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kModuleConfig = "fipsmodule.cnf";
constexpr const char* kOpenSsl = "OpenSSL";

bool IsPolicy(std::string_view path) {
  return path.ends_with("etc/crypto-policies/config") ||
         path.ends_with("etc/crypto-policies/state/current");
}

bool IsImageSource(std::string_view path) {
  const std::string_view name = NameOf(path);
  return name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.") ||
         name.ends_with(".Dockerfile");
}

bool IsOpenSslConfig(std::string_view path) {
  const std::string_view name = NameOf(path);
  return name == "openssl.cnf" || name == kModuleConfig || name == "nodejs.cnf";
}

/// The way from `openssl_conf` to the providers. nodejs_conf is Node.js's name for the same.
class OpenSslChain {
 public:
  explicit OpenSslChain(const OpenSslConfig& config) : config_(config) {}

  Facts Read() {
    const std::string_view entry = config_.Value("", "openssl_conf").empty()
                                       ? config_.Value("", "nodejs_conf")
                                       : config_.Value("", "openssl_conf");
    const std::string_view providers = config_.Value(entry, "providers");
    const std::string_view fips = config_.Value(providers, "fips");
    const bool included = ReadIncludes();
    if (fips.empty()) {
      Add(FactKind::kOpenSslConfig, "no provider section names fips");
      return std::move(facts_);
    }
    const bool elsewhere = included && !config_.sections.contains(fips);
    if (!elsewhere && !Activates(config_.Value(fips, "activate"))) {
      Add(FactKind::kProviderNotActivated, fmt::format("section [{}] has no activate = 1", fips));
      return std::move(facts_);
    }
    Add(FactKind::kProviderActivated, fmt::format("section [{}] is activated", fips));
    const std::string_view other = config_.Value(providers, "default");
    const std::string_view algorithms = config_.Value(entry, "alg_section");
    const bool fetches_fips =
        config_.Value(algorithms, "default_properties").find("fips=yes") != std::string_view::npos;
    if (!other.empty() && Activates(config_.Value(other, "activate")) && !fetches_fips) {
      Add(FactKind::kDefaultBesideFips,
          fmt::format("section [{}] is activated as well, without default_properties = fips=yes",
                      other));
    }
    return std::move(facts_);
  }

 private:
  bool ReadIncludes() {
    bool has = false;
    for (const std::string& path : config_.includes) {
      if (NameOf(path) != kModuleConfig) continue;
      has = true;
      facts_.push_back({FactKind::kIncludesModuleConfig, path, "", Confidence::kExact,
                        fmt::format(".include {}", path)});
    }
    return has;
  }

  void Add(FactKind kind, std::string evidence) {
    facts_.push_back({kind, kOpenSsl, "", Confidence::kExact, std::move(evidence)});
  }

  const OpenSslConfig& config_;
  Facts facts_;
};

Facts ReadPolicy(std::string_view text) {
  for (const std::string_view line : LinesOf(text)) {
    const std::string_view policy = Trim(line.substr(0, line.find('#')));
    if (policy.empty()) continue;
    if (policy == "FIPS" || policy.starts_with("FIPS:")) return {};
    return {{FactKind::kOtherPolicy, "crypto-policies", "", Confidence::kExact,
             fmt::format("the policy is {}", policy)}};
  }
  return {};
}

/// `ENV A=1 B="2"` and the old `ENV A 1`.
void ReadVariables(const std::vector<std::string_view>& words, std::size_t number, Facts& facts) {
  const bool old = words.size() == 3 && words[1].find('=') == std::string_view::npos;
  std::vector<std::string> assignments;
  if (old) assignments.push_back(fmt::format("{}={}", words[1], words[2]));
  for (std::size_t one = 1; one < words.size() && !old; ++one) {
    std::string assignment(words[one]);
    std::erase_if(assignment, [](char letter) { return letter == '"' || letter == '\''; });
    assignments.push_back(std::move(assignment));
  }
  for (const std::string& assignment : assignments) {
    for (Fact& fact : DetectEnvironment(assignment)) {
      fact.evidence = fmt::format("line {}: {}", number, fact.evidence);
      facts.push_back(std::move(fact));
    }
  }
}

/// Stages may be named and used again; a name made of arguments is not known here.
Facts ReadImageSource(std::string_view text) {
  Facts facts;
  std::set<std::string_view> stages = {"scratch"};
  std::size_t number = 0;
  for (const std::string_view line : LinesOf(text)) {
    ++number;
    auto words = WordsOf(line);
    if (!words.empty() && (words[0] == "ENV" || words[0] == "env")) {
      ReadVariables(words, number, facts);
    }
    if (words.size() < 2 || (words[0] != "FROM" && words[0] != "from")) continue;
    std::erase_if(words, [](std::string_view word) { return word.starts_with("--"); });
    if (words.size() < 2) continue;
    const std::string_view base = words[1];
    const bool known = stages.contains(base) || base.find('$') != base.npos;
    if (words.size() >= 4 && (words[2] == "AS" || words[2] == "as")) stages.insert(words[3]);
    if (known || base.find("@sha256:") != base.npos) continue;
    facts.push_back({FactKind::kBaseNotPinned, std::string(base), "", Confidence::kExact,
                     fmt::format("line {}: FROM {}", number, base)});
  }
  return facts;
}

/// Switch is a variable with a part of its value that switches something off or on.
struct Switch {
  std::string_view name;
  std::string_view part;
  FactKind kind;
  std::string_view product;
};
constexpr auto kSwitches = std::to_array<Switch>({
    {"GODEBUG", "fips140=off", FactKind::kSwitchedOff, "Go"},
    {"GODEBUG", "fips140=on", FactKind::kGoSwitchedOn, "Go"},
    {"GODEBUG", "fips140=only", FactKind::kGoSwitchedOn, "Go"},
    {"GOLANG_FIPS", "0", FactKind::kSwitchedOff, "Go"},
    {"GOFIPS", "0", FactKind::kSwitchedOff, "Go"},
    {"OPENSSL_CONF", "/dev/null", FactKind::kSwitchedOff, "OpenSSL"},
    {"GNUTLS_SKIP_FIPS_INTEGRITY_CHECKS", "1", FactKind::kSwitchedOff, "GnuTLS"},
    {"GNUTLS_FORCE_FIPS_MODE", "0", FactKind::kSwitchedOff, "GnuTLS"},
    {"JAVA_TOOL_OPTIONS", "-Dcom.redhat.fips=false", FactKind::kSwitchedOff, "Java"},
    {"JDK_JAVA_OPTIONS", "-Dcom.redhat.fips=false", FactKind::kSwitchedOff, "Java"},
    {"JAVA_TOOL_OPTIONS", "-Djava.security.disableSystemPropertiesFile=true",
     FactKind::kSwitchedOff, "Java"},
    {"JDK_JAVA_OPTIONS", "-Djava.security.disableSystemPropertiesFile=true", FactKind::kSwitchedOff,
     "Java"},
});

bool HasPart(std::string_view value, std::string_view part) {
  for (std::size_t at = value.find(part); at != value.npos; at = value.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    const bool begins = at == 0 || value[at - 1] == ',' || value[at - 1] == ' ';
    if (begins && (end == value.size() || value[end] == ',' || value[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

bool IsConfigFile(std::string_view path) {
  return IsOpenSslConfig(path) || IsPolicy(path) || IsImageSource(path) || IsDeployment(path) ||
         !ServerOf(path).empty();
}

Result<Facts> DetectConfig(std::string_view path, const Content& content) {
  const std::string text = TRY(ReadText(content));
  if (NameOf(path) == kModuleConfig) {
    return Facts{{FactKind::kModuleConfig, kOpenSsl, "", Confidence::kExact, "it is of that name"}};
  }
  if (IsOpenSslConfig(path)) return OpenSslChain(ParseOpenSslConfig(text)).Read();
  if (IsPolicy(path)) return ReadPolicy(text);
  if (IsDeployment(path)) return ReadDeployment(path, text);
  return IsImageSource(path) ? ReadImageSource(text) : ReadServerSettings(ServerOf(path), text);
}

Facts DetectEnvironment(std::string_view assignment) {
  const std::size_t is = assignment.find('=');
  if (is == std::string_view::npos) return {};
  Facts facts;
  for (const Switch& row : kSwitches) {
    if (assignment.substr(0, is) != row.name || !HasPart(assignment.substr(is + 1), row.part))
      continue;
    facts.push_back({row.kind, std::string(row.product), "", Confidence::kExact,
                     fmt::format("{} has {}", row.name, row.part)});
  }
  return facts;
}

}  // namespace vallum::scan
