// SPDX-License-Identifier: Apache-2.0
// Audit records: who did what to which key, with which outcome. Part of the door; include
// audit/audit_log.h. The stored form is canonical JSON (docs/formats/audit-log.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace vallum::audit {

/// Record is one event. It holds no secret by construction: there is no field for one.
/// Empty or absent fields are left out of the stored form.
struct Record {
  TimePoint time;
  RequestId request;
  std::string principal;  ///< stable name, "client:admin" or "system"
  std::string operation;  ///< "key.create", "sign", "module.self-test"
  std::string key_id;
  std::string key_name;
  std::uint32_t key_version = 0;
  std::string algorithm;
  std::string scheme;
  std::string outcome;      ///< "ok" or a CodeName
  std::string approval;     ///< "approved", "not_approved"; empty where no service ran
  std::string trace;        ///< W3C trace id, when the caller sent one
  std::string detail;       ///< free text for management events, at most 512 bytes
  std::uint32_t count = 1;  ///< operations of a batch
  bool recovered = false;   ///< written at start for a change whose record a crash had cut off
};

/// Encode appends the canonical JSON of `record`: members in a fixed order, no white space.
void Encode(const Record& record, std::string& out);
/// Decode is strict: an unknown or misplaced member is kInvalidArgument.
Result<Record> Decode(std::string_view text);

}  // namespace vallum::audit
