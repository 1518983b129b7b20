// SPDX-License-Identifier: Apache-2.0
// The exit codes of `vallum`, documented in docs/cli.md. Scripts depend on them: never renumber.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace vallum::cli {

enum class ExitCode : std::uint8_t {
  kOk = 0,
  kNegative = 1,   ///< the answer is no: wrong signature, altered file or log
  kUsage = 2,      ///< the command line or an argument is wrong
  kNotFound = 3,   ///< no such key or principal, or none that this client may know of
  kRefused = 4,    ///< the server understood and refused: role, key state, usage, policy
  kServer = 5,     ///< the server, the network or TLS
  kLocalFile = 6,  ///< a file of this machine could not be read or written
  kModule = 7,     ///< the local cryptographic module did not start or failed
  kIncomplete =
      8,  ///< nothing bad was found, but a part of what was scanned could not be looked at
};

/// ExitCodeOf is the one table from Code to exit code. Connection and the file helpers see to it that
/// a local file's failure is kStorage or kStorageFull and a server's inner failure is kUnavailable.
constexpr ExitCode ExitCodeOf(Code code) {
  switch (code) {
    case Code::kVerifyFailed:
    case Code::kIntegrity:
      return ExitCode::kNegative;
    case Code::kInvalidArgument:
    case Code::kUnsupported:
    case Code::kConfiguration:
      return ExitCode::kUsage;
    case Code::kNotFound:
      return ExitCode::kNotFound;
    case Code::kAlreadyExists:
    case Code::kConflict:
    case Code::kPermissionDenied:
    case Code::kUnauthenticated:
    case Code::kKeyState:
    case Code::kKeyUsage:
    case Code::kNotExportable:
    case Code::kNotApproved:
    case Code::kInvocationLimit:
    case Code::kResourceExhausted:
      return ExitCode::kRefused;
    case Code::kUnavailable:
    case Code::kTimeout:
    case Code::kNetwork:
    case Code::kTls:
    case Code::kInternal:
      return ExitCode::kServer;
    case Code::kStorageFull:
    case Code::kStorage:
    case Code::kStorageVersion:
      return ExitCode::kLocalFile;
    case Code::kModuleState:
    case Code::kSelfTestFailed:
    case Code::kProvider:
    case Code::kEntropy:
      return ExitCode::kModule;
  }
  return ExitCode::kServer;
}

}  // namespace vallum::cli
