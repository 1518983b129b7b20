// SPDX-License-Identifier: Apache-2.0
// What each encryption scheme of AES asks of its parameters: one row each.
#pragma once

#include <array>
#include <cstdint>

#include "module/cipher.h"
#include "ossl/cipher_mode.h"

namespace vallum::module {

struct CipherRules {
  Scheme scheme;
  ossl::Mode mode;
  std::uint8_t least_iv;  ///< in bytes, as all sizes here
  std::uint8_t most_iv;
  std::uint8_t made_iv;    ///< of an IV that the module makes; 0: it makes none
  std::uint8_t random_iv;  ///< how much of that is random; the rest is zero
  std::uint8_t least_tag;  ///< approved; 0: the scheme does not authenticate
  std::uint8_t unit;       ///< the data is a multiple of it
  std::uint32_t least_data;
  std::uint64_t most_data;
  bool counted;  ///< a module-made IV is random and short: it counts as an invocation
};

/// GCM: SP 800-38D, 5.2.1 (IV up to what the provider takes; tags of 4 and 8 bytes only with appendix
/// C's limits, which a module cannot watch). CCM: SP 800-38C, A.1 and B.2. CTR: SP 800-38A, B.2: 96
/// random bits and a 32-bit counter. XTS: SP 800-38E and IEEE Std 1619: 2^20 blocks.
inline constexpr std::array kCipherRules = {
    CipherRules{Scheme::kAesGcm, ossl::Mode::kGcm, 1, 128, 12, 12, 12, 1, 0,
                (std::uint64_t{1} << 36) - 32, true},
    CipherRules{Scheme::kAesCcm, ossl::Mode::kCcm, 7, 13, 12, 12, 8, 1, 0, 0x7fffffff, true},
    CipherRules{Scheme::kAesCbc, ossl::Mode::kCbc, 16, 16, 16, 16, 0, 16, 0, std::uint64_t{1} << 40,
                false},
    CipherRules{Scheme::kAesCbcPad, ossl::Mode::kCbc, 16, 16, 16, 16, 0, 1, 0,
                std::uint64_t{1} << 40, false},
    CipherRules{Scheme::kAesCtr, ossl::Mode::kCtr, 16, 16, 16, 12, 0, 1, 0, std::uint64_t{1} << 36,
                true},
    CipherRules{Scheme::kAesEcb, ossl::Mode::kEcb, 0, 0, 0, 0, 0, 16, 0, std::uint64_t{1} << 40,
                false},
    CipherRules{Scheme::kAesXts, ossl::Mode::kXts, 16, 16, 0, 0, 0, 1, 16, 1u << 24, false},
};

/// FindCipherRules returns null for a scheme that encrypts in another way (RSA-OAEP).
constexpr const CipherRules* FindCipherRules(Scheme scheme) {
  for (const CipherRules& rules : kCipherRules) {
    if (rules.scheme == scheme) return &rules;
  }
  return nullptr;
}

}  // namespace vallum::module
