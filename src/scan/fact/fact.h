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
  kIsLibrary,      ///< the file is a product's own shared library
  kContains,       ///< the file has a product's code built in
  kNeeds,          ///< the file is linked to a product's shared library
  kFipsModule,     ///< the file is, or has in it, a module of the form that gets validated
  kGoBuild,        ///< a Go program; the version is the toolchain's
  kGoFipsOn,       ///< a Go program that starts in FIPS 140-3 mode; the version is the module's
  kGoFipsOff,      ///< a Go program that has Go's module and does not start in that mode
  kGoNoBuildInfo,  ///< a Go program that does not say how it was built
  kGoBoring,       ///< a Go program with BoringCrypto's code
  kGoOtherCrypto,  ///< a Go program with primitives from outside of its standard library
  kGoLabelOnly,    ///< a Go program labelled boringcrypto without that module's code
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

std::string_view FactKindName(FactKind kind);
std::string_view ConfidenceName(Confidence confidence);

}  // namespace vallum::scan
