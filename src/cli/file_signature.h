// SPDX-License-Identifier: Apache-2.0
// How a file of any size becomes what is signed (docs/formats/file-signature.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::cli {

/// DigestOf is the hash that a scheme signs, by the scheme's name; Sha512 for the schemes that take a
/// whole message, which sign the statement instead.
module::DigestAlgorithm DigestOf(std::string_view scheme);
std::string_view DigestName(module::DigestAlgorithm digest);
/// SignsStatement says whether `scheme` takes the whole message (ML-DSA, Ed25519).
bool SignsStatement(std::string_view scheme);

/// FileStatement is the message that such schemes sign for a file.
std::string FileStatement(ByteSpan sha512);

struct FileDigest {
  Bytes digest;
  std::uint64_t size = 0;
};
/// HashFile reads `fd` to its end in bounded memory. `progress` gets the bytes done, or is empty.
Result<FileDigest> HashFile(module::Module& module, module::DigestAlgorithm algorithm, int fd,
                            const std::function<void(std::uint64_t)>& progress);

}  // namespace vallum::cli
