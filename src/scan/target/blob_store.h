// SPDX-License-Identifier: Apache-2.0
// BlobStore: the files of an image's packaging (not of the image): a folder, or a tar archive.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "scan/content/budget.h"
#include "scan/content/content.h"
#include "scan/target/folder.h"

namespace vallum::scan {

/// BlobStore opens a file by its path in the packaging; kNotFound when there is none.
using BlobStore = std::function<Result<ContentPtr>(std::string_view path)>;

BlobStore BlobsInFolder(FolderPtr folder);
/// BlobsInTar reads the names of the archive once. Links in it, which older versions of `docker save`
/// write, are followed within the archive.
Result<BlobStore> BlobsInTar(const ContentPtr& archive, Budget& budget);

}  // namespace vallum::scan
