// SPDX-License-Identifier: Apache-2.0
// Fact: one thing that a detector saw in one file, with what it saw it by. Facts carry no judgement;
// rules do (rule/rule.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vallum::scan {

enum class FactKind : std::uint8_t {
  kIsLibrary,          ///< the file is a product's own shared library
  kContains,           ///< the file has a product's code built in
  kNeeds,              ///< the file is linked to a product's shared library
  kFipsModule,         ///< the file is, or has in it, a module of the form that gets validated
  kGoBuild,            ///< a Go program; the version is the toolchain's
  kGoFipsOn,           ///< a Go program that starts in FIPS 140-3 mode; the version is the module's
  kGoFipsOff,          ///< a Go program that has Go's module and does not start in that mode
  kGoNoBuildInfo,      ///< a Go program that does not say how it was built
  kGoBoring,           ///< a Go program with BoringCrypto's code
  kGoOtherCrypto,      ///< a Go program with primitives from outside of its standard library
  kGoLabelOnly,        ///< a Go program labelled boringcrypto without that module's code
  kPythonPackage,      ///< an installed distribution with primitives of its own
  kPythonImport,       ///< Python source that imports one
  kPythonWeakHash,     ///< Python source that asks for a hash function that is not approved
  kPythonHashes,       ///< hash functions of Python's own, for when OpenSSL refuses
  kNodePackage,        ///< an installed npm package with primitives of its own
  kNodeWanted,         ///< a lockfile or a source that asks for one
  kNodeWeakHash,       ///< JavaScript source that asks for a hash function that is not approved
  kJavaLibrary,        ///< a Java library with primitives of its own
  kJavaWanted,         ///< a build that fetches one
  kJavaProviders,      ///< Java settings whose first provider is no FIPS provider
  kRustCrate,          ///< a crate with primitives of its own is part of a program
  kRustNoManifest,     ///< a Rust program that names no crate at all, and has no manifest of them
  kOpenSslConfig,      ///< an openssl.cnf that does not name the FIPS provider
  kProviderActivated,  ///< one that activates it
  kProviderNotActivated,  ///< one that names it and does not activate it
  kDefaultBesideFips,     ///< one that lets fetches reach the default provider as well
  kIncludesModuleConfig,  ///< one that includes a fipsmodule.cnf; the product is its path
  kModuleConfig,          ///< a fipsmodule.cnf
  kOtherPolicy,           ///< a system-wide policy other than FIPS
  kServerSetting,         ///< a server's setting that allows what is not approved
  kSwitchedOff,           ///< a container's environment that switches FIPS mode off
  kGoSwitchedOn,          ///< a container's environment that switches Go's FIPS mode on
  kBaseNotPinned,         ///< an image is built from what a name stands for on that day
  kImageNotPinned,        ///< a deployment runs an image by what its name stands for on that day
  kMappedReplaced,        ///< processes have a file in memory that is not the one on disk
  kProcessWithoutModule,  ///< a process that has OpenSSL in memory and no FIPS provider
  kSaysFipsOn,            ///< a runtime that was asked says that it is in FIPS mode
  kSaysFipsOff,           ///< or that it is not
  kKernelFlagOn,
  kKernelFlagOff,
  kKernelFlagAbsent,  ///< a kernel that was built without FIPS mode, or does not show it
  // What a file is for; these say how others are judged.
  kPythonExtension,
  kInWheel,  ///< a library that a wheel brings along
  kNodeAddon,
  kNodeRuntime,
  kInJar,
};

/// How sure a fact is. Weak evidence never makes a finding above medium, and never a pass.
enum class Confidence : std::uint8_t { kWeak, kStrong, kExact };

struct Fact {
  FactKind kind;
  std::string product;  ///< "OpenSSL"
  std::string version;  ///< empty: not known
  Confidence confidence = Confidence::kStrong;
  std::string evidence;  ///< "symbol EVP_DigestInit_ex is defined"

  bool operator==(const Fact&) const = default;
};

using Facts = std::vector<Fact>;

/// IsRole says whether facts of this kind only say what a file is for.
constexpr bool IsRole(FactKind kind) { return kind >= FactKind::kPythonExtension; }
/// IsUse: cryptography is there, not only linked or asked for.
constexpr bool IsUse(FactKind kind) {
  return kind != FactKind::kNeeds && kind < FactKind::kOpenSslConfig;
}

/// IsOtherCryptography: primitives that are there and are no module of the form that gets validated.
constexpr bool IsOtherCryptography(FactKind kind) {
  switch (kind) {
    case FactKind::kIsLibrary:
    case FactKind::kContains:
    case FactKind::kGoFipsOff:
    case FactKind::kGoBoring:
    case FactKind::kGoOtherCrypto:
    case FactKind::kPythonPackage:
    case FactKind::kPythonHashes:
    case FactKind::kNodePackage:
    case FactKind::kJavaLibrary:
    case FactKind::kRustCrate:
      return true;
    default:
      return false;
  }
}

std::string_view FactKindName(FactKind kind);
std::string_view ConfidenceName(Confidence confidence);

}  // namespace vallum::scan
