// SPDX-License-Identifier: Apache-2.0
#include "cli/file_signature.h"

#include "cli/local_file.h"

namespace vallum::cli {
namespace {
constexpr std::size_t kReadSize = 256 << 10;

// Schemes that sign a digest end in the name of its hash.
std::optional<module::DigestAlgorithm> HashIn(std::string_view scheme) {
  for (int i = 0; i < module::kDigestAlgorithmCount; ++i) {
    const auto digest = static_cast<module::DigestAlgorithm>(i);
    if (scheme.ends_with(module::Name(digest))) return digest;
  }
  return {};
}

}  // namespace

module::DigestAlgorithm DigestOf(std::string_view scheme) {
  return HashIn(scheme).value_or(module::DigestAlgorithm::kSha512);
}

std::string_view DigestName(module::DigestAlgorithm digest) { return module::Name(digest); }

bool SignsStatement(std::string_view scheme) { return !HashIn(scheme); }

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
