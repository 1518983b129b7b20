// SPDX-License-Identifier: Apache-2.0
// The stored form of a key (docs/formats/key-record.md) and the names of the store's entries: a pure
// codec, without store or module. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "service/types.h"

namespace vallum::service {

/// KeyRecord is a key as stored: what callers may see, and the blob of each version.
struct KeyRecord {
  KeyInfo info;
  std::vector<Bytes> blobs;  ///< blobs[i] belongs to info.versions[i]; empty when it is destroyed
};

/// EncodeKeyRecord returns canonical JSON.
std::string EncodeKeyRecord(const KeyRecord& record);
/// DecodeKeyRecord is strict: kStorageVersion for a newer format, kIntegrity for whatever
/// EncodeKeyRecord would not have written.
Result<KeyRecord> DecodeKeyRecord(std::string_view text);

/// Stored form of a grant.
std::string EncodeGrant(policy::Actions actions);
Result<policy::Actions> DecodeGrant(std::string_view text);

/// CheckName is ok for [A-Za-z0-9][A-Za-z0-9._-]{0,127}; else kInvalidArgument, which says what a name
/// is. `what` is "key" or "principal".
Status CheckName(std::string_view what, std::string_view name);

/// CheckLabels bounds the labels of a key: at most 64, names of 1 to 64 and values of at most 256
/// bytes, without control characters.
Status CheckLabels(const std::map<std::string, std::string>& labels);

/// Names of entries, all of them, in one place.
namespace entry {
std::string Key(std::string_view id);
std::string Name(std::string_view name);
std::string Visible(std::string_view principal, std::string_view name);
std::string Grant(std::string_view id, std::string_view principal);
std::string Gcm(std::string_view id, std::uint32_t version);
std::string Principal(std::string_view name);
std::string Fingerprint(ByteSpan fingerprint);
std::string Object(std::string_view principal, std::string_view name);
std::string Outbox(const RequestId& request, std::uint64_t number);
inline constexpr std::string_view kOutboxPrefix = "outbox/";
inline constexpr std::string_view kPrincipalPrefix = "principal/";
inline constexpr std::string_view kNamePrefix = "name/";
inline constexpr std::string_view kKek = "system/kek";
inline constexpr std::string_view kAuthorityCertificate = "system/certificate/authority";
inline constexpr std::string_view kServerCertificate = "system/certificate/server";
inline constexpr std::string_view kFirstAdmin = "system/first-admin";
inline constexpr std::string_view kAuditSize = "system/audit-size";
}  // namespace entry

/// Decimal numbers as entries: strict, no sign, no leading zero.
Bytes EncodeNumber(std::uint64_t number);
Result<std::uint64_t> DecodeNumber(std::string_view text);

/// DecodeKeyId reads an entry that holds an id as text.
Result<KeyId> DecodeKeyId(std::string_view text);

}  // namespace vallum::service
