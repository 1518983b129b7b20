// SPDX-License-Identifier: Apache-2.0
// vallum token init | list | show | set-pin | unlock | delete | import-softhsm
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/pin_source.h"
#include "cli/softhsm_import.h"
#include "cli/token_choice.h"

namespace vallum::cli {
namespace {

struct TokenOptions {
  TokenChoice token;
  std::string pin_file;
  std::string new_pin_file;
  std::string officer_file;
  SoftHsmSource softhsm;
  bool officer = false;
  bool yes = false;
};

std::string PinStateOf(CK_FLAGS flags, bool is_set, CK_FLAGS low, CK_FLAGS locked) {
  if (!is_set) return "not set";
  if ((flags & locked) != 0) return "locked";
  return (flags & low) != 0 ? "set, wrong ones were tried" : "set";
}

std::string UserPin(const Cryptoki::Token& token) {
  return PinStateOf(token.flags, (token.flags & CKF_USER_PIN_INITIALIZED) != 0,
                    CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_LOCKED);
}

std::string OfficerPin(const Cryptoki::Token& token) {
  return PinStateOf(token.flags, token.initialised(), CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_LOCKED);
}

void WriteToken(JsonWriter& writer, const Cryptoki::Token& token) {
  writer.BeginObject().Name("slot").Integer(static_cast<std::int64_t>(token.slot));
  writer.Name("initialised").Bool(token.initialised());
  writer.Name("label").String(token.label).Name("serial").String(token.serial);
  writer.Name("model").String(token.model).Name("user_pin").String(UserPin(token));
  writer.Name("officer_pin").String(OfficerPin(token));
}

Result<ExitCode> InitToken(Context& context, const TokenOptions& options) {
  const auto library = TRY(OpenVallumTokens(options.token));
  const Cryptoki::Token empty = TRY(ChooseEmpty(*library));
  const SecretBytes officer =
      TRY(ReadPin(options.officer_file, "the new officer's PIN", "--so-pin-file"));
  const SecretBytes user = TRY(ReadPin(options.pin_file, "the new user's PIN", "--pin-file"));
  TRY(library->InitToken(empty.slot, officer, options.token.label));
  const CK_SESSION_HANDLE session = TRY(library->OpenSession(empty.slot));
  TRY(library->Login(session, CKU_SO, officer));
  TRY(library->InitPin(session, user));
  const Cryptoki::Token made = TRY(ChooseToken(*library, options.token.label));
  std::string json;
  JsonWriter writer(json);
  WriteToken(writer, made);
  writer.EndObject();
  context.out().Json(json);
  context.out().Good(
      fmt::format("made the token \"{}\", serial number {}", Printable(made.label), made.serial));
  return ExitCode::kOk;
}

Result<ExitCode> ListTokens(Context& context, const TokenOptions& options) {
  const auto library = TRY(OpenVallumTokens(options.token));
  std::string json;
  JsonWriter writer(json);
  writer.BeginObject().Name("tokens").BeginArray();
  std::vector<std::vector<std::string>> rows;
  for (const Cryptoki::Token& token : TRY(library->Tokens())) {
    WriteToken(writer, token);
    writer.EndObject();
    rows.push_back({std::to_string(token.slot),
                    token.initialised() ? Printable(token.label) : "(not made yet)", token.serial,
                    token.model, UserPin(token)});
  }
  writer.EndArray().EndObject();
  context.out().Json(json);
  context.out().Table({"SLOT", "LABEL", "SERIAL", "KIND", "USER PIN"}, std::move(rows));
  return ExitCode::kOk;
}

struct ClassName {
  CK_OBJECT_CLASS object_class;
  std::string_view key;
  std::string_view name;
};
constexpr std::array kClasses = {ClassName{CKO_PRIVATE_KEY, "private_keys", "private keys"},
                                 ClassName{CKO_PUBLIC_KEY, "public_keys", "public keys"},
                                 ClassName{CKO_SECRET_KEY, "secret_keys", "secret keys"},
                                 ClassName{CKO_CERTIFICATE, "certificates", "certificates"},
                                 ClassName{CKO_DATA, "data", "data objects"}};

// Without a PIN only what everybody sees is counted.
Result<ExitCode> ShowToken(Context& context, const TokenOptions& options) {
  const auto library = TRY(OpenVallumTokens(options.token));
  const Cryptoki::Token token = TRY(ChooseToken(*library, options.token.label));
  const CK_SESSION_HANDLE session = TRY(library->OpenSession(token.slot));
  const bool logged_in = !options.pin_file.empty();
  if (logged_in) {
    TRY(library->Login(session, CKU_USER,
                       TRY(ReadPin(options.pin_file, "the user's PIN", "--pin-file"))));
  }
  std::string json;
  JsonWriter writer(json);
  WriteToken(writer, token);
  std::vector<Output::Row> rows = {{"label", Printable(token.label)},
                                   {"serial", token.serial},
                                   {"kind", token.model},
                                   {"user PIN", UserPin(token)},
                                   {"officer's PIN", OfficerPin(token)}};
  writer.Name("logged_in").Bool(logged_in).Name("objects").BeginObject();
  for (const ClassName& one : kClasses) {
    const auto found = TRY(
        library->Find(session, {CkNumber(CKA_CLASS, one.object_class), CkFlag(CKA_TOKEN, true)}));
    writer.Name(one.key).Integer(static_cast<std::int64_t>(found.size()));
    rows.emplace_back(one.name, std::to_string(found.size()));
  }
  writer.EndObject().EndObject();
  context.out().Json(json);
  context.out().Fields(rows);
  if (!logged_in) context.out().Line("private objects are not counted; add --pin-file");
  return ExitCode::kOk;
}

Result<ExitCode> Changed(Context& context, std::string_view what) {
  context.out().Json(R"({"changed":true})");
  context.out().Good(what);
  return ExitCode::kOk;
}

Result<ExitCode> SetPin(Context& context, const TokenOptions& options) {
  const auto library = TRY(OpenVallumTokens(options.token));
  const Cryptoki::Token token = TRY(ChooseToken(*library, options.token.label));
  const SecretBytes now = TRY(ReadPin(options.pin_file, "the PIN as it is", "--pin-file"));
  const SecretBytes next = TRY(ReadPin(options.new_pin_file, "the new PIN", "--new-pin-file"));
  const CK_SESSION_HANDLE session = TRY(library->OpenSession(token.slot));
  if (options.officer) TRY(library->Login(session, CKU_SO, now));
  TRY(library->SetPin(session, now, next));
  return Changed(context, options.officer ? "the officer has a new PIN" : "the user has a new PIN");
}

Result<CK_SESSION_HANDLE> EnterAsOfficer(Cryptoki& library, const Cryptoki::Token& token,
                                         const TokenOptions& options) {
  const SecretBytes pin = TRY(ReadPin(options.officer_file, "the officer's PIN", "--so-pin-file"));
  const CK_SESSION_HANDLE session = TRY(library.OpenSession(token.slot));
  TRY(library.Login(session, CKU_SO, pin));
  return session;
}

Result<ExitCode> Unlock(Context& context, const TokenOptions& options) {
  const auto library = TRY(OpenVallumTokens(options.token));
  const Cryptoki::Token token = TRY(ChooseToken(*library, options.token.label));
  const CK_SESSION_HANDLE session = TRY(EnterAsOfficer(*library, token, options));
  TRY(library->InitPin(session,
                       TRY(ReadPin(options.new_pin_file, "the user's new PIN", "--new-pin-file"))));
  return Changed(context, "the user has a new PIN and may log in");
}

// The file goes with what SQLite and the PINs' turns left beside it.
Result<ExitCode> DeleteToken(Context& context, const TokenOptions& options) {
  const std::string& path = options.token.where;
  if (path.empty() || path.ends_with(".toml")) {
    return InvalidArgument("name the token's own file with --token FILE");
  }
  if (!options.yes) {
    return InvalidArgument("every key in the token is lost; add --yes to say that it is meant");
  }
  auto library = TRY(OpenVallumTokens(options.token));
  const Cryptoki::Token token = TRY(ChooseToken(*library, options.token.label));
  TRY(EnterAsOfficer(*library, token, options));
  library.reset();
  for (const std::string_view end : {"", "-wal", "-shm", ".lock"}) {
    std::error_code failure;
    std::filesystem::remove(path + std::string(end), failure);
    if (failure) return Storage(fmt::format("{}{} cannot be removed", path, end));
  }
  return Changed(context, "the token and every key in it are gone");
}

Result<ExitCode> Import(Context& context, const TokenOptions& options) {
  return ImportSoftHsm(context, options.token, options.pin_file, options.softhsm);
}

using Options = std::shared_ptr<TokenOptions>;
using TokenVerb = Result<ExitCode> (*)(Context&, const TokenOptions&);

CLI::App* AddVerb(CLI::App* group, Verb& chosen, const Options& options, const char* name,
                  const char* description, TokenVerb run) {
  CLI::App* verb = group->add_subcommand(name, description);
  verb->fallthrough();
  verb->add_option("--token", options->token.where, "The token's file, or a pkcs11.toml")
      ->type_name("PATH");
  verb->callback([&chosen, options, run] {
    chosen = [options, run](Context& context) { return run(context, *options); };
  });
  return verb;
}

void AddFile(CLI::App* verb, const char* option, std::string& file, const char* what) {
  verb->add_option(option, file, what)->type_name("FILE");
}

void AddLabel(CLI::App* verb, const Options& options) {
  verb->add_option("--label", options->token.label, "The token's label, where there are several");
}

void AddImport(CLI::App* token, Verb& chosen, const Options& options) {
  auto* verb =
      AddVerb(token, chosen, options, "import-softhsm", "Take over a token of SoftHSM2", Import);
  AddLabel(verb, options);
  AddFile(verb, "--pin-file", options->pin_file, "The user's PIN of the token that takes over");
  SoftHsmSource& from = options->softhsm;
  verb->add_option("FOLDER", from.folder, "SoftHSM2's folder of tokens")->required();
  AddFile(verb, "--from-pin-file", from.pin_file, "The user's PIN of SoftHSM2's token");
  verb->add_option("--from-label", from.label, "The label of SoftHSM2's token");
  verb->add_option("--library", from.library, "libsofthsm2.so")->capture_default_str();
}

}  // namespace

void AddTokenCommands(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<TokenOptions>();
  CLI::App* token = app.add_subcommand("token", "PKCS #11 tokens of this machine");
  token->require_subcommand(1);
  token->fallthrough();
  auto* init = AddVerb(token, chosen, options, "init", "Make a token", InitToken);
  init->add_option("--label", options->token.label, "What it is called, at most 32 bytes")
      ->required();
  AddFile(init, "--so-pin-file", options->officer_file, "Holds the officer's PIN (mode 0600)");
  AddFile(init, "--pin-file", options->pin_file, "Holds the user's PIN");
  AddVerb(token, chosen, options, "list", "Slots and their tokens", ListTokens);
  auto* show = AddVerb(token, chosen, options, "show", "One token and what is in it", ShowToken);
  AddLabel(show, options);
  AddFile(show, "--pin-file", options->pin_file,
          "Holds the user's PIN: counts private objects too");
  auto* set_pin = AddVerb(token, chosen, options, "set-pin", "Change a PIN that is known", SetPin);
  AddLabel(set_pin, options);
  AddFile(set_pin, "--pin-file", options->pin_file, "Holds the PIN as it is");
  AddFile(set_pin, "--new-pin-file", options->new_pin_file, "Holds the new PIN");
  set_pin->add_flag("--so", options->officer, "The officer's PIN, not the user's");
  auto* unlock = AddVerb(token, chosen, options, "unlock", "Give the user a new PIN", Unlock);
  AddLabel(unlock, options);
  AddFile(unlock, "--so-pin-file", options->officer_file, "Holds the officer's PIN");
  AddFile(unlock, "--new-pin-file", options->new_pin_file, "Holds the user's new PIN");
  auto* gone = AddVerb(token, chosen, options, "delete", "Delete a token's file", DeleteToken);
  AddFile(gone, "--so-pin-file", options->officer_file, "Holds the officer's PIN");
  gone->add_flag("--yes", options->yes, "Do not ask");
  AddImport(token, chosen, options);
}

}  // namespace vallum::cli
