// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_detector.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "scan/elf/crypto_library.h"
#include "scan/elf/elf_strings.h"
#include "scan/elf/elf_symbols.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kProviderEntry = "OSSL_provider_init";
constexpr std::string_view kProviderName = "OpenSSL FIPS Provider";

std::string_view ProductOfLibrary(std::string_view name) {
  for (const LibraryName& row : kLibraryNames) {
    if (name.starts_with(row.begins)) return row.product;
  }
  return {};
}

/// What is known of a product in one file.
struct Seen {
  std::string symbol;
  std::string text;
  std::string version;
};

/// "OpenSSL 3.0 does not support ..." is a message; "OpenSSL 1.0.2k-fips  26 Jan 2017" is the library.
bool HasDateBehindVersion(std::string_view text) {
  const std::size_t version = text.find(' ') + 1;
  const std::size_t space = text.find(' ', version);
  if (version == 0 || space == std::string_view::npos) return false;
  const std::size_t day = text.find_first_not_of(' ', space);
  return day != std::string_view::npos && text[day] >= '0' && text[day] <= '9';
}

std::string FirstWord(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" )")));
}

/// "3.0.7", "3.0.7-395c1a240fbfffd8", "3.0.13-0ubuntu3+Fips1".
bool IsModuleVersion(std::string_view text) {
  if (text.size() < 5 || text.size() > 48 || text[0] < '0' || text[0] > '9') return false;
  const std::string_view numbers = text.substr(0, text.find_first_of("-+~"));
  const bool plain = numbers.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '+' || c == '~' || c == '_';
  };
  return plain && std::count(numbers.begin(), numbers.end(), '.') == 2 && numbers.back() != '.' &&
         std::all_of(text.begin(), text.end(), fits);
}

class Detection {
 public:
  explicit Detection(const ElfFile& file) : file_(file) {}

  Result<Facts> Run() {
    TRY(ForEachSymbol(file_, [this](const ElfSymbol& symbol) { OnSymbol(symbol); }));
    TRY(ForEachString(file_,
                      "OLm"
                      "M0123456789",
                      [this](const FoundString& text) { OnString(text); }));
    AddModule();
    AddProducts();
    AddNeeds();
    return std::move(facts_);
  }

 private:
  void OnSymbol(const ElfSymbol& symbol) {
    if (!symbol.defined || symbol.name.empty()) return;
    if (symbol.name == kProviderEntry) is_provider_ = true;
    for (const MarkerSymbol& row : kMarkerSymbols) {
      if (row.name.front() != symbol.name.front()) continue;  // most of them, and quickly
      const bool same = row.is_prefix ? symbol.name.starts_with(row.name) : symbol.name == row.name;
      if (!same) continue;
      Seen& seen = products_[std::string(row.product)];
      if (seen.symbol.empty()) seen.symbol = symbol.name;
    }
  }

  void OnString(const FoundString& found) {
    if (found.text == kProviderName) names_provider_ = true;
    if (module_version_.empty() && IsModuleVersion(found.text)) module_version_ = found.text;
    for (const VersionText& row : kVersionTexts) {
      if (!found.text.starts_with(row.begins)) continue;
      if (row.has_date && !HasDateBehindVersion(found.text)) return;
      // The version begins with the digit that the row may end with.
      const bool digit = row.begins.ends_with('.');
      std::string version = FirstWord(found.text.substr(row.begins.size() - (digit ? 2 : 0)));
      // Without one it is a name: a scanner's table, a help text.
      if (version.empty() || version[0] < '0' || version[0] > '9') return;
      Seen& seen = products_[std::string(row.product)];
      if (!seen.text.empty()) return;
      seen.version = std::move(version);
      seen.text =
          fmt::format("text \"{}\" in {} at {:#x}", found.text, found.section, found.offset);
      return;
    }
  }

  bool IsFipsProvider() const { return is_provider_ && names_provider_; }

  void AddModule() {
    if (!IsFipsProvider()) return;
    facts_.push_back(
        {FactKind::kFipsModule, "OpenSSL FIPS Provider", module_version_, Confidence::kExact,
         fmt::format("symbol {} is defined, text \"{}\"", kProviderEntry, kProviderName)});
  }

  /// BoringSSL and AWS-LC define OpenSSL's functions too; OpenSSL's FIPS provider is a fact of its own.
  void DropImitated() {
    const bool imitated = products_.contains("BoringSSL") || products_.contains("AWS-LC") ||
                          products_.contains("LibreSSL");
    if (imitated || IsFipsProvider()) products_.erase("OpenSSL");
    if (products_.contains("AWS-LC")) products_.erase("BoringSSL");
  }

  /// A program that is linked to a library often has the text of the version that it was built with.
  void DropQuoted() {
    for (const std::string& needed : file_.dynamic().needed) {
      const auto found = products_.find(std::string(ProductOfLibrary(needed)));
      if (found != products_.end() && found->second.symbol.empty()) products_.erase(found);
    }
  }

  void AddProducts() {
    DropImitated();
    DropQuoted();
    const std::string_view own = ProductOfLibrary(file_.dynamic().soname);
    for (const auto& [product, seen] : products_) {
      const bool is_own = product == own;
      const bool by_symbol = !seen.symbol.empty();
      const Confidence confidence = by_symbol ? Confidence::kExact : Confidence::kStrong;
      std::string evidence = by_symbol ? fmt::format("symbol {} is defined", seen.symbol) : "";
      if (!seen.text.empty()) evidence += (by_symbol ? ", " : "") + seen.text;
      facts_.push_back({is_own ? FactKind::kIsLibrary : FactKind::kContains, product, seen.version,
                        confidence, std::move(evidence)});
    }
    if (!own.empty() && !products_.contains(std::string(own))) {
      facts_.push_back({FactKind::kIsLibrary, std::string(own), "", Confidence::kExact,
                        fmt::format("its name is {}", file_.dynamic().soname)});
    }
  }

  /// One fact a product; a product's libraries that need one another are no fact.
  void AddNeeds() {
    const std::string_view own = ProductOfLibrary(file_.dynamic().soname);
    std::map<std::string_view, std::vector<std::string>> needs;
    for (const std::string& needed : file_.dynamic().needed) {
      const std::string_view product = ProductOfLibrary(needed);
      if (!product.empty() && product != own) needs[product].push_back(needed);
    }
    for (const auto& [product, names] : needs) {
      facts_.push_back({FactKind::kNeeds, std::string(product), "", Confidence::kExact,
                        fmt::format("it needs {}", fmt::join(names, ", "))});
    }
  }

  const ElfFile& file_;
  std::map<std::string, Seen> products_;
  bool is_provider_ = false;
  bool names_provider_ = false;
  std::string module_version_;
  Facts facts_;
};

}  // namespace

Result<Facts> DetectElf(const ElfFile& file) { return Detection(file).Run(); }

}  // namespace vallum::scan
