// SPDX-License-Identifier: Apache-2.0
// The service indicator (FIPS 140-3 IG 2.4.C): part of every result. Part of the door; include
// module/module.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vallum::module {

/// Approval of one finished service. kUnset counts as not approved.
enum class Approval : std::uint8_t { kUnset = 0, kNotApproved = 1, kApproved = 2 };

/// Reason says which rule made a service not approved; a set of bits, empty when approved.
enum class Reason : std::uint32_t {
  kNotInTable = 1u << 0,          ///< mechanism, scheme or size not in the approved table
  kProviderIndicator = 1u << 1,   ///< the provider's own indicator fired during the call
  kExternalIv = 1u << 2,          ///< an AES-GCM IV was not made by the module (IG C.H)
  kKeyMadeNotApproved = 1u << 3,  ///< the key came from a laxer policy, or a service not approved
  kProfileMismatch = 1u << 4,     ///< the provider is not the one pinned by the profile
  kShortKey = 1u << 5,            ///< below the minimum key size of SP 800-131A
  kWeakParameters = 1u << 6,      ///< below the bounds of the mechanism's standard
};

struct Indicator {
  Approval approval = Approval::kUnset;
  std::uint32_t reasons = 0;  ///< bits of Reason
  bool approved() const { return approval == Approval::kApproved; }
  bool operator==(const Indicator&) const = default;
};

/// ReasonNames lists the set bits as stable snake_case names.
std::vector<std::string_view> ReasonNames(std::uint32_t reasons);

/// Approved<T> is a result that carries its indicator; one cannot be had without the other.
template <typename T>
struct Approved {
  T value;
  Indicator indicator;
};

/// Policy on services that are not approved; frozen when the module starts.
enum class Policy : std::uint8_t {
  kOnly,  ///< refuse them (kNotApproved); the default
  kOn,    ///< run them, flagged
  kLog,   ///< run them, flagged, and count what kOnly would have refused
};
std::string_view Name(Policy policy);

}  // namespace vallum::module
