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
  kPythonStatic,
  kPythonBundled,
  kPythonPackage,
  kPythonHashes,
  kPythonImport,
  kPythonWeakHash,
  kNodeRuntime,
  kNodeBoring,
  kNodeAddon,
  kNodePackage,
  kNodeWanted,
  kNodeWeakHash,
  kBouncyCastle,
  kBothBouncyCastles,
  kJavaProviders,
  kJavaNative,
  kJavaLibrary,
  kJavaWanted,
  kRustRing,
  kRustCrypto,
  kRustAwsLc,
  kRustAwsLcFips,
  kRustNoManifest,
  kDefaultBesideFips,
  kModuleConfigMissing,
  kProviderNotActivated,
  kNoConfigActivates,
  kOtherPolicy,
  kServerSetting,
  kSwitchedOff,
  kBaseNotPinned,
  kImageNotPinned,
  kMappedReplaced,
  kProcessWithoutModule,
  kSaysFipsOff,
  kKernelFlagOff,
  kKernelFlagAbsent,
  kExceptionExpired,
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
    {"FS-PY-001", "python-static-crypto", RuleClass::kBypass, Severity::kHigh,
     "is a Python extension with a cryptographic library built in",
     "Install the distribution's package, or build from source (pip --no-binary), linked to "
     "OpenSSL."},
    {"FS-PY-002", "python-bundled-library", RuleClass::kBypass, Severity::kHigh,
     "is a cryptographic library that a Python wheel brings along",
     "Install the distribution's package, or build from source (pip --no-binary), linked to "
     "OpenSSL."},
    {"FS-PY-003", "python-package", RuleClass::kBypass, Severity::kMedium,
     "is a Python distribution with primitives of its own",
     "Use `cryptography` linked to the system's OpenSSL, or hashlib and hmac."},
    {"FS-PY-004", "python-own-hashes", RuleClass::kBypass, Severity::kLow,
     "has hash functions of Python's own, used where OpenSSL refuses one",
     "Build Python with --with-builtin-hashlib-hashes=blake2, or see that no program needs them."},
    {"FS-PY-005", "python-import", RuleClass::kBypass, Severity::kMedium,
     "is Python source that imports a distribution with primitives of its own",
     "Use `cryptography` linked to the system's OpenSSL, or hashlib and hmac."},
    {"FS-PY-006", "python-weak-hash", RuleClass::kBypass, Severity::kLow,
     "is Python source that asks for a hash function that is not approved",
     "Use SHA-2 or SHA-3; where it protects nothing, say usedforsecurity=False."},
    {"FS-ND-001", "node-static-openssl", RuleClass::kInactive, Severity::kMedium,
     "is a Node.js runtime with OpenSSL built in, which loads no FIPS provider by itself",
     "Give it a validated fips.so by openssl.cnf and start it with --force-fips, or use the "
     "system's."},
    {"FS-ND-002", "node-boringssl", RuleClass::kBypass, Severity::kHigh,
     "is a JavaScript runtime with a library built in that no configuration can replace",
     "Run the program on Node.js with OpenSSL and a FIPS provider."},
    {"FS-ND-003", "node-addon", RuleClass::kBypass, Severity::kHigh,
     "is a Node.js addon with a cryptographic library built in",
     "Use node:crypto instead of the package."},
    {"FS-ND-004", "node-package", RuleClass::kBypass, Severity::kMedium,
     "is an npm package with primitives of its own",
     "Use node:crypto, or find out whether the code is reached."},
    {"FS-ND-005", "node-package-wanted", RuleClass::kBypass, Severity::kMedium,
     "asks for an npm package with primitives of its own",
     "Use node:crypto, or find out which package needs it (npm ls NAME)."},
    {"FS-ND-006", "node-weak-hash", RuleClass::kBypass, Severity::kLow,
     "is JavaScript source that asks for a hash function that is not approved",
     "Use SHA-2 or SHA-3; in FIPS mode the call fails."},
    {"FS-JV-001", "bouncy-castle", RuleClass::kBypass, Severity::kMedium,
     "is Bouncy Castle's provider that no certificate covers",
     "Use bc-fips (BC-FJA) with its -fips companions, in place of bcprov."},
    {"FS-JV-002", "both-bouncy-castles", RuleClass::kContradiction, Severity::kHigh,
     "is bcprov beside bc-fips in one application: which of them works is chance",
     "Remove bcprov and whatever brings it along (mvn dependency:tree)."},
    {"FS-JV-003", "java-provider-order", RuleClass::kInactive, Severity::kMedium,
     "is Java settings whose first provider is no FIPS provider",
     "Put a validated provider first (security.provider.1) and set it to approved mode only."},
    {"FS-JV-004", "java-native", RuleClass::kBypass, Severity::kHigh,
     "is machine code in a Java archive that is or has a cryptographic library",
     "Use the artifact's -fips variant, or Java's own TLS with a validated provider."},
    {"FS-JV-005", "java-library", RuleClass::kBypass, Severity::kMedium,
     "is a Java library with primitives of its own",
     "Use the Java Cryptography Architecture with a validated provider."},
    {"FS-JV-006", "java-library-wanted", RuleClass::kBypass, Severity::kMedium,
     "is a build that fetches a Java library with primitives of its own",
     "Use the Java Cryptography Architecture with a validated provider; bc-fips for bcprov."},
    {"FS-RS-001", "rust-ring", RuleClass::kBypass, Severity::kHigh, "is a Rust program with ring",
     "Use aws-lc-rs with its feature fips, or openssl."},
    {"FS-RS-002", "rust-own-crypto", RuleClass::kBypass, Severity::kMedium,
     "is a Rust program with a crate that has primitives of its own",
     "Use aws-lc-rs with its feature fips, or openssl; find out whether the code is reached."},
    {"FS-RS-003", "rust-aws-lc", RuleClass::kUnvalidated, Severity::kHigh,
     "is a Rust program with AWS-LC in its variant that is not validated",
     "Build aws-lc-rs with its feature fips."},
    {"FS-RS-004", "rust-aws-lc-fips", RuleClass::kUnknown, Severity::kLow,
     "is a Rust program with AWS-LC's FIPS variant; the crate's version is not the module's",
     "Find the module's version in the crate's notes and compare it with the certificates."},
    {"FS-RS-005", "rust-no-manifest", RuleClass::kUnknown, Severity::kLow,
     "is a Rust program that does not say which crates it has", "Build it with cargo auditable."},
    {"FS-OS-002", "default-beside-fips", RuleClass::kBypass, Severity::kHigh,
     "is an OpenSSL configuration that activates the default provider beside the FIPS provider",
     "Use base in place of default, or set default_properties = fips=yes in alg_section."},
    {"FS-OS-005", "fipsmodule-missing", RuleClass::kInactive, Severity::kHigh,
     "is an OpenSSL configuration that includes a fipsmodule.cnf which is not in the target",
     "Run openssl fipsinstall where the provider is used; OpenSSL skips a missing file silently."},
    {"FS-OS-006", "fips-provider-not-activated", RuleClass::kInactive, Severity::kHigh,
     "is an OpenSSL configuration that names the FIPS provider and does not activate it",
     "Set activate = 1 in its section."},
    {"FS-OS-007", "no-configuration-activates-fips", RuleClass::kInactive, Severity::kMedium,
     "is an OpenSSL configuration, and none in the target activates the FIPS provider that is "
     "there",
     "Activate fips and base in openssl.cnf; on systems that follow the kernel's flag, check "
     "that."},
    {"FS-OS-008", "other-crypto-policy", RuleClass::kInactive, Severity::kLow,
     "is a system-wide policy other than FIPS", "Run update-crypto-policies --set FIPS."},
    {"FS-TL-001", "server-setting", RuleClass::kBypass, Severity::kMedium,
     "is a server's setting that allows what is not approved",
     "Allow TLS 1.2 and later with AES-GCM and the NIST curves; for SSH AES, HMAC-SHA-2 and ECDH."},
    {"FS-IM-002", "environment-switches-off", RuleClass::kInactive, Severity::kHigh,
     "is an environment that switches FIPS mode off", "Remove the variable from the image."},
    {"FS-IM-001", "base-not-pinned", RuleClass::kUnknown, Severity::kLow,
     "is built from an image that is not named by its digest",
     "Write FROM name@sha256:..., so that what was scanned is what is built."},
    {"FS-IM-003", "image-not-pinned", RuleClass::kUnknown, Severity::kLow,
     "is a deployment that runs an image which is not named by its digest",
     "Write name@sha256:..., so that what was scanned is what runs."},
    {"FS-PR-001", "mapped-file-replaced", RuleClass::kContradiction, Severity::kHigh,
     "is in the memory of processes and not what is on disk now",
     "Restart the processes, so that they run what was installed and looked at."},
    {"FS-PR-002", "process-without-module", RuleClass::kInactive, Severity::kMedium,
     "is a process that has OpenSSL in memory and no FIPS provider",
     "Activate the FIPS provider in the openssl.cnf that the process reads, and restart it."},
    {"FS-RT-001", "runtime-says-off", RuleClass::kInactive, Severity::kMedium,
     "is a runtime that says, when it is asked, that it is not in FIPS mode",
     "Activate the FIPS provider for it: openssl.cnf, --force-fips, the order of providers."},
    {"FS-KR-001", "kernel-flag-off", RuleClass::kInactive, Severity::kLow,
     "is a kernel that is not in FIPS mode",
     "Start it with fips=1, where modules follow that flag or use the kernel's algorithms."},
    {"FS-KR-002", "kernel-flag-absent", RuleClass::kUnknown, Severity::kInfo,
     "is a kernel that shows no FIPS flag: it was built without that mode, or hides it",
     "Use the distribution's kernel with FIPS mode, where modules follow its flag."},
    {"FS-EX-001", "exception-expired", RuleClass::kExpired, Severity::kHigh,
     "is named by an exception that has ended",
     "Look at the finding again: mend it, or give the exception a new day and a reason."},
});
static_assert(kRules.size() == static_cast<std::size_t>(RuleId::kExceptionExpired) + 1);

constexpr const Rule& RuleOf(RuleId id) { return kRules[static_cast<std::size_t>(id)]; }

}  // namespace vallum::scan
