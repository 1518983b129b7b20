// SPDX-License-Identifier: Apache-2.0
// Bills of materials as others write them: CycloneDX and SPDX, both as JSON. What one names by a package URL
// is there by name alone: such facts are weak.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "scan/content/content.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// IsSbom looks at a file's first bytes, where both formats say what they are.
bool IsSbom(ByteSpan head);

/// DetectSbom is empty for other JSON, kInvalidArgument for what is none, kResourceExhausted past 16 MiB.
Result<Facts> DetectSbom(const Content& content);

}  // namespace vallum::scan
