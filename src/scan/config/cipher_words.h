// SPDX-License-Identifier: Apache-2.0
// Words in the settings of servers that allow what no FIPS module offers as approved.
#pragma once

#include <array>
#include <string_view>

namespace vallum::scan {

inline constexpr auto kOldProtocols =
    std::to_array<std::string_view>({"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"});

/// Parts of the names of TLS cipher suites, as OpenSSL's cipher strings have them.
inline constexpr auto kWeakCiphers = std::to_array<std::string_view>(
    {"RC4", "3DES", "DES-CBC", "CHACHA20", "MD5", "CAMELLIA", "ARIA", "SEED", "IDEA", "NULL", "EXP",
     "EXPORT", "LOW", "aNULL", "eNULL", "ADH", "RC2"});

inline constexpr auto kWeakCurves =
    std::to_array<std::string_view>({"X25519", "x25519", "X448", "x448", "secp256k1"});

/// Beginnings of the names of SSH's algorithms.
inline constexpr auto kWeakSsh = std::to_array<std::string_view>(
    {"chacha20-poly1305", "3des-cbc", "arcfour", "blowfish", "cast128", "rijndael-cbc",
     "curve25519", "sntrup", "hmac-md5", "hmac-ripemd", "umac-", "ssh-dss",
     "diffie-hellman-group1-", "diffie-hellman-group-exchange-sha1"});

}  // namespace vallum::scan
