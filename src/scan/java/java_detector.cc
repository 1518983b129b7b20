// SPDX-License-Identifier: Apache-2.0
#include "scan/java/java_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "scan/content/text.h"
#include "scan/java/build_file.h"
#include "scan/java/java_library.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kVersion = "0123456789.";

const JavaLibrary* LibraryOf(std::string_view path) {
  const auto* const found =
      std::find_if(kJavaLibraries.begin(), kJavaLibraries.end(),
                   [path](const JavaLibrary& row) { return path.ends_with(row.class_file); });
  return found == kJavaLibraries.end() ? nullptr : found;
}

std::string VersionBehind(std::string_view text, std::string_view constant) {
  const std::size_t at = text.find(constant);
  if (constant.empty() || at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + constant.size());
  return std::string(rest.substr(0, rest.find_first_not_of(kVersion)));
}

Facts OfClass(const JavaLibrary& row, std::string_view text) {
  // A provider of another maker may have the same name.
  if (text.find(row.constant) == std::string_view::npos) return {};
  const std::string version = VersionBehind(text, row.constant);
  const bool fips = row.product == kBouncyCastleFips;
  return {{fips ? FactKind::kFipsModule : FactKind::kJavaLibrary, std::string(row.product), version,
           Confidence::kExact,
           row.constant.empty()
               ? "class of that name"
               : fmt::format("class with the text \"{}{}\"", row.constant, version)}};
}

/// The first provider is asked first, so the order decides who does the work.
Facts OfSettings(std::string_view text) {
  std::string first, fips;
  for (const std::string_view line : LinesOf(text)) {
    const std::string_view setting = Trim(line);
    const std::size_t is = setting.find('=');
    if (is == std::string_view::npos) continue;
    const std::string_view name = Trim(setting.substr(0, is));
    if (name == "security.provider.1") first = Trim(setting.substr(is + 1));
    if (name == "fips.provider.1") fips = Trim(setting.substr(is + 1));
  }
  if (first.empty()) return {};
  const bool is_fips = first.find("Fips") != first.npos || first.find("FIPS") != first.npos ||
                       first.find("nss.fips.cfg") != first.npos;
  if (is_fips) return {};
  return {{FactKind::kJavaProviders, "Java", "", Confidence::kExact,
           fmt::format("security.provider.1={}{}", first,
                       fips.empty() ? "" : fmt::format("; fips.provider.1={}", fips))}};
}

}  // namespace

bool IsJavaFile(std::string_view path, FileKind kind) {
  if (kind == FileKind::kJavaClass) return LibraryOf(path) != nullptr;
  return kind == FileKind::kOther && (NameOf(path) == "java.security" || IsJavaBuildFile(path));
}

Result<Facts> DetectJava(std::string_view path, FileKind kind, const Content& content) {
  const std::string text = TRY(ReadText(content));
  const JavaLibrary* const library = kind == FileKind::kJavaClass ? LibraryOf(path) : nullptr;
  if (IsJavaBuildFile(path)) return ReadJavaBuildFile(path, text);
  return library != nullptr ? OfClass(*library, text) : OfSettings(text);
}

}  // namespace vallum::scan
