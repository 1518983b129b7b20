// SPDX-License-Identifier: Apache-2.0
// Sizes of MACs: what is taken at all, and what is approved.
#pragma once

#include "module/impl.h"
#include "ossl/mac.h"

namespace vallum::module {

inline constexpr std::size_t kLeastMac = 4;  ///< SP 800-107r1, 5.3.3; SP 800-185, 8.4.2
inline constexpr std::size_t kLargestKmac = 8192;
inline constexpr std::size_t kLargestCustomization = 512;

/// LeastApprovedMac: a shorter one needs an analysis of its use (SP 800-38B, appendix A; SP 800-185,
/// 8.4.2), which a module cannot make; HMAC may be cut to 32 bits (SP 800-107r1, 5.3.3).
constexpr std::size_t LeastApprovedMac(Family family) {
  if (family == Family::kHmac) return 4;
  return family == Family::kKmac ? 14 : 8;
}

/// MacPlan is how a MAC will be made: `made` bytes, of which the first `size` are the MAC.
struct MacPlan {
  ByteSpan customization;
  std::size_t made;
  std::size_t size;
};

/// PlanMac checks the parameters, and objects to a MAC too short to be approved.
Result<MacPlan> PlanMac(ServiceCall& call, const Key& key, const ossl::MacKey& mac,
                        const MacParameters& parameters);

}  // namespace vallum::module
