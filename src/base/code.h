// SPDX-License-Identifier: Apache-2.0
// Code: the closed list of what can go wrong. Every wire's own error (HTTP status, CK_RV, KMIP
// reason) is a pure function of it, made at the edge by one exhaustive table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vallum {

/// What went wrong. The numbers are stable: they appear in the audit log and on the wire as names.
enum class Code : std::uint8_t {
  kInvalidArgument,    ///< The request is malformed; retrying it unchanged cannot help.
  kUnsupported,        ///< Well-formed, but this algorithm, scheme or format is not offered.
  kNotFound,           ///< No such object, or none that this principal may know of.
  kAlreadyExists,      ///< The name is taken.
  kConflict,           ///< A compare-and-set lost against a concurrent change.
  kPermissionDenied,   ///< The principal's role does not allow the operation.
  kUnauthenticated,    ///< No usable identity was presented.
  kKeyState,           ///< The key version's state forbids the operation (SP 800-57 Part 1, 8).
  kKeyUsage,           ///< The key's usages do not include the operation.
  kNotExportable,      ///< The key's attributes keep it inside the boundary.
  kNotApproved,        ///< Policy `only` refuses a service that is not approved.
  kVerifyFailed,       ///< A signature, MAC or authentication tag did not match.
  kInvocationLimit,    ///< The key's authenticated-encryption invocations are used up.
  kModuleState,        ///< The module is not operational (self-test running, error, shut down).
  kSelfTestFailed,     ///< A self-test failed: the module is in its error state.
  kIntegrity,          ///< Stored data or a file of the boundary is not what was sealed.
  kProvider,           ///< The FIPS provider refused or failed; the message names its first error.
  kEntropy,            ///< The approved random bit generator could not deliver.
  kResourceExhausted,  ///< A bound (size, count, queue, locked memory) was reached.
  kUnavailable,        ///< Temporarily out of service; retry later.
  kStorageFull,        ///< The disk or quota is full; nothing was acknowledged.
  kStorage,            ///< The store or log could not be read or written.
  kStorageVersion,     ///< The stored format is newer than this program.
  kTimeout,            ///< The other side did not answer in time.
  kNetwork,            ///< The connection could not be made or was lost.
  kTls,                ///< The TLS handshake or record layer failed.
  kConfiguration,      ///< The configuration is wrong; the message names the line or key.
  kInternal,           ///< A bug or an impossible condition.
};

inline constexpr std::array<std::string_view, 28> kCodeNames = {"invalid_argument",
                                                                "unsupported",
                                                                "not_found",
                                                                "already_exists",
                                                                "conflict",
                                                                "permission_denied",
                                                                "unauthenticated",
                                                                "key_state",
                                                                "key_usage",
                                                                "not_exportable",
                                                                "not_approved",
                                                                "verify_failed",
                                                                "invocation_limit",
                                                                "module_state",
                                                                "self_test_failed",
                                                                "integrity",
                                                                "provider",
                                                                "entropy",
                                                                "resource_exhausted",
                                                                "unavailable",
                                                                "storage_full",
                                                                "storage",
                                                                "storage_version",
                                                                "timeout",
                                                                "network",
                                                                "tls",
                                                                "configuration",
                                                                "internal"};
static_assert(kCodeNames.size() == static_cast<std::size_t>(Code::kInternal) + 1);

/// CodeName returns the stable snake_case name of `code`, as used on the wire and in the log.
constexpr std::string_view CodeName(Code code) {
  return kCodeNames[static_cast<std::size_t>(code)];
}

}  // namespace vallum
