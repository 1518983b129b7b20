// SPDX-License-Identifier: Apache-2.0
// What the token of a server keeps there of an object, besides keys: docs/formats/remote-object.md.
#pragma once

#include <string>

#include "base/ids.h"
#include "p11/core/attributes.h"

namespace vallum::p11 {

struct RemoteRecord {
  std::string key;            ///< name of the server's key that the object belongs to, or empty
  std::uint32_t version = 0;  ///< of that key
  Attributes attributes;
  bool operator==(const RemoteRecord&) const = default;
};

Bytes EncodeRemoteRecord(const RemoteRecord& record);
/// DecodeRemoteRecord is kStorageVersion for a newer format, kIntegrity for anything else that is wrong.
Result<RemoteRecord> DecodeRemoteRecord(ByteSpan bytes);

/// Names of records in the server.
inline constexpr std::string_view kRecordPrefix = "p11-";
std::string RecordName(const KeyId& id);
/// KeyNameFor is the name of the server's key for a new object: its label where that is a name, else one
/// from its id.
std::string KeyNameFor(std::string_view label, const KeyId& id);
/// IdOfRecord is kIntegrity for a name that RecordName does not make.
Result<KeyId> IdOfRecord(std::string_view name);

}  // namespace vallum::p11
