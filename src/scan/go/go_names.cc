// SPDX-License-Identifier: Apache-2.0
#include "scan/go/go_names.h"

#include <elf.h>

#include <algorithm>
#include <array>

#include "scan/elf/elf_strings.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kOtherRoot = "golang.org/x/crypto/";
constexpr auto kOtherPackages = std::to_array<std::string_view>(
    {"argon2",   "bcrypt",           "blake2b",    "blake2s", "blowfish", "cast5",
     "chacha20", "chacha20poly1305", "curve25519", "ed25519", "md4",      "nacl",
     "openpgp",  "poly1305",         "ripemd160",  "salsa20", "scrypt",   "sha3",
     "tea",      "twofish",          "xtea",       "xts"});

/// crypto/internal/boring/sig, StandardCrypto's neighbour, as its assembly has it.
constexpr std::string_view kBoringSignature(
    "\xeb\x1d\xf4\x48\xf4\x4b\xf4\xb3\x32\xf5\x28\x13\xa3\xb4\x50\xd4\x41\xcc\x24\x85\xf0\x01\x45"
    "\x4e\x92"
    "\x10\x1b\x1d\x2f\x19\x50\xc3",
    32);
constexpr std::size_t kChunk = 1U << 20;

void OnName(std::string_view name, GoNames& names) {
  if (name.starts_with("crypto/internal/boring._Cfunc__goboringcrypto_")) names.boring = true;
  if (name.starts_with("crypto/") && !name.starts_with("crypto/internal/"))
    names.uses_crypto = true;
  if (name.find("github.com/golang-fips/openssl") != std::string_view::npos ||
      name.find("github.com/microsoft/go-crypto-openssl") != std::string_view::npos) {
    names.openssl = true;
  }
  if (!name.starts_with(kOtherRoot)) return;
  const std::string_view rest = name.substr(kOtherRoot.size());
  const std::string_view package = rest.substr(0, rest.find_first_of("/."));
  if (std::find(kOtherPackages.begin(), kOtherPackages.end(), package) != kOtherPackages.end()) {
    names.other_crypto.emplace(package);
  }
}

}  // namespace

Result<GoNames> ReadGoNames(const ElfFile& file) {
  GoNames names;
  TRY(ForEachString(file, "cgv",
                    [&names](const FoundString& found) { OnName(found.text, names); }));
  return names;
}

Result<bool> HasBoringSignature(const ElfFile& file) {
  if (file.machine() != EM_X86_64) return false;
  for (const ElfSegment& segment : file.segments()) {
    if (segment.type != PT_LOAD || (segment.flags & PF_X) == 0) continue;
    const std::uint64_t end = std::min(file.content().size(), segment.offset + segment.size);
    for (std::uint64_t at = segment.offset; at < end; at += kChunk) {
      const Bytes bytes = TRY(ReadUpTo(file.content(), at, kChunk + kBoringSignature.size()));
      if (AsText(bytes).find(kBoringSignature) != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace vallum::scan
