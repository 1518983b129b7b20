// SPDX-License-Identifier: Apache-2.0
// The search walks the whole table: thirty rows of a few short segments cost less than a map's hash.
#include "rest/router.h"

#include "rest/handlers.h"

namespace vallum::rest {
namespace {

using policy::Action;

// What the larger batches cost decides the sizes: a single signature or decryption may take a
// millisecond with RSA, the symmetric operations take microseconds.
constexpr std::size_t kFewKiB = 4 << 10;
constexpr std::size_t kManyKiB = 96 << 10;

constexpr std::array kRoutes = {
    Route{"GET", Pattern("/livez"), GetLiveness, kNeverSlow, Access::kAnyone, {}},
    Route{"GET", Pattern("/readyz"), GetReadiness, kNeverSlow, Access::kAnyone, {}},
    Route{"GET", Pattern("/v1/openapi.json"), GetOpenApi, kNeverSlow, Access::kAnyone, {}},

    Route{"GET", Pattern("/v1/module"), GetModule, kNeverSlow, Access::kPrincipal,
          Action::kModuleStatus},
    Route{"POST", Pattern("/v1/module/self-test"), RunSelfTest, kAlwaysSlow, Access::kPrincipal,
          Action::kModuleSelfTest},
    Route{"POST", Pattern("/v1/module/zeroise"), ZeroiseModule, kAlwaysSlow, Access::kPrincipal,
          Action::kModuleZeroise},
    Route{"POST", Pattern("/v1/random"), GetRandom, kNeverSlow, Access::kPrincipal,
          Action::kRandom},

    Route{"POST", Pattern("/v1/keys"), CreateKey, kAlwaysSlow, Access::kPrincipal,
          Action::kKeyCreate},
    Route{"GET", Pattern("/v1/keys"), ListKeys, kAlwaysSlow, Access::kPrincipal, Action::kKeyList},
    Route{"GET", Pattern("/v1/keys/{name}"), GetKey, kAlwaysSlow, Access::kPrincipal,
          Action::kKeyShow},
    Route{"POST", Pattern("/v1/keys/{name}/rotate"), RotateKey, kAlwaysSlow, Access::kPrincipal,
          Action::kKeyRotate},
    Route{"POST", Pattern("/v1/keys/{name}/state"), SetKeyState, kAlwaysSlow, Access::kPrincipal,
          Action::kKeyState},
    Route{"GET", Pattern("/v1/keys/{name}/public"), GetPublicKey, kAlwaysSlow, Access::kPrincipal,
          Action::kKeyPublic},
    Route{"POST", Pattern("/v1/keys/{name}/unwrap"), UnwrapKey, kAlwaysSlow, Access::kPrincipal,
          Action::kKeyImport},

    Route{"POST", Pattern("/v1/keys/{name}/encrypt"), Encrypt, kManyKiB, Access::kPrincipal,
          Action::kEncrypt},
    Route{"POST", Pattern("/v1/keys/{name}/decrypt"), Decrypt, kManyKiB, Access::kPrincipal,
          Action::kDecrypt},
    Route{"POST", Pattern("/v1/keys/{name}/sign"), Sign, kFewKiB, Access::kPrincipal,
          Action::kSign},
    Route{"POST", Pattern("/v1/keys/{name}/verify"), Verify, kFewKiB, Access::kPrincipal,
          Action::kVerify},
    Route{"POST", Pattern("/v1/keys/{name}/mac"), Mac, kManyKiB, Access::kPrincipal, Action::kMac},
    Route{"POST", Pattern("/v1/keys/{name}/verify-mac"), VerifyMac, kManyKiB, Access::kPrincipal,
          Action::kVerifyMac},
    Route{"POST", Pattern("/v1/keys/{name}/data-key"), GenerateDataKey, kNeverSlow,
          Access::kPrincipal, Action::kDataKey},
    Route{"POST", Pattern("/v1/keys/{name}/wrap"), WrapKey, kNeverSlow, Access::kPrincipal,
          Action::kWrap},
    Route{"POST", Pattern("/v1/keys/{name}/encapsulate"), Encapsulate, kNeverSlow,
          Access::kPrincipal, Action::kEncapsulate},
    Route{"POST", Pattern("/v1/keys/{name}/decapsulate"), Decapsulate, kNeverSlow,
          Access::kPrincipal, Action::kDecapsulate},

    Route{"POST", Pattern("/v1/principals"), CreatePrincipal, kAlwaysSlow, Access::kPrincipal,
          Action::kPrincipalCreate},
    Route{"GET", Pattern("/v1/principals"), ListPrincipals, kAlwaysSlow, Access::kPrincipal,
          Action::kPrincipalList},
    Route{"POST", Pattern("/v1/principals/{name}/revoke"), RevokePrincipal, kAlwaysSlow,
          Access::kPrincipal, Action::kPrincipalRevoke},
    Route{"PUT", Pattern("/v1/grants"), SetGrant, kAlwaysSlow, Access::kPrincipal,
          Action::kGrantChange},

    Route{"GET", Pattern("/v1/objects"), ListObjects, kAlwaysSlow, Access::kPrincipal,
          Action::kObjectList},
    Route{"PUT", Pattern("/v1/objects/{name}"), PutObject, kAlwaysSlow, Access::kPrincipal,
          Action::kObjectPut},
    Route{"POST", Pattern("/v1/objects/{name}/delete"), DeleteObject, kAlwaysSlow,
          Access::kPrincipal, Action::kObjectDelete},

    Route{"GET", Pattern("/v1/audit/checkpoint"), GetCheckpoint, kAlwaysSlow, Access::kPrincipal,
          Action::kAuditRead},
    Route{"GET", Pattern("/v1/audit/verifier-key"), GetVerifierKey, kAlwaysSlow, Access::kPrincipal,
          Action::kAuditRead},
    Route{"GET", Pattern("/v1/audit/tile/entries/{index...}"), GetEntries, kAlwaysSlow,
          Access::kPrincipal, Action::kAuditRead},
    Route{"GET", Pattern("/v1/audit/tile/{level}/{index...}"), GetTile, kAlwaysSlow,
          Access::kPrincipal, Action::kAuditRead},
};

bool MatchPath(const Pattern& pattern, std::string_view path,
               std::array<std::string_view, 2>& parameters) {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  std::size_t found = 0;
  const auto segments = pattern.segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view segment = segments[i];
    const bool last = i + 1 == segments.size();
    const std::size_t slash = path.find('/');
    if (last && segment.ends_with("...}")) {
      parameters[found] = path;
      return !path.empty();
    }
    if (last != (slash == std::string_view::npos)) return false;
    const std::string_view part = path.substr(0, slash);
    if (segment.starts_with('{')) {
      if (part.empty()) return false;
      parameters[found++] = part;
    } else if (segment != part) {
      return false;
    }
    if (!last) path.remove_prefix(slash + 1);
  }
  return true;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Match FindRoute(std::string_view method, std::string_view path) {
  Match match;
  if (method == "HEAD") method = "GET";
  for (const Route& route : kRoutes) {
    std::array<std::string_view, 2> parameters;
    if (!MatchPath(route.pattern, path, parameters)) continue;
    if (route.method == method) {
      match.route = &route;
      match.parameters = parameters;
      match.allowed.clear();
      return match;
    }
    if (match.allowed.find(route.method) != std::string::npos) continue;
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += route.method;
    if (route.method == "GET") match.allowed += ", HEAD";
  }
  return match;
}

Target SplitTarget(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

Result<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
      if (low < 0) {
        return InvalidArgument("the path or query has a % without two hexadecimal digits");
      }
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (c < ' ' || c > '~') {
      return InvalidArgument(
          "the path or query holds a character that no name has; use plain ASCII");
    }
    decoded += c;
  }
  return decoded;
}

}  // namespace vallum::rest
