// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

#include <algorithm>
#include <array>

#include "base/json.h"

namespace vallum::policy {
namespace {

constexpr Roles kOfficer = static_cast<Roles>(Role::kCryptoOfficer);
constexpr Roles kOperate = static_cast<Roles>(Role::kOperator);
constexpr Roles kUse = static_cast<Roles>(Role::kUser);
constexpr Roles kAudit = static_cast<Roles>(Role::kAuditor);
constexpr Roles kEverybody = kOfficer | kOperate | kUse | kAudit;
constexpr Roles kNobody = 0;
constexpr std::int64_t kFormat = 1;  // of a stored principal

struct Rule {
  Action action;
  std::string_view name;
  Scope scope;
  Roles roles;         // may do it at all
  Roles on_every_key;  // of these, may do it to keys that are not theirs
  bool implied;        // comes with any grant on the key
};

// What is not in this table is not allowed.
constexpr std::array<Rule, kActionCount> kRules = {{
    {Action::kModuleStatus, "module.status", Scope::kServer, kEverybody, kNobody, false},
    {Action::kModuleSelfTest, "module.self-test", Scope::kServer, kOfficer, kNobody, false},
    {Action::kKeyCreate, "key.create", Scope::kServer, kOfficer, kNobody, false},
    {Action::kKeyImport, "key.import", Scope::kServer, kOfficer, kNobody, false},
    {Action::kKeyList, "key.list", Scope::kServer, kOfficer | kUse | kAudit, kNobody, false},
    {Action::kKeyShow, "key.show", Scope::kKey, kOfficer | kUse | kAudit, kOfficer | kAudit, true},
    {Action::kKeyRotate, "key.rotate", Scope::kKey, kOfficer, kOfficer, false},
    {Action::kKeyState, "key.state", Scope::kKey, kOfficer, kOfficer, false},
    {Action::kKeyPublic, "key.public", Scope::kKey, kOfficer | kUse | kAudit, kOfficer | kAudit,
     true},
    {Action::kEncrypt, "encrypt", Scope::kKey, kUse, kNobody, false},
    {Action::kDecrypt, "decrypt", Scope::kKey, kUse, kNobody, false},
    {Action::kSign, "sign", Scope::kKey, kUse, kNobody, false},
    {Action::kVerify, "verify", Scope::kKey, kUse, kNobody, false},
    {Action::kMac, "mac", Scope::kKey, kUse, kNobody, false},
    {Action::kVerifyMac, "verify-mac", Scope::kKey, kUse, kNobody, false},
    {Action::kDataKey, "data-key", Scope::kKey, kUse, kNobody, false},
    {Action::kWrap, "wrap", Scope::kKey, kUse, kNobody, false},
    {Action::kUnwrap, "unwrap", Scope::kKey, kUse, kNobody, false},
    {Action::kEncapsulate, "encapsulate", Scope::kKey, kUse, kNobody, false},
    {Action::kDecapsulate, "decapsulate", Scope::kKey, kUse, kNobody, false},
    {Action::kRandom, "random", Scope::kServer, kUse, kNobody, false},
    {Action::kAuditRead, "audit.read", Scope::kServer, kAudit, kNobody, false},
    {Action::kPrincipalCreate, "principal.create", Scope::kServer, kOfficer, kNobody, false},
    {Action::kPrincipalList, "principal.list", Scope::kServer, kOfficer | kAudit, kNobody, false},
    {Action::kPrincipalRevoke, "principal.revoke", Scope::kServer, kOfficer, kNobody, false},
    {Action::kGrantChange, "grant.change", Scope::kKey, kOfficer, kOfficer, false},
    {Action::kModuleZeroise, "module.zeroise", Scope::kServer, kOfficer, kNobody, false},
    {Action::kObjectList, "object.list", Scope::kServer, kOfficer | kUse, kNobody, false},
    {Action::kObjectPut, "object.put", Scope::kServer, kOfficer | kUse, kNobody, false},
    {Action::kObjectDelete, "object.delete", Scope::kServer, kOfficer | kUse, kNobody, false},
}};

// The table is indexed by the action's number.
constexpr bool IsOrdered() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].action) != i) return false;
  }
  return true;
}
static_assert(IsOrdered());
static_assert(static_cast<std::size_t>(Action::kObjectDelete) + 1 == kActionCount);

const Rule& RuleOf(Action action) { return kRules[static_cast<std::size_t>(action)]; }

struct RoleName {
  Role role;
  std::string_view name;
};
constexpr std::array<RoleName, 4> kRoleNames = {{
    {Role::kCryptoOfficer, "crypto-officer"},
    {Role::kOperator, "operator"},
    {Role::kUser, "user"},
    {Role::kAuditor, "auditor"},
}};

// A grant holds uses of a key; managing keys is an officer's role.
bool IsGrantable(const Rule& rule) { return rule.scope == Scope::kKey && rule.roles == kUse; }

bool Covers(const Rule& rule, const KeyAccess& access) {
  if (access.owner || (access.granted & Bit(rule.action)) != 0) return true;
  return rule.implied && access.granted != 0;
}

}  // namespace

std::string_view Name(Role role) {
  for (const auto& [known, name] : kRoleNames) {
    if (known == role) return name;
  }
  return "unknown";
}

Result<Roles> ParseRoles(const std::vector<std::string_view>& names) {
  Roles roles = 0;
  for (const std::string_view wanted : names) {
    const auto found = std::find_if(kRoleNames.begin(), kRoleNames.end(),
                                    [&](const RoleName& known) { return known.name == wanted; });
    if (found == kRoleNames.end()) {
      return InvalidArgument("there is no role \"" + std::string(wanted) +
                             "\"; use crypto-officer, operator, user or auditor");
    }
    roles |= static_cast<Roles>(found->role);
  }
  return roles;
}

std::vector<std::string_view> RoleNames(Roles roles) {
  std::vector<std::string_view> names;
  for (const auto& [role, name] : kRoleNames) {
    if (Has(roles, role)) names.push_back(name);
  }
  return names;
}

std::string_view Name(Action action) { return RuleOf(action).name; }

Result<Action> ParseAction(std::string_view name) {
  for (const Rule& rule : kRules) {
    if (rule.name == name && IsGrantable(rule)) return rule.action;
  }
  return InvalidArgument("a grant cannot hold \"" + std::string(name) +
                         "\"; name a use of keys, such as sign or decrypt");
}

Result<Actions> ParseActions(const std::vector<std::string_view>& names) {
  Actions actions = 0;
  for (const std::string_view name : names) actions |= Bit(TRY(ParseAction(name)));
  return actions;
}

std::vector<std::string_view> ActionNames(Actions actions) {
  std::vector<std::string_view> names;
  for (const Rule& rule : kRules) {
    if ((actions & Bit(rule.action)) != 0) names.push_back(rule.name);
  }
  return names;
}

Scope ScopeOf(Action action) { return RuleOf(action).scope; }

Status Decide(const Principal& principal, Action action, const KeyAccess& access) {
  const Rule& rule = RuleOf(action);
  if (principal.revoked) {
    return Error(Code::kUnauthenticated,
                 "the certificate of \"" + principal.name + "\" was revoked; get a new one");
  }
  if ((principal.roles & rule.roles) == 0) {
    return PermissionDenied("no role of \"" + principal.name + "\" allows " +
                            std::string(rule.name));
  }
  if (rule.scope == Scope::kServer || (principal.roles & rule.on_every_key) != 0) return {};
  if (Covers(rule, access)) return {};
  return NotFound("there is no such key; check its name");
}

std::string Encode(const Principal& principal) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("name").String(principal.name);
  json.Name("roles").Integer(principal.roles);
  json.Name("fingerprint").Base64(principal.fingerprint);
  json.Name("not_after").String(FormatTime(principal.not_after));
  json.Name("revoked").Bool(principal.revoked);
  json.EndObject();
  return text;
}

Result<Principal> DecodePrincipal(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text));
  ObjectReader object(document.root());
  if (TRY(object.Integer("v")) > kFormat) {
    return Error(Code::kStorageVersion,
                 "a stored principal has a newer format; run the newer version of Vallum");
  }
  Principal principal;
  principal.name = TRY(object.String("name"));
  const std::int64_t roles = TRY(object.Integer("roles"));
  if (roles < 0 || roles > kEverybody) {
    return Integrity("the stored principal \"" + principal.name +
                     "\" has roles that do not exist; restore the store from a backup");
  }
  principal.roles = static_cast<Roles>(roles);
  principal.fingerprint = TRY(object.Base64("fingerprint"));
  principal.not_after = TRY(ParseTime(TRY(object.String("not_after"))));
  principal.revoked = TRY(TRY(object.Value("revoked")).AsBool());
  TRY(object.Finish());
  return principal;
}

}  // namespace vallum::policy
