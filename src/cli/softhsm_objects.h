// SPDX-License-Identifier: Apache-2.0
// What passes between the process that reads SoftHSM2 and the one that fills Vallum's token.
#pragma once

#include <string>
#include <vector>

#include "cli/cryptoki.h"

namespace vallum::cli {

/// ForeignObject is an object as another library tells it.
struct ForeignObject {
  CK_OBJECT_CLASS object_class = 0;
  CkAttributes attributes;  ///< that an application may give a new object
  Bytes wrapped;            ///< a key's material under the carrying key
  std::string left_out;     ///< why it cannot be taken; empty: it can
};

/// AttributesOfClass are the types that are read and carried over; empty for classes that are not.
std::vector<CK_ATTRIBUTE_TYPE> AttributesOfClass(CK_OBJECT_CLASS object_class);
/// CkAttributeName is the standard's name.
std::string CkAttributeName(CK_ATTRIBUTE_TYPE type);
/// Describe is "private key \"web\" (id 01)".
std::string Describe(const ForeignObject& object);

Bytes EncodeObject(const ForeignObject& object);
/// DecodeObject is kInvalidArgument for what EncodeObject did not make.
Result<ForeignObject> DecodeObject(ByteSpan bytes);

}  // namespace vallum::cli
