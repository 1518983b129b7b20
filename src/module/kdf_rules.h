// SPDX-License-Identifier: Apache-2.0
// What the standards demand of a derivation's parameters, apart from its running.
#pragma once

#include <cstdint>

#include "module/module.h"

namespace vallum::module {

/// CheckParameters is kInvalidArgument for what the function has no meaning for, whatever the policy.
/// `size` is that of the output in bytes.
Status CheckParameters(const KdfParameters& parameters, std::size_t size);

/// WeaknessOf returns the bits of Reason that parameters and the output's size give rise to.
std::uint32_t WeaknessOf(const KdfParameters& parameters, std::size_t size);

}  // namespace vallum::module
