// SPDX-License-Identifier: Apache-2.0
#include "scan/host/kernel.h"

#include <fmt/format.h>

#include "scan/content/text.h"
#include "scan/host/process.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMaxText = 4U << 20;
constexpr const char* kLinux = "Linux";

std::string TextOf(const std::filesystem::path& path) {
  const auto bytes = ReadProcFile(path, kMaxText);
  return bytes ? std::string(AsText(*bytes)) : std::string();
}

/// "name         : sha256" gives "sha256" for "name".
std::string_view ValueOf(std::string_view line, std::string_view name) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || Trim(line.substr(0, colon)) != name) return {};
  return Trim(line.substr(colon + 1));
}

bool HasWord(std::string_view line, std::string_view word) {
  for (const std::string_view one : WordsOf(line)) {
    if (one == word) return true;
  }
  return false;
}

}  // namespace

KernelAlgorithms ParseKernelAlgorithms(std::string_view text) {
  KernelAlgorithms algorithms;
  std::string_view driver;
  for (const std::string_view line : LinesOf(text)) {
    if (const auto value = ValueOf(line, "driver"); !value.empty()) {
      driver = value;
      ++algorithms.count;
    }
    const std::string_view test = ValueOf(line, "selftest");
    if (!test.empty() && test != "passed") algorithms.untested.emplace_back(driver);
  }
  return algorithms;
}

Facts ReadKernel(const std::filesystem::path& proc) {
  const std::string flag = TextOf(proc / "sys/crypto/fips_enabled");
  const std::string line = TextOf(proc / "cmdline");
  const bool asked = HasWord(line.substr(0, line.find('\n')), "fips=1");
  const KernelAlgorithms algorithms = ParseKernelAlgorithms(TextOf(proc / "crypto"));
  const std::string more = fmt::format(
      "; the command line has {}fips=1; {} algorithms, {} of them without a passed self-test",
      asked ? "" : "no ", algorithms.count, algorithms.untested.size());
  const std::string_view value = Trim(std::string_view(flag).substr(0, flag.find('\n')));
  if (value.empty()) {
    return {{FactKind::kKernelFlagAbsent, kLinux, "", Confidence::kExact,
             "there is no sys/crypto/fips_enabled" + more}};
  }
  return {{value == "1" ? FactKind::kKernelFlagOn : FactKind::kKernelFlagOff, kLinux, "",
           Confidence::kExact, fmt::format("sys/crypto/fips_enabled is {}{}", value, more)}};
}

}  // namespace vallum::scan
