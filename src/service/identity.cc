// SPDX-License-Identifier: Apache-2.0
#include "service/identity.h"

#include <array>
#include <chrono>

#include "base/json.h"
#include "service/journal.h"
#include "service/key_record.h"

namespace vallum::service {
namespace {

using module::Algorithm;
using module::Usage;
using std::chrono::days;

constexpr std::int64_t kFormat = 1;
constexpr auto kAuthorityLife = days(3652);
constexpr auto kServerLife = days(365);
constexpr auto kServerRenewal = days(30);
constexpr auto kAdminLife = days(365);
constexpr auto kBackdating = std::chrono::minutes(5);
constexpr std::string_view kAdmin = "admin";
constexpr std::string_view kPending = "pending";
constexpr std::string_view kConfirmed = "confirmed";

struct SystemKeySpec {
  SystemKey which;
  std::string_view entry;
  Algorithm algorithm;
};

constexpr std::array kSystemKeys = {
    SystemKeySpec{SystemKey::kAuthority, "system/key/authority", Algorithm::kEcP384},
    SystemKeySpec{SystemKey::kServer, "system/key/server", Algorithm::kEcP256},
    SystemKeySpec{SystemKey::kAudit, "system/key/audit", Algorithm::kEd25519},
};

const SystemKeySpec& SpecOf(SystemKey which) {
  return kSystemKeys[static_cast<std::size_t>(which)];
}

struct ServerCertificate {
  std::string pem;
  TimePoint not_after;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
};

/// Opening is one opening of the identity: what it works with, and the changes it will commit.
struct Opening {
  module::Module& module;
  keystore::Keystore& store;
  const IdentityOptions& options;
  TimePoint now;
  keystore::Transaction change;
  std::vector<std::string> done;  ///< for the audit log, one record each

  void Put(std::string_view entry, std::string_view text) {
    change.Put(std::string(entry), ToBytes(AsBytes(text)));
  }
};

Result<std::optional<std::string>> ReadText(keystore::Keystore& store, std::string_view entry) {
  auto found = store.Get(entry);
  if (found) return std::optional<std::string>(AsText(found->value));
  if (found.error().code() == Code::kNotFound) return std::optional<std::string>();
  return std::move(found).error();
}

Status CheckFormat(ObjectReader& reader) {
  if (TRY(reader.Integer("v")) == kFormat) return {};
  return Error(Code::kStorageVersion,
               "the store was written by a newer version of Vallum; start that version");
}

std::string EncodeSystemKey(const KeyId& id, const Bytes& blob) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("id").String(ToString(id));
  json.Name("blob").Base64(blob);
  json.EndObject();
  return text;
}

Result<module::KeyRef> DecodeSystemKey(module::Module& module, std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text));
  ObjectReader reader(document.root());
  TRY(CheckFormat(reader));
  const KeyId id = TRY(DecodeKeyId(TRY(reader.String("id"))));
  const Bytes blob = TRY(reader.Base64("blob"));
  TRY(reader.Finish());
  return module.OpenKey(blob, id, 1);
}

Result<KeyId> NewKeyId(const Opening& opening) {
  std::array<std::uint8_t, 10> random{};
  TRY(opening.module.Random(random));
  return KeyId(MakeUuidV7(opening.now, random));
}

Result<module::KeyRef> OpenOrMakeKey(Opening& opening, SystemKey which) {
  const SystemKeySpec& spec = SpecOf(which);
  if (auto text = TRY(ReadText(opening.store, spec.entry))) {
    return DecodeSystemKey(opening.module, *text);
  }
  const KeyId id = TRY(NewKeyId(opening));
  auto made =
      TRY(opening.module.GenerateKey({spec.algorithm, Usage::kSign | Usage::kVerify}, id, 1));
  opening.change.RequireAbsent(std::string(spec.entry));
  opening.Put(spec.entry, EncodeSystemKey(id, made.value.blob));
  opening.done.push_back("made " + std::string(spec.entry));
  return std::move(made.value.key);
}

module::CertificateSpec Spec(const Opening& opening, module::CertificateRole role,
                             std::string common_name, days life) {
  const auto now = std::chrono::floor<std::chrono::seconds>(opening.now);
  module::CertificateSpec spec;
  spec.role = role;
  spec.common_name = std::move(common_name);
  spec.not_before = now - kBackdating;
  spec.not_after = now + life;
  return spec;
}

Result<std::string> OpenOrMakeAuthority(Opening& opening, module::Key& key) {
  if (auto pem = TRY(ReadText(opening.store, entry::kAuthorityCertificate))) return *pem;
  const auto spec = Spec(opening, module::CertificateRole::kAuthority,
                         "Vallum " + opening.options.instance, kAuthorityLife);
  const Bytes spki = TRY(opening.module.PublicKey(key));
  std::string pem = TRY(module::IssueCertificate(opening.module, key, {}, spki, spec));
  opening.Put(entry::kAuthorityCertificate, pem);
  opening.done.emplace_back("issued the authority's certificate");
  return pem;
}

void WriteStrings(JsonWriter& json, const std::vector<std::string>& strings) {
  json.BeginArray();
  for (const std::string& string : strings) json.String(string);
  json.EndArray();
}

std::string EncodeServerCertificate(const ServerCertificate& certificate) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("pem").String(certificate.pem);
  json.Name("not_after").String(FormatTime(certificate.not_after));
  json.Name("dns");
  WriteStrings(json, certificate.dns_names);
  json.Name("ip");
  WriteStrings(json, certificate.ip_addresses);
  json.EndObject();
  return text;
}

Result<std::vector<std::string>> Strings(JsonValue array) {
  std::vector<std::string> strings;
  for (const JsonValue& value : TRY(array.AsArray())) strings.emplace_back(TRY(value.AsString()));
  return strings;
}

Result<ServerCertificate> DecodeServerCertificate(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::Parse(text));
  ObjectReader reader(document.root());
  TRY(CheckFormat(reader));
  ServerCertificate certificate;
  certificate.pem = TRY(reader.String("pem"));
  certificate.not_after = TRY(ParseTime(TRY(reader.String("not_after"))));
  certificate.dns_names = TRY(Strings(TRY(reader.Value("dns"))));
  certificate.ip_addresses = TRY(Strings(TRY(reader.Value("ip"))));
  TRY(reader.Finish());
  return certificate;
}

bool StillGood(const ServerCertificate& certificate, const Opening& opening) {
  return certificate.not_after - opening.now >= kServerRenewal &&
         certificate.dns_names == opening.options.dns_names &&
         certificate.ip_addresses == opening.options.ip_addresses;
}

Result<std::string> OpenOrMakeServer(Opening& opening, const Identity& identity) {
  if (auto text = TRY(ReadText(opening.store, entry::kServerCertificate))) {
    ServerCertificate stored = TRY(DecodeServerCertificate(*text));
    if (StillGood(stored, opening)) return std::move(stored.pem);
  }
  const IdentityOptions& options = opening.options;
  auto spec =
      Spec(opening, module::CertificateRole::kServer,
           options.dns_names.empty() ? options.instance : options.dns_names.front(), kServerLife);
  spec.dns_names = options.dns_names;
  spec.ip_addresses = options.ip_addresses;
  const Bytes spki = TRY(opening.module.PublicKey(*identity.server_key));
  ServerCertificate made{TRY(module::IssueCertificate(opening.module, *identity.ca_key,
                                                      identity.ca_certificate_pem, spki, spec)),
                         spec.not_after, options.dns_names, options.ip_addresses};
  opening.Put(entry::kServerCertificate, EncodeServerCertificate(made));
  opening.done.emplace_back("issued the server's certificate");
  return std::move(made.pem);
}

policy::Principal AdminPrincipal(Bytes fingerprint, TimePoint not_after) {
  policy::Principal principal;
  principal.name = kAdmin;
  principal.roles = static_cast<policy::Roles>(policy::Role::kCryptoOfficer) |
                    static_cast<policy::Roles>(policy::Role::kUser) |
                    static_cast<policy::Roles>(policy::Role::kAuditor);
  principal.fingerprint = std::move(fingerprint);
  principal.not_after = not_after;
  return principal;
}

// A former certificate of the unconfirmed administrator must not stay good.
Status DropFormerAdmin(Opening& opening) {
  auto text = TRY(ReadText(opening.store, entry::Principal(kAdmin)));
  if (!text) return {};
  const policy::Principal former = TRY(policy::DecodePrincipal(*text));
  opening.change.Delete(entry::Fingerprint(former.fingerprint));
  return {};
}

Result<std::optional<FirstAdmin>> MakeFirstAdmin(Opening& opening, const Identity& identity) {
  const auto state = TRY(ReadText(opening.store, entry::kFirstAdmin));
  if (state && *state != kPending) return std::optional<FirstAdmin>();
  const module::KeySpec key_spec{Algorithm::kEcP256, Usage::kSign | Usage::kVerify, true};
  const KeyId id = TRY(NewKeyId(opening));
  const auto made = TRY(opening.module.GenerateKey(key_spec, id, 1));
  const Bytes spki = TRY(opening.module.PublicKey(*made.value.key));
  const auto spec =
      Spec(opening, module::CertificateRole::kClient, std::string(kAdmin), kAdminLife);
  FirstAdmin admin;
  admin.name = kAdmin;
  admin.certificate_pem = TRY(module::IssueCertificate(opening.module, *identity.ca_key,
                                                       identity.ca_certificate_pem, spki, spec));
  admin.key_pem = TRY(module::ExportPrivateKeyPem(opening.module, *made.value.key));
  const Bytes fingerprint =
      TRY(module::CertificateFingerprint(opening.module, admin.certificate_pem));
  TRY(DropFormerAdmin(opening));
  opening.Put(entry::Principal(kAdmin),
              policy::Encode(AdminPrincipal(fingerprint, spec.not_after)));
  opening.Put(entry::Fingerprint(fingerprint), kAdmin);
  opening.Put(entry::kFirstAdmin, kPending);
  opening.done.emplace_back("issued a certificate for the first administrator");
  return std::optional<FirstAdmin>(std::move(admin));
}

Status Commit(Opening& opening) {
  if (opening.done.empty()) return {};
  audit::Record record;
  record.time = opening.now;
  record.request = RequestId(TRY(NewKeyId(opening)).bytes());
  record.principal = kSystemPrincipal;
  record.operation = "identity";
  record.outcome = "ok";
  const std::uint64_t log_size = TRY(RememberedLogSize(opening.store));
  for (std::size_t i = 0; i < opening.done.size(); ++i) {
    record.detail = opening.done[i];
    PutOutbox(opening.change, i, log_size, record);
  }
  TRY(opening.store.Commit(opening.change));
  return {};
}

}  // namespace

Result<OpenedIdentity> OpenIdentity(module::Module& module, keystore::Keystore& store,
                                    const Clock& clock, const IdentityOptions& options) {
  Opening opening{module, store, options, clock.Now(), {}, {}};
  OpenedIdentity opened;
  Identity& identity = opened.identity;
  identity.ca_key = TRY(OpenOrMakeKey(opening, SystemKey::kAuthority));
  identity.server_key = TRY(OpenOrMakeKey(opening, SystemKey::kServer));
  identity.audit_key = TRY(OpenOrMakeKey(opening, SystemKey::kAudit));
  identity.ca_certificate_pem = TRY(OpenOrMakeAuthority(opening, *identity.ca_key));
  identity.server_certificate_pem = TRY(OpenOrMakeServer(opening, identity));
  opened.first_admin = TRY(MakeFirstAdmin(opening, identity));
  TRY(Commit(opening));
  return opened;
}

Status ConfirmFirstAdmin(keystore::Keystore& store) {
  keystore::Transaction confirm;
  confirm.Put(std::string(entry::kFirstAdmin), ToBytes(AsBytes(kConfirmed)));
  TRY(store.Commit(confirm));
  return {};
}

Result<module::KeyRef> OpenSystemKey(module::Module& module, keystore::Keystore& store,
                                     SystemKey which) {
  const keystore::Entry entry = TRY(store.Get(SpecOf(which).entry));
  return DecodeSystemKey(module, AsText(entry.value));
}

}  // namespace vallum::service
