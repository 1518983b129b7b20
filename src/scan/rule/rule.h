// SPDX-License-Identifier: Apache-2.0
// The rules: what is wrong with a fact, how bad it is, and what to do. Identifiers are never used again
// for something else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vallum::scan {

/// What sort of thing is wrong; apart from how bad it is.
enum class RuleClass : std::uint8_t {
  kBypass,         ///< cryptography that no validated module does
  kUnvalidated,    ///< a module that no certificate covers
  kInactive,       ///< a module that is there and not used
  kExpired,        ///< a certificate that has ended, or will soon
  kContradiction,  ///< what a file says of itself is not what it is
  kUnknown,        ///< it cannot be told from the file
};
enum class Severity : std::uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };

std::string_view RuleClassName(RuleClass rule_class);
std::string_view SeverityName(Severity severity);
/// ParseSeverity reads the names that SeverityName gives; nothing for any other.
std::optional<Severity> ParseSeverity(std::string_view name);

struct Rule {
  std::string_view id;
  std::string_view name;
  RuleClass rule_class;
  Severity severity;
  std::string_view title;
  std::string_view remedy;
};

enum class RuleId : std::uint8_t {
  kBundledOpenSsl,
  kOtherLibrary,
  kLinkedToOther,
  kFipsNotActive,
  kVersionNotOnCertificate,
  kCertificateExpired,
  kCertificateExpiring,
  kNotProven,
  kGoDefaultOff,
  kGoLatest,
  kGoLabelOnly,
  kGoBoring,
  kGoVersionAmbiguous,
  kGoOtherCrypto,
  kGoNoBuildInfo,
};

inline constexpr auto kRules = std::to_array<Rule>({
    {"FS-CC-001", "bundled-crypto", RuleClass::kBypass, Severity::kHigh,
     "has a cryptographic library built in",
     "Build it against the system's library, so that one validated module serves all."},
    {"FS-CC-002", "other-library", RuleClass::kBypass, Severity::kMedium,
     "is a cryptographic library other than OpenSSL",
     "Remove it if nothing needs it; else use a build of it that has a certificate."},
    {"FS-CC-003", "linked-to-other-library", RuleClass::kBypass, Severity::kMedium,
     "uses a cryptographic library other than OpenSSL",
     "Use a build that is linked to OpenSSL with the FIPS provider."},
    {"FS-OS-001", "fips-provider-absent", RuleClass::kInactive, Severity::kHigh,
     "is OpenSSL, and no FIPS provider is anywhere in the target",
     "Install the distribution's validated FIPS provider and activate it in openssl.cnf."},
    {"FS-OS-004", "version-not-on-certificate", RuleClass::kUnvalidated, Severity::kHigh,
     "is a FIPS module in a version that no known certificate covers",
     "Use a version that a certificate names; newer is not better here."},
    {"FS-CM-001", "certificate-ended", RuleClass::kExpired, Severity::kHigh,
     "is a module whose certificates are historical on the given day",
     "Move to a module with an active certificate."},
    {"FS-CM-002", "certificate-ends-soon", RuleClass::kExpired, Severity::kLow,
     "is a module whose certificate ends soon", "Plan the move to the successor."},
    {"FS-CM-004", "certificate-not-proven", RuleClass::kUnknown, Severity::kLow,
     "has a certificate's version, but the file is not known to be the certified one",
     "Compare the file with the vendor's and with the Security Policy's build instructions."},
    {"FS-GO-001", "go-fips-off", RuleClass::kInactive, Severity::kHigh,
     "is a Go program that does not start in FIPS 140-3 mode",
     "Build with GOFIPS140 set to a certified version of the module."},
    {"FS-GO-002", "go-fips-latest", RuleClass::kUnvalidated, Severity::kHigh,
     "is a Go program with the module's unfrozen code (GOFIPS140=latest)",
     "Build with GOFIPS140 set to a certified version of the module."},
    {"FS-GO-003", "boringcrypto-label-only", RuleClass::kContradiction, Severity::kCritical,
     "is a Go program labelled boringcrypto without BoringCrypto's code",
     "Build with CGO_ENABLED=1, or with GOFIPS140 instead."},
    {"FS-GO-004", "boringcrypto", RuleClass::kUnknown, Severity::kMedium,
     "is a Go program with BoringCrypto, of a version that the file does not say",
     "Find the toolchain's BoringCrypto version and its certificate, or build with GOFIPS140."},
    {"FS-GO-005", "go-module-ambiguous", RuleClass::kUnknown, Severity::kLow,
     "is a Go program whose module version does not say which code it is",
     "Build with a toolchain that writes the full version, such as v1.0.0-c2097c7c."},
    {"FS-GO-007", "go-other-crypto", RuleClass::kBypass, Severity::kMedium,
     "is a Go program with primitives that Go's module does not have",
     "Use the standard library's algorithms; find out whether the code is reached."},
    {"FS-GO-008", "go-no-build-info", RuleClass::kUnknown, Severity::kMedium,
     "is a Go program that does not say how it was built",
     "Build without removing the build information."},
});
static_assert(kRules.size() == static_cast<std::size_t>(RuleId::kGoNoBuildInfo) + 1);

constexpr const Rule& RuleOf(RuleId id) { return kRules[static_cast<std::size_t>(id)]; }

}  // namespace vallum::scan
