// SPDX-License-Identifier: Apache-2.0
#include "rest/problem.h"

#include <array>

#include "base/json.h"

namespace vallum::rest {
namespace {

struct Mapping {
  Code code;
  unsigned status;
  std::string_view fixed_detail;  // empty: the error's own message goes out
};

constexpr std::string_view kSeeLog =
    "the server could not do this; its log has the cause under this request id";

constexpr std::array kMappings = {
    Mapping{Code::kInvalidArgument, 400, ""},
    Mapping{Code::kUnsupported, 400, ""},
    Mapping{Code::kNotFound, 404, ""},
    Mapping{Code::kAlreadyExists, 409, ""},
    Mapping{Code::kConflict, 409, ""},
    Mapping{Code::kPermissionDenied, 403, ""},
    Mapping{Code::kUnauthenticated, 401, ""},
    Mapping{Code::kKeyState, 409, ""},
    Mapping{Code::kKeyUsage, 409, ""},
    Mapping{Code::kNotExportable, 403, ""},
    Mapping{Code::kNotApproved, 403, ""},
    Mapping{Code::kVerifyFailed, 422, ""},
    Mapping{Code::kInvocationLimit, 409, ""},
    Mapping{Code::kModuleState, 503, "the cryptographic module is not operational; see /v1/module"},
    Mapping{Code::kSelfTestFailed, 503,
            "a self-test of the cryptographic module failed; see /v1/module"},
    Mapping{
        Code::kIntegrity, 500,
        "stored data is not what was sealed; the server's log says which, under this request id"},
    Mapping{Code::kProvider, 500, kSeeLog},
    Mapping{Code::kEntropy, 503,
            "the random bit generator could not deliver; the server's log says why"},
    Mapping{Code::kResourceExhausted, 413, ""},
    Mapping{Code::kUnavailable, 503, "temporarily out of service; try again after the given time"},
    Mapping{Code::kStorageFull, 507,
            "the server's disk or quota is full and nothing was done; make space, then try again"},
    Mapping{Code::kStorage, 503,
            "the store or the audit log cannot be written or read; the server's log says why"},
    Mapping{Code::kStorageVersion, 500, kSeeLog},
    Mapping{Code::kTimeout, 408, ""},
    Mapping{Code::kNetwork, 502, kSeeLog},
    Mapping{Code::kTls, 400, ""},
    Mapping{Code::kConfiguration, 500, kSeeLog},
    Mapping{Code::kInternal, 500, kSeeLog},
};

constexpr bool IsExhaustiveAndInOrder() {
  for (std::size_t i = 0; i < kMappings.size(); ++i) {
    if (static_cast<std::size_t>(kMappings[i].code) != i) return false;
  }
  return kMappings.size() == kCodeNames.size();
}
static_assert(IsExhaustiveAndInOrder(), "every Code has one row, in the order of the enum");

const Mapping& MappingOf(Code code) { return kMappings[static_cast<std::size_t>(code)]; }

}  // namespace

unsigned HttpStatus(Code code) { return MappingOf(code).status; }

bool IsServerFault(Code code) { return !MappingOf(code).fixed_detail.empty(); }

std::string_view PublicDetail(const Error& error) {
  const Mapping& mapping = MappingOf(error.code());
  return mapping.fixed_detail.empty() ? std::string_view(error.message()) : mapping.fixed_detail;
}

void WriteProblem(net::Response& response, unsigned status, Code code, std::string_view detail,
                  std::string_view request_id) {
  response.body.Clear();
  response.status = status;
  response.content_type = "application/problem+json";
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  JsonWriter json(response.body);
  json.BeginObject();
  json.Name("type").String("about:blank");
  json.Name("title").String(net::ReasonPhrase(status));
  json.Name("status").Integer(status);
  json.Name("code").String(CodeName(code));
  json.Name("detail").String(detail);
  json.Name("request_id").String(request_id);
  json.EndObject();
  if (!json.status()) response.body.Clear();
}

void WriteProblem(net::Response& response, const Error& error, std::string_view request_id) {
  WriteProblem(response, HttpStatus(error.code()), error.code(), PublicDetail(error), request_id);
}

}  // namespace vallum::rest
