// SPDX-License-Identifier: Apache-2.0
// Making and checking the seal of a boundary.
//
//   auto boundary = TRY(ReadBoundary({"lib/libvallum.so", "lib/libcrypto-vallum.so.3", "lib/vallum/fips.so"}));
//   auto context = TRY(LoadProviderOf(boundary, {}));
//   TRY(Sign(context, boundary));
#pragma once

#include <filesystem>
#include <vector>

#include "module/integrity_manifest.h"
#include "ossl/context.h"
#include "seal/object_file.h"

namespace vallum::seal {

/// Boundary is libvallum.so, which holds the manifest, and then the objects that it names, once each;
/// only the provider may be there several times.
using Boundary = std::vector<ObjectFile>;

/// ReadBoundary reads the files; kInvalidArgument when one of the boundary is missing or twice there.
Result<Boundary> ReadBoundary(const std::vector<std::filesystem::path>& paths);
/// LoadProviderOf loads the first provider of the boundary, which computes the MACs. Its profile is
/// `profile`, or fips-profile.toml beside it when that is empty.
Result<ossl::ContextRef> LoadProviderOf(const Boundary& boundary,
                                        const std::filesystem::path& profile);

/// Sign checks that each object can be sealed (kUnsupported) and writes the manifest into libvallum.so.
/// The same files give the same manifest.
Status Sign(const ossl::ContextRef& context, const Boundary& boundary);
/// Verify is kIntegrity and names the first object that is not as it was sealed.
Status Verify(const ossl::ContextRef& context, const Boundary& boundary);

}  // namespace vallum::seal
