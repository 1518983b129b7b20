// SPDX-License-Identifier: Apache-2.0
// Principals and grants: who there is, and who may use which key.
#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

constexpr std::size_t kPage = 1000;
constexpr std::int64_t kMaxDays = 825;
// Clocks of clients may be behind the server's.
constexpr auto kBackdating = std::chrono::minutes(5);
constexpr policy::Roles kAllRoles = static_cast<policy::Roles>(policy::Role::kCryptoOfficer) |
                                    static_cast<policy::Roles>(policy::Role::kOperator) |
                                    static_cast<policy::Roles>(policy::Role::kUser) |
                                    static_cast<policy::Roles>(policy::Role::kAuditor);

struct StoredPrincipal {
  policy::Principal principal;
  keystore::Revision revision = 0;
};

Result<StoredPrincipal> ReadPrincipal(keystore::Keystore& store, std::string_view name) {
  TRY(CheckName("principal", name));
  auto found = store.Get(entry::Principal(name));
  if (!found && found.error().code() == Code::kNotFound) {
    return NotFound("there is no principal \"" + std::string(name) + "\"; list them for the names");
  }
  const keystore::Entry entry = TRY(std::move(found));
  return StoredPrincipal{TRY(policy::DecodePrincipal(AsText(entry.value))), entry.revision};
}

Result<std::vector<policy::Principal>> ReadPrincipals(keystore::Keystore& store) {
  std::vector<policy::Principal> principals;
  std::string after;
  for (;;) {
    const auto page = TRY(store.List(entry::kPrincipalPrefix, after, kPage));
    for (const keystore::Entry& entry : page) {
      principals.push_back(TRY(policy::DecodePrincipal(AsText(entry.value))));
    }
    if (page.size() < kPage) return principals;
    after = page.back().key;
  }
}

std::string Joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ",").append(name);
  return text;
}

Status CheckRequest(keystore::Keystore& store, const CreatePrincipalRequest& request) {
  TRY(CheckName("principal", request.name));
  if (request.roles == 0 || (request.roles & ~kAllRoles) != 0) {
    return InvalidArgument(
        "a principal has at least one of the roles crypto-officer, operator, user, auditor");
  }
  if (request.days < 1 || request.days > kMaxDays) {
    return InvalidArgument("a certificate is valid for 1 to 825 days; give a number in between");
  }
  auto taken = store.Get(entry::Principal(request.name));
  if (taken) {
    return AlreadyExists("a principal named \"" + request.name +
                         "\" exists or existed; choose another name");
  }
  if (taken.error().code() != Code::kNotFound) return std::move(taken).error();
  return {};
}

struct Authority {
  module::Key& key;
  const std::string& certificate_pem;
};

Result<NewPrincipal> Issue(Core& core, const Authority& authority,
                           const CreatePrincipalRequest& request) {
  const module::ParsedRequest parsed =
      TRY(module::ParseCertificateRequest(core.module, request.certificate_request_pem));
  const auto now = std::chrono::floor<std::chrono::seconds>(core.clock.Now());
  module::CertificateSpec spec;
  spec.role = module::CertificateRole::kClient;
  spec.common_name = request.name;
  spec.not_before = now - kBackdating;
  spec.not_after = now + std::chrono::days(request.days);
  NewPrincipal made;
  made.certificate_pem = TRY(module::IssueCertificate(
      core.module, authority.key, authority.certificate_pem, parsed.spki, spec));
  made.ca_pem = authority.certificate_pem;
  made.principal.name = request.name;
  made.principal.roles = request.roles;
  made.principal.fingerprint =
      TRY(module::CertificateFingerprint(core.module, made.certificate_pem));
  made.principal.not_after = spec.not_after;
  return made;
}

Result<NewPrincipal> Create(Core& core, Call& call, const Authority& authority,
                            const CreatePrincipalRequest& request) {
  TRY(call.Authorize());
  const std::lock_guard lock(core.principals_changing);
  TRY(CheckRequest(core.store, request));
  NewPrincipal made = TRY(Issue(core, authority, request));
  call.RecordDetail(request.name + ": " + Joined(policy::RoleNames(request.roles)));
  const std::string entry = entry::Principal(request.name);
  keystore::Transaction change;
  change.RequireAbsent(entry)
      .Put(entry, ToBytes(AsBytes(policy::Encode(made.principal))))
      .Put(entry::Fingerprint(made.principal.fingerprint), ToBytes(AsBytes(request.name)));
  TRY(call.CommitPrincipal(std::move(change)));
  return made;
}

bool IsActiveOfficer(const policy::Principal& principal, TimePoint now) {
  return Has(principal.roles, policy::Role::kCryptoOfficer) && !principal.revoked &&
         principal.not_after > now;
}

// Without any crypto officer nobody could let one in again.
Status CheckNotLastOfficer(Core& core, const policy::Principal& principal) {
  const TimePoint now = core.clock.Now();
  if (!IsActiveOfficer(principal, now)) return {};
  for (const policy::Principal& other : TRY(ReadPrincipals(core.store))) {
    if (other.name != principal.name && IsActiveOfficer(other, now)) return {};
  }
  return Error(Code::kConflict,
               "this is the last crypto officer; create another one before revoking it");
}

Status Revoke(Core& core, Call& call, std::string_view name) {
  TRY(call.Authorize());
  const std::lock_guard lock(core.principals_changing);
  StoredPrincipal stored = TRY(ReadPrincipal(core.store, name));
  call.RecordDetail(name);
  if (stored.principal.revoked) return {};
  TRY(CheckNotLastOfficer(core, stored.principal));
  stored.principal.revoked = true;
  const std::string entry = entry::Principal(name);
  keystore::Transaction change;
  change.RequireRevision(entry, stored.revision)
      .Put(entry, ToBytes(AsBytes(policy::Encode(stored.principal))));
  return call.CommitPrincipal(std::move(change));
}

keystore::Transaction GrantChange(const KeyInfo& info, const GrantRequest& request) {
  const std::string id = ToString(info.id);
  const std::string grant = entry::Grant(id, request.principal);
  const std::string visible = entry::Visible(request.principal, info.name);
  keystore::Transaction change;
  if (request.actions != 0) {
    change.Put(grant, ToBytes(AsBytes(EncodeGrant(request.actions))));
    change.Put(visible, ToBytes(AsBytes(id)));
    return change;
  }
  change.Delete(grant);
  if (info.owner != request.principal) change.Delete(visible);
  return change;
}

Status Grant(Core& core, Call& call, const GrantRequest& request) {
  const LoadedKeyRef key = TRY(call.FindKey(request.key));
  // Only what a grant may hold has a name that parses.
  const auto names = policy::ActionNames(request.actions);
  if (TRY(policy::ParseActions(names)) != request.actions) {
    return InvalidArgument("a grant holds actions on one key; name only those");
  }
  const StoredPrincipal principal = TRY(ReadPrincipal(core.store, request.principal));
  call.RecordDetail(principal.principal.name + ": " + (names.empty() ? "none" : Joined(names)));
  const NameLocks::Held held(core.locks, request.key);
  return call.CommitKey(GrantChange(key->info(), request), request.key);
}

}  // namespace

Result<NewPrincipal> ServiceImpl::CreatePrincipal(const Caller& caller,
                                                  const CreatePrincipalRequest& request) {
  Call call(core_, caller, Action::kPrincipalCreate);
  return call.Finish(Create(core_, call, {*authority_key_, options_.ca_certificate_pem}, request));
}

Result<std::vector<policy::Principal>> ServiceImpl::ListPrincipals(const Caller& caller) {
  Call call(core_, caller, Action::kPrincipalList);
  const auto list = [&]() -> Result<std::vector<policy::Principal>> {
    TRY(call.Authorize());
    return ReadPrincipals(core_.store);
  };
  return call.Finish(list());
}

Status ServiceImpl::RevokePrincipal(const Caller& caller, std::string_view name) {
  Call call(core_, caller, Action::kPrincipalRevoke);
  return call.Finish(Revoke(core_, call, name));
}

Status ServiceImpl::SetGrant(const Caller& caller, const GrantRequest& request) {
  Call call(core_, caller, Action::kGrantChange);
  return call.Finish(Grant(core_, call, request));
}

}  // namespace vallum::service
