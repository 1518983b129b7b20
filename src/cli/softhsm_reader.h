// SPDX-License-Identifier: Apache-2.0
// SoftHsmReader: SoftHSM2's token, read by its own library in a process of its own.
#pragma once

#include <sys/types.h>

#include <optional>

#include "base/file.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/softhsm_import.h"
#include "cli/softhsm_objects.h"

namespace vallum::cli {

/// SoftHsmReader is that process, seen from outside. Not thread-safe.
class SoftHsmReader {
 public:
  /// Start forks, so no thread and no PKCS #11 library may be there yet. The process waits for its key.
  static Result<SoftHsmReader> Start(const SoftHsmSource& from);
  SoftHsmReader(SoftHsmReader&& other) noexcept;
  SoftHsmReader& operator=(SoftHsmReader&&) = delete;
  ~SoftHsmReader();

  /// Give hands over the key that wraps what is extractable: 32 bytes.
  Status Give(const SecretBytes& carrying_key);
  /// Next is the next object, or nothing behind the last one. Its errors are those of the other process;
  /// kUnavailable when that died.
  Result<std::optional<ForeignObject>> Next();

 private:
  SoftHsmReader(pid_t child, FileDescriptor to, FileDescriptor from)
      : child_(child), to_(std::move(to)), from_(std::move(from)) {}
  pid_t child_;
  FileDescriptor to_;
  FileDescriptor from_;
};

}  // namespace vallum::cli
