// SPDX-License-Identifier: Apache-2.0
// What the names of a Go program's functions say. They stand in its own table, which stripping leaves.
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "scan/elf/elf_file.h"

namespace vallum::scan {

struct GoNames {
  bool uses_crypto = false;  ///< a function of a public crypto/... package
  bool boring = false;       ///< calls into BoringCrypto by way of cgo
  bool openssl = false;      ///< the forks that load OpenSSL at run time
  std::set<std::string>
      other_crypto;  ///< packages of golang.org/x/crypto with primitives of their own
};

Result<GoNames> ReadGoNames(const ElfFile& file);

/// HasBoringSignature looks for the mark that Go puts into code which uses BoringCrypto (amd64).
Result<bool> HasBoringSignature(const ElfFile& file);

}  // namespace vallum::scan
