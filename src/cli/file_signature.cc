// SPDX-License-Identifier: Apache-2.0
#include "cli/file_signature.h"

#include "cli/local_file.h"

namespace vallum::cli {
namespace {
constexpr std::size_t kReadSize = 256 << 10;
}  // namespace

module::DigestAlgorithm DigestOf(std::string_view scheme) {
  if (scheme.ends_with("sha256")) return module::DigestAlgorithm::kSha256;
  if (scheme.ends_with("sha384")) return module::DigestAlgorithm::kSha384;
  return module::DigestAlgorithm::kSha512;
}

std::string_view DigestName(module::DigestAlgorithm digest) {
  switch (digest) {
    case module::DigestAlgorithm::kSha256:
      return "sha256";
    case module::DigestAlgorithm::kSha384:
      return "sha384";
    case module::DigestAlgorithm::kSha512:
      return "sha512";
  }
  return "unknown";
}

bool SignsStatement(std::string_view scheme) {
  return !scheme.ends_with("sha256") && !scheme.ends_with("sha384") && !scheme.ends_with("sha512");
}

std::string FileStatement(ByteSpan sha512) {
  return "vallum-file-digest-v1\nsha512:" + ToHex(sha512) + "\n";
}

Result<FileDigest> HashFile(module::Module& module, module::DigestAlgorithm algorithm, int fd,
                            const std::function<void(std::uint64_t)>& progress) {
  auto digest = TRY(module.BeginDigest(algorithm));
  SecretBytes buffer = TRY(SecretBytes::Create(kReadSize));
  FileDigest out;
  while (true) {
    const std::size_t got = TRY(ReadFully(fd, buffer.mutable_span()));
    TRY(digest->Update(buffer.span().first(got)));
    out.size += got;
    if (progress) progress(out.size);
    if (got < buffer.size()) break;
  }
  out.digest = TRY(digest->Finish());
  return out;
}

}  // namespace vallum::cli
