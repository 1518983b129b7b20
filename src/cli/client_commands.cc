// SPDX-License-Identifier: Apache-2.0
// vallum client create | list | revoke; vallum grant
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/clock.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/local_file.h"
#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

struct ClientOptions {
  std::string name;
  std::vector<std::string> roles;
  std::string folder;
  std::int64_t days = 90;
  std::string key;
  std::vector<std::string> actions;
};

struct Credential {
  SecretBytes key_pem;
  std::string request_pem;
};

// The key pair is made in the local module; only the request for its certificate travels.
Result<Credential> MakeCredential(module::Module& module, const std::string& name) {
  std::array<std::uint8_t, 10> random{};
  TRY(module.Random(random));
  const auto now =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  const module::KeySpec spec{.algorithm = module::Algorithm::kEcP256,
                             .usages = module::Usage::kSign | module::Usage::kVerify,
                             .extractable = true};
  auto made = TRY(module.GenerateKey(spec, KeyId(MakeUuidV7(now, random)), 1));
  Credential out;
  out.request_pem = TRY(module::MakeCertificateRequest(module, *made.value.key, name));
  out.key_pem = TRY(module::ExportPrivateKeyPem(module, *made.value.key));
  return out;
}

std::string NewPrincipalBody(const ClientOptions& options, const std::string& request_pem) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Name("name").String(options.name).Name("roles").BeginArray();
  for (const std::string& role : options.roles) writer.String(role);
  writer.EndArray().Name("certificate_request").String(request_pem);
  writer.Name("days").Integer(options.days).EndObject();
  return body;
}

Status PrepareFolder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder / "client.toml", ignored)) {
    return AlreadyExists(folder.string() + " holds a client already; give another folder to --out");
  }
  auto created = CreatePrivateDirectories(folder);
  if (!created) return LocalFileError(std::move(created).error());
  return {};
}

Status WriteCredential(const std::filesystem::path& folder, const Credential& credential,
                       std::string_view certificate, std::string_view ca, std::string_view server) {
  TRY(WriteOutputFile(folder / "client.key", credential.key_pem.span(), 0600));
  TRY(WriteOutputFile(folder / "client.crt", AsBytes(certificate), 0600));
  TRY(WriteOutputFile(folder / "ca.crt", AsBytes(ca), 0600));
  return WriteOutputFile(folder / "client.toml", AsBytes(FormatProfile(server)), 0600);
}

Result<ExitCode> CreateClient(Context& context, const ClientOptions& options) {
  TRY(PrepareFolder(options.folder));
  Connection* server = TRY(context.server());
  const Credential credential = TRY(MakeCredential(*TRY(context.module()), options.name));
  Reply reply =
      TRY(server->Post("/v1/principals", NewPrincipalBody(options, credential.request_pem)));
  context.out().Json(reply.text());
  ObjectReader members(TRY(reply.Json()));
  ObjectReader principal(TRY(members.Value("principal")));
  TRY(WriteCredential(options.folder, credential, TRY(members.String("certificate")),
                      TRY(members.String("ca")), TRY(context.profile())->server));
  context.out().Good(fmt::format("client {} ({}), certificate good until {}", options.name,
                                 Join(options.roles), TRY(principal.String("not_after"))));
  context.out().Line(fmt::format("  use it with: vallum --profile {} ...", options.folder));
  return ExitCode::kOk;
}

Result<std::vector<std::string>> PrincipalRow(JsonValue value) {
  ObjectReader principal(value);
  const bool revoked = TRY(principal.OptionalBool("revoked")).value_or(false);
  const auto roles = TRY(StringsOf(TRY(principal.Value("roles"))));
  return std::vector<std::string>{std::string(TRY(principal.String("name"))), Join(roles),
                                  revoked ? "revoked" : "active",
                                  std::string(TRY(principal.String("not_after")).substr(0, 10)),
                                  std::string(TRY(principal.String("fingerprint")).substr(0, 16))};
}

Result<ExitCode> ListClients(Context& context, const ClientOptions&) {
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Get("/v1/principals"));
  context.out().Json(reply.text());
  ObjectReader members(TRY(reply.Json()));
  std::vector<std::vector<std::string>> rows;
  const JsonValue principals = TRY(members.Value("principals"));
  for (const JsonValue& principal : TRY(principals.AsArray())) {
    rows.push_back(TRY(PrincipalRow(principal)));
  }
  context.out().Table({"NAME", "ROLES", "STATE", "UNTIL", "FINGERPRINT"}, std::move(rows));
  return ExitCode::kOk;
}

Result<ExitCode> RevokeClient(Context& context, const ClientOptions& options) {
  Connection* server = TRY(context.server());
  Reply reply =
      TRY(server->Post(fmt::format("/v1/principals/{}/revoke", PathSegment(options.name)), "{}"));
  context.out().Json(reply.text());
  context.out().Good("revoked client " + options.name + ": its certificate opens nothing any more");
  return ExitCode::kOk;
}

Result<ExitCode> SetGrant(Context& context, const ClientOptions& options) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Name("key").String(options.key).Name("principal").String(options.name);
  writer.Name("actions").BeginArray();
  for (const std::string& action : options.actions) {
    if (action != "none") writer.String(action);
  }
  writer.EndArray().EndObject();
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Put("/v1/grants", body));
  context.out().Json(reply.text());
  const bool ended = body.ends_with("\"actions\":[]}");
  context.out().Good(
      ended
          ? fmt::format("{} has no grant for {} any more", options.name, options.key)
          : fmt::format("{} may now {} with {}", options.name, Join(options.actions), options.key));
  return ExitCode::kOk;
}

using Options = std::shared_ptr<ClientOptions>;
using ClientVerb = Result<ExitCode> (*)(Context&, const ClientOptions&);

CLI::App* AddVerb(CLI::App* group, Verb& chosen, const Options& options, const char* name,
                  const char* description, ClientVerb run) {
  CLI::App* verb = group->add_subcommand(name, description);
  verb->fallthrough();
  verb->callback([&chosen, options, run] {
    chosen = [options, run](Context& context) { return run(context, *options); };
  });
  return verb;
}

}  // namespace

void AddClientCommands(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<ClientOptions>();
  CLI::App* client = app.add_subcommand("client", "Who may connect");
  client->require_subcommand(1);
  client->fallthrough();
  auto* create =
      AddVerb(client, chosen, options, "create", "Make a client's credentials", CreateClient);
  create->add_option("NAME", options->name, "The client's name")->required();
  create->add_option("--role", options->roles, "user, auditor, operator, crypto-officer")
      ->delimiter(',')
      ->required();
  create->add_option("--out", options->folder, "Folder for certificate, key and profile")
      ->required();
  create->add_option("--days", options->days, "How long the certificate is good")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  AddVerb(client, chosen, options, "list", "All clients", ListClients);
  auto* revoke = AddVerb(client, chosen, options, "revoke", "Lock a client out", RevokeClient);
  revoke->add_option("NAME", options->name, "The client's name")->required();
  auto* grant = AddVerb(&app, chosen, options, "grant", "Let a client use a key", SetGrant);
  grant->add_option("NAME", options->key, "The key's name")->required();
  grant->add_option("--to", options->name, "The client's name")->required();
  grant
      ->add_option("--allow", options->actions, "sign,verify,...: replaces the grant; none ends it")
      ->delimiter(',')
      ->required();
}

}  // namespace vallum::cli
