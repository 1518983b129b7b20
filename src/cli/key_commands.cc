// SPDX-License-Identifier: Apache-2.0
// vallum key create | import | list | show | rotate | state | public | wrap | destroy
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/key_view.h"
#include "cli/local_file.h"
#include "cli/progress.h"
#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kMaxWrappedSize = 64 << 10;
constexpr int kPageSize = 500;

// One set of options for the group; each verb declares those that it reads.
struct KeyOptions {
  std::string name;
  std::vector<std::string> names;  // of create
  std::string algorithm;
  std::vector<std::string> usages;
  std::vector<std::string> labels;
  bool extractable = false;
  std::string prefix;
  std::string state;
  std::int64_t version = 0;
  std::string with;
  std::string file;
  bool yes = false;
};
using Options = std::shared_ptr<KeyOptions>;

std::string KeyTarget(const std::string& name, std::string_view rest = "") {
  return fmt::format("/v1/keys/{}{}", PathSegment(name), rest);
}

Status WriteLabels(JsonWriter& writer, const std::vector<std::string>& labels) {
  if (labels.empty()) return {};
  writer.Name("labels").BeginObject();
  for (const std::string& label : labels) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidArgument(fmt::format("--label \"{}\" has no name; write NAME=VALUE", label));
    }
    writer.Name(label.substr(0, equals)).String(label.substr(equals + 1));
  }
  writer.EndObject();
  return {};
}

// The members that create and import share.
Status WriteNewKey(JsonWriter& writer, const std::string& name, const KeyOptions& options) {
  writer.Name("name").String(name);
  writer.Name("algorithm").String(options.algorithm);
  if (!options.usages.empty()) {
    writer.Name("usages").BeginArray();
    for (const std::string& usage : options.usages) writer.String(usage);
    writer.EndArray();
  }
  if (options.extractable) writer.Name("extractable").Bool(true);
  return WriteLabels(writer, options.labels);
}

// Prints a reply that is one key.
Result<ExitCode> PrintKeyReply(Context& context, Reply reply) {
  context.out().Json(reply.text());
  const JsonValue root = TRY(reply.Json());
  ObjectReader members(root);
  if (members.OptionalValue("fips")) {
    WarnIfNotApproved(context.out(), TRY(ReadApproval(members)));
  }
  PrintKey(context.out(), TRY(ReadKeyView(root)));
  return ExitCode::kOk;
}

// Prints a reply with several keys. The exit code is that of the first that failed.
Result<ExitCode> PrintKeyReplies(Context& context, Reply reply,
                                 const std::vector<std::string>& names) {
  context.out().Json(reply.text());
  ObjectReader members(TRY(reply.Json()));
  const auto items = TRY(TRY(members.Value("items")).AsArray());
  if (items.size() != names.size()) return Internal("the server answered for other keys");
  std::vector<KeyView> made;
  ExitCode code = ExitCode::kOk;
  for (std::size_t i = 0; i < items.size(); ++i) {
    ObjectReader item(items[i]);
    if (const auto failure = remote::ItemFailure(item)) {
      context.out().Warning(fmt::format("{}: {}", names[i], failure->message()));
      if (code == ExitCode::kOk) code = ExitCodeOf(failure->code());
      continue;
    }
    WarnIfNotApproved(context.out(), TRY(ReadApproval(item)));
    made.push_back(TRY(ReadKeyView(items[i])));
  }
  if (!made.empty()) PrintKeys(context.out(), made);
  return code;
}

Result<ExitCode> CreateKey(Context& context, const KeyOptions& options) {
  const bool several = options.names.size() > 1;
  std::string body;
  JsonWriter writer(body);
  if (several) writer.BeginObject().Name("items").BeginArray();
  for (const std::string& name : options.names) {
    writer.BeginObject();
    TRY(WriteNewKey(writer, name, options));
    writer.EndObject();
  }
  if (several) writer.EndArray().EndObject();
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/keys", body));
  return several ? PrintKeyReplies(context, std::move(reply), options.names)
                 : PrintKeyReply(context, std::move(reply));
}

Result<ExitCode> ImportKey(Context& context, const KeyOptions& options) {
  const Bytes wrapped = TRY(ReadInputFile(options.file, kMaxWrappedSize));
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject();
  TRY(WriteNewKey(writer, options.name, options));
  writer.Name("wrapped").Base64(wrapped);
  if (options.version != 0) writer.Name("version").Integer(options.version);
  writer.EndObject();
  Connection* server = TRY(context.server());
  return PrintKeyReply(context, TRY(server->Post(KeyTarget(options.with, "/unwrap"), body)));
}

Result<ExitCode> WrapKey(Context& context, const KeyOptions& options) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Name("key").String(options.name);
  if (options.version != 0) writer.Name("key_version").Integer(options.version);
  writer.EndObject();
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post(KeyTarget(options.with, "/wrap"), body));
  context.out().Json(reply.text());
  ObjectReader members(TRY(reply.Json()));
  const Bytes wrapped = TRY(members.Base64("wrapped"));
  WarnIfNotApproved(context.out(), TRY(ReadApproval(members)));
  TRY(WriteOutputFile(options.file, wrapped, 0600));
  context.out().Good(fmt::format("wrapped {} under {}: {} ({})", options.name, options.with,
                                 options.file, FormatBytes(wrapped.size())));
  return ExitCode::kOk;
}

struct KeyList {
  std::string json;  ///< the members of the array `keys`, with commas
  std::vector<KeyView> keys;
};

Status AddPage(KeyList& list, std::string& after, Reply& page) {
  const JsonValue root = TRY(page.Json());
  ObjectReader members(root);
  const JsonValue keys = TRY(members.Value("keys"));
  for (const JsonValue& key : TRY(keys.AsArray())) list.keys.push_back(TRY(ReadKeyView(key)));
  after = TRY(members.String("next"));
  return {};
}

// The array's own text, as the server wrote it: its layout is canonical.
Result<std::string> ArrayText(std::string_view page) {
  constexpr std::string_view kStart = "{\"keys\":[";
  const std::size_t end = page.rfind("],\"next\":");
  if (!page.starts_with(kStart) || end == std::string_view::npos) {
    return Error(Code::kNetwork,
                 "the server's list of keys is not laid out as expected; use a vallum "
                 "of the server's version");
  }
  return std::string(page.substr(kStart.size(), end - kStart.size()));
}

Result<ExitCode> ListKeys(Context& context, const KeyOptions& options) {
  Connection* server = TRY(context.server());
  KeyList list;
  std::string after;
  do {
    Reply page =
        TRY(server->Get(fmt::format("/v1/keys?prefix={}&after={}&limit={}",
                                    PathSegment(options.prefix), PathSegment(after), kPageSize)));
    const std::string text = TRY(ArrayText(page.text()));
    if (!list.json.empty() && !text.empty()) list.json += ',';
    list.json += text;
    TRY(AddPage(list, after, page));
  } while (!after.empty());
  context.out().Json("{\"keys\":[" + list.json + "]}");
  if (list.keys.empty())
    context.out().Line("no keys; `vallum key create NAME --alg ec-p256` makes one");
  if (!list.keys.empty()) PrintKeys(context.out(), list.keys);
  return ExitCode::kOk;
}

Result<ExitCode> ShowKey(Context& context, const KeyOptions& options) {
  Connection* server = TRY(context.server());
  return PrintKeyReply(context, TRY(server->Get(KeyTarget(options.name))));
}

Result<ExitCode> RotateKey(Context& context, const KeyOptions& options) {
  Connection* server = TRY(context.server());
  return PrintKeyReply(context, TRY(server->Post(KeyTarget(options.name, "/rotate"), "{}")));
}

Result<Reply> PostState(Context& context, const std::string& name, std::int64_t version,
                        std::string_view state) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Name("version").Integer(version).Name("state").String(state).EndObject();
  Connection* server = TRY(context.server());
  return server->Post(KeyTarget(name, "/state"), body);
}

Result<ExitCode> SetState(Context& context, const KeyOptions& options) {
  return PrintKeyReply(context,
                       TRY(PostState(context, options.name, options.version, options.state)));
}

Result<ExitCode> ExportPublic(Context& context, const KeyOptions& options) {
  Connection* server = TRY(context.server());
  const std::string query =
      options.version == 0 ? "/public" : fmt::format("/public?version={}", options.version);
  Reply reply = TRY(server->Get(KeyTarget(options.name, query)));
  context.out().Json(reply.text());
  ObjectReader members(TRY(reply.Json()));
  const std::string_view pem = TRY(members.String("pem"));
  if (options.file.empty()) {
    context.out().Line(pem.ends_with('\n') ? pem.substr(0, pem.size() - 1) : pem);
    return ExitCode::kOk;
  }
  TRY(WriteOutputFile(options.file, AsBytes(pem), 0666));
  context.out().Good(fmt::format("public key of {}, {}: {}", options.name,
                                 TRY(members.String("algorithm")), options.file));
  return ExitCode::kOk;
}

// Destroying cannot be taken back: a person types the name, a script says --yes.
Status ConfirmDestroy(const KeyOptions& options) {
  if (options.yes) return {};
  if (::isatty(STDIN_FILENO) == 0) {
    return InvalidArgument("destroying a key cannot be undone; add --yes to say that it is meant");
  }
  fmt::print(stderr, "What {} protects becomes unreadable for ever. Type its name to go on: ",
             options.name);
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == options.name) return {};
  return InvalidArgument("that is not the name; nothing was destroyed");
}

// The state that ends a version: a compromised one stays marked as such.
std::string_view EndOf(std::string_view state) {
  if (state.starts_with("destroyed")) return "";
  return state == "compromised" ? "destroyed-compromised" : "destroyed";
}

Result<ExitCode> DestroyKey(Context& context, const KeyOptions& options) {
  TRY(ConfirmDestroy(options));
  Connection* server = TRY(context.server());
  Reply found = TRY(server->Get(KeyTarget(options.name)));
  const KeyView key = TRY(ReadKeyView(TRY(found.Json())));
  std::size_t destroyed = 0;
  for (const KeyVersionView& version : key.versions) {
    if (options.version != 0 && version.version != options.version) continue;
    const std::string_view end = EndOf(version.state);
    if (end.empty()) continue;
    TRY(PostState(context, key.name, version.version, end));
    ++destroyed;
  }
  if (destroyed == 0) return NotFound("no such version is left to destroy; see `vallum key show`");
  context.out().Json(fmt::format("{{\"destroyed\":{}}}", destroyed));
  context.out().Good(fmt::format("destroyed {} version(s) of {}", destroyed, key.name));
  return ExitCode::kOk;
}

using KeyVerb = Result<ExitCode> (*)(Context&, const KeyOptions&);

CLI::App* AddVerb(CLI::App* group, Verb& chosen, const Options& options, const char* name,
                  const char* description, KeyVerb run) {
  CLI::App* verb = group->add_subcommand(name, description);
  verb->fallthrough();
  verb->callback([&chosen, options, run] {
    chosen = [options, run](Context& context) { return run(context, *options); };
  });
  return verb;
}

void AddName(CLI::App* verb, const Options& options) {
  verb->add_option("NAME", options->name, "The key's name")->required();
}

void AddNewKeyOptions(CLI::App* verb, const Options& options) {
  verb->add_option("--alg", options->algorithm, "ec-p256, ml-dsa-65, aes-256-gcm, ...")->required();
  verb->add_option("--usage", options->usages, "What it may do; all that the algorithm can")
      ->delimiter(',');
  verb->add_flag("--extractable", options->extractable, "It may leave, wrapped under another key");
  verb->add_option("--label", options->labels, "NAME=VALUE, repeatable");
}

void AddVersion(CLI::App* verb, const Options& options, const char* description) {
  verb->add_option("--version", options->version, description)->check(CLI::PositiveNumber);
}

void AddMakingVerbs(CLI::App* key, Verb& chosen, const Options& options) {
  auto* create = AddVerb(key, chosen, options, "create", "Make keys in the module", CreateKey);
  create->add_option("NAME", options->names, "Names of up to 256 keys")
      ->required()
      ->expected(1, 256);
  AddNewKeyOptions(create, options);
  auto* import = AddVerb(key, chosen, options, "import", "Enter a key that is wrapped", ImportKey);
  AddName(import, options);
  AddNewKeyOptions(import, options);
  import->add_option("--wrapped", options->file, "AES-KWP of the key")->required();
  import->add_option("--with", options->with, "The aes-256-kwp key to unwrap with")->required();
  AddVersion(import, options, "Version of the wrapping key; its primary one");
  auto* wrap = AddVerb(key, chosen, options, "wrap", "Export a key, wrapped", WrapKey);
  AddName(wrap, options);
  wrap->add_option("--with", options->with, "The aes-256-kwp key to wrap with")->required();
  wrap->add_option("--out", options->file, "Where to write it")->required();
  AddVersion(wrap, options, "Version of the key to wrap; its primary one");
}

void AddShowingVerbs(CLI::App* key, Verb& chosen, const Options& options) {
  auto* list = AddVerb(key, chosen, options, "list", "The keys that you may see", ListKeys);
  list->add_option("--prefix", options->prefix, "Only names that start so");
  AddName(AddVerb(key, chosen, options, "show", "One key with its versions", ShowKey), options);
  auto* exported = AddVerb(key, chosen, options, "public", "The public key as PEM", ExportPublic);
  AddName(exported, options);
  AddVersion(exported, options, "Which version; the primary one");
  exported->add_option("--out", options->file, "Where to write it; standard output");
}

void AddChangingVerbs(CLI::App* key, Verb& chosen, const Options& options) {
  AddName(AddVerb(key, chosen, options, "rotate", "Make a new primary version", RotateKey),
          options);
  auto* state = AddVerb(key, chosen, options, "state", "Change a version's state", SetState);
  AddName(state, options);
  AddVersion(state, options, "Which version");
  state->get_option("--version")->required();
  state->add_option("--set", options->state, "active, suspended, deactivated, compromised, ...")
      ->required();
  auto* destroy = AddVerb(key, chosen, options, "destroy", "Destroy key material", DestroyKey);
  AddName(destroy, options);
  AddVersion(destroy, options, "Only this version; all");
  destroy->add_flag("--yes", options->yes, "Do not ask");
}

}  // namespace

void AddKeyCommands(CLI::App& app, Verb& chosen) {
  CLI::App* key = app.add_subcommand("key", "Make, show, rotate, export and destroy keys");
  key->require_subcommand(1);
  key->fallthrough();
  auto options = std::make_shared<KeyOptions>();
  AddMakingVerbs(key, chosen, options);
  AddShowingVerbs(key, chosen, options);
  AddChangingVerbs(key, chosen, options);
}

}  // namespace vallum::cli
