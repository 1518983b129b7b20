// SPDX-License-Identifier: Apache-2.0
// What a Java build fetches: gradle.lockfile and pom.xml.
#pragma once

#include <array>
#include <string_view>

#include "scan/fact/fact.h"

namespace vallum::scan {

/// JavaArtifact is the beginning of an artifact's name.
struct JavaArtifact {
  std::string_view begins;
  std::string_view product;
};

inline constexpr auto kJavaArtifacts = std::to_array<JavaArtifact>({
    {"bcprov-", "Bouncy Castle"},
    {"tink", "Tink"},
    {"jasypt", "Jasypt"},
    {"jbcrypt", "jBCrypt"},
    {"conscrypt-", "Conscrypt"},
    {"netty-tcnative-boringssl-static", "BoringSSL (netty-tcnative)"},
    {"spring-security-crypto", "Spring Security Crypto"},
    {"eddsa", "EdDSA-Java"},
    {"argon2-jvm", "argon2-jvm"},
    {"lazysodium-", "Lazysodium"},
    {"zip4j", "zip4j"},
});

/// IsJavaBuildFile leaves out the pom.xml in a jar, which says how that jar was made.
bool IsJavaBuildFile(std::string_view path);

/// ReadJavaBuildFile reads any text. Versions are those of a lockfile; in a pom.xml they may stand elsewhere.
Facts ReadJavaBuildFile(std::string_view path, std::string_view text);

}  // namespace vallum::scan
