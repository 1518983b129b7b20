// SPDX-License-Identifier: Apache-2.0
// Metadata, lockfiles, sources, classes and settings: the first byte says as which, the rest is the text.
#include <array>
#include <string_view>

#include "scan/config/config_detector.h"
#include "scan/java/java_detector.h"
#include "scan/node/node_detector.h"
#include "scan/python/python_detector.h"
#include "scan/sbom/sbom_detector.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vallum::scan;
  constexpr auto kPaths = std::to_array<std::string_view>(
      {"x.dist-info/METADATA", "a.py", "node_modules/md5/package.json", "package-lock.json",
       "yarn.lock", "pnpm-lock.yaml", "a.js", "BouncyCastleProvider.class", "java.security",
       "openssl.cnf", "nginx.conf", "httpd.conf", "sshd_config", "Dockerfile",
       "etc/crypto-policies/config", "compose.yaml", "values.yaml", "gradle.lockfile", "pom.xml"});
  if (size == 0) return 0;
  if (IsSbom({data, size}))
    return (void)DetectSbom(*BytesContent(vallum::ToBytes({data, size}))), 0;
  const std::string_view path = kPaths[data[0] % kPaths.size()];
  const ContentPtr content = BytesContent(vallum::ToBytes(vallum::ByteSpan(data, size).subspan(1)));
  const FileKind kind = path.ends_with(".class") ? FileKind::kJavaClass : FileKind::kOther;
  if (IsJavaFile(path, kind)) return (void)DetectJava(path, kind, *content), 0;
  (void)DetectEnvironment(vallum::AsText(vallum::ByteSpan(data, size)));
  if (IsConfigFile(path)) return (void)DetectConfig(path, *content), 0;
  if (IsNodeFile(path)) return (void)DetectNode(path, *content), 0;
  return (void)DetectPython(path, *content), 0;
}
