// SPDX-License-Identifier: Apache-2.0
// Image: what the packaging of a container image says (OCI image layout 1.0 and 1.1; `docker save`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "scan/target/blob_store.h"

namespace vallum::scan {

struct ImageLayer {
  std::string name;  ///< its digest, or its path in the packaging
  Result<ContentPtr> content;
};

struct Image {
  std::vector<ImageLayer> layers;        ///< the lowest first
  std::vector<std::string> environment;  ///< "NAME=value", as in the configuration
  std::vector<std::string> left_out;     ///< other images and platforms in the same packaging
};

/// ReadImage is nothing when `blobs` holds no image, kInvalidArgument when it holds a damaged one. Of
/// several images or platforms it takes the first for this machine's architecture, or else the first,
/// and names the others in `left_out`. Digests are not checked.
Result<std::optional<Image>> ReadImage(const BlobStore& blobs);

}  // namespace vallum::scan
