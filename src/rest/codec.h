// SPDX-License-Identifier: Apache-2.0
// The JSON forms of the service's values, shared by the handlers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "service/service.h"

namespace vallum::rest {

/// WriteFips writes the member "fips": {"approved": bool, "reasons": [...]}.
void WriteFips(JsonWriter& json, const service::Indicator& indicator);
/// WriteNames writes an array of strings.
void WriteNames(JsonWriter& json, const std::vector<std::string_view>& names);
/// WriteKeyMembers writes what a Key object has, without an indicator, into an object that is open.
void WriteKeyMembers(JsonWriter& json, const service::KeyInfo& key);
/// WriteKey writes a Key object; with an indicator where a cryptographic service ran.
void WriteKey(JsonWriter& json, const service::KeyInfo& key,
              const service::Indicator* indicator = nullptr);
/// WritePrincipal writes a Principal object.
void WritePrincipal(JsonWriter& json, const policy::Principal& principal);
/// WriteSelfTests writes an array of self-test results.
void WriteSelfTests(JsonWriter& json, const std::vector<module::SelfTestResult>& results);

/// ReadNames takes an array of strings out of the member `name`; views into the document.
Result<std::vector<std::string_view>> ReadNames(ObjectReader& object, std::string_view name);
/// ReadVersion takes an optional version number; absent or 0 means the primary.
Result<std::uint32_t> ReadVersion(ObjectReader& object, std::string_view name = "version");
/// ReadKeyRequest takes name, algorithm, usages, extractable and labels.
Result<service::CreateKeyRequest> ReadKeyRequest(ObjectReader& object);

/// ToPem wraps DER in RFC 7468 form, with lines of 64 characters.
std::string ToPem(std::string_view label, ByteSpan der);

/// Finished is the end of each handler that wrote JSON: the writer's status.
inline Status Finished(const JsonWriter& json) { return json.status(); }

}  // namespace vallum::rest
