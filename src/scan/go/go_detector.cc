// SPDX-License-Identifier: Apache-2.0
#include "scan/go/go_detector.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "scan/go/go_build_info.h"
#include "scan/go/go_names.h"

namespace vallum::scan {
namespace {

constexpr const char* kModule = "Go Cryptographic Module";

/// "a,b=c" and the like: whether `word` is one of the comma-separated parts.
bool HasPart(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    if (part == word) return true;
    list.remove_prefix(std::min(part.size() + 1, list.size()));
  }
  return false;
}

bool LooksLikeGo(const ElfFile& file) {
  return file.Section(".gopclntab") != nullptr ||
         file.Section(".data.rel.ro.gopclntab") != nullptr ||
         file.Section(".go.fipsinfo") != nullptr;
}

void AddMode(const GoBuildInfo& info, const GoNames& names, bool is_boring, Facts& facts) {
  const std::string_view debug = info.Setting("DefaultGODEBUG");
  const std::string_view module = info.Setting("GOFIPS140");
  if (HasPart(debug, "fips140=on") || HasPart(debug, "fips140=only")) {
    // Without GOFIPS140 it is the toolchain's own copy, which is not frozen.
    facts.push_back({FactKind::kGoFipsOn, kModule, std::string(module.empty() ? "latest" : module),
                     Confidence::kExact,
                     fmt::format("build information: DefaultGODEBUG={}", debug)});
  } else if (names.uses_crypto && !is_boring && !names.openssl) {
    facts.push_back({FactKind::kGoFipsOff, "Go", info.version, Confidence::kExact,
                     "build information without fips140 in DefaultGODEBUG, functions of crypto/"});
  }
}

void AddCode(const GoNames& names, bool is_boring, bool is_labelled, Facts& facts) {
  if (is_boring) {
    facts.push_back({FactKind::kGoBoring, "BoringCrypto", "", Confidence::kExact,
                     "code that calls into BoringCrypto"});
  } else if (is_labelled) {
    facts.push_back({FactKind::kGoLabelOnly, "BoringCrypto", "", Confidence::kExact,
                     "build information: GOEXPERIMENT=boringcrypto, and none of its code"});
  }
  if (names.openssl) {
    facts.push_back({FactKind::kNeeds, "OpenSSL", "", Confidence::kStrong,
                     "functions of a Go toolchain that loads OpenSSL at run time"});
  }
  if (!names.other_crypto.empty()) {
    facts.push_back({FactKind::kGoOtherCrypto, "golang.org/x/crypto", "", Confidence::kStrong,
                     fmt::format("functions of {}", fmt::join(names.other_crypto, ", "))});
  }
}

}  // namespace

Result<Facts> DetectGo(const ElfFile& file) {
  const auto info = TRY(FindGoBuildInfo(file));
  if (!info && !LooksLikeGo(file)) return Facts();
  const GoNames names = TRY(ReadGoNames(file));
  const bool is_labelled = info && HasPart(info->Setting("GOEXPERIMENT"), "boringcrypto");
  const bool is_boring = names.boring || (is_labelled && TRY(HasBoringSignature(file)));
  Facts facts;
  if (info) {
    facts.push_back({FactKind::kGoBuild, "Go", info->version, Confidence::kExact,
                     fmt::format("build information of {}", info->path)});
    AddMode(*info, names, is_boring, facts);
  } else if (names.uses_crypto) {
    facts.push_back({FactKind::kGoNoBuildInfo, "Go", "", Confidence::kExact,
                     "Go's tables without build information, functions of crypto/"});
  }
  AddCode(names, is_boring, is_labelled, facts);
  return facts;
}

}  // namespace vallum::scan
