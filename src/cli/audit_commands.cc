// SPDX-License-Identifier: Apache-2.0
// vallum audit show | verify | export | key
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "audit/record.h"
#include "base/file.h"
#include "cli/audit_tiles.h"
#include "cli/audit_verifier.h"
#include "cli/commands.h"
#include "cli/local_file.h"
#include "cli/progress.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kMaxKeyFile = 4096;
constexpr std::uint64_t kDefaultLast = 20;

struct AuditOptions {
  std::uint64_t last = kDefaultLast;
  std::string folder;
  std::string key;
  std::string output;
};

std::string AuditTarget(std::string_view path) { return fmt::format("/v1/audit/{}", path); }

std::string WithoutLineFeed(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

Result<std::string> FetchText(Context& context, std::string_view path) {
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Get(AuditTarget(path)));
  return std::string(reply.text());
}

struct Entries {
  std::uint64_t first = 0;
  std::vector<std::string> texts;
};

Result<Entries> FetchLast(Context& context, std::uint64_t last) {
  const std::uint64_t size = TRY(CheckpointSize(TRY(FetchText(context, "checkpoint"))));
  Entries entries;
  entries.first = size - std::min(size, last);
  std::uint64_t index = entries.first / kAuditTileWidth * kAuditTileWidth;
  for (const AuditTile& bundle : EntryBundles(entries.first, size)) {
    Connection* server = TRY(context.server());
    Reply reply = TRY(server->Get(AuditTarget(bundle.target)));
    for (std::string& text : TRY(SplitEntries(reply.bytes()))) {
      if (index++ >= entries.first) entries.texts.push_back(std::move(text));
    }
  }
  return entries;
}

// "orders v2", or nothing where no key was concerned.
std::string KeyText(const audit::Record& record) {
  if (record.key_version == 0) return record.key_name;
  return fmt::format("{} v{}", record.key_name, record.key_version);
}

Result<ExitCode> ShowAudit(Context& context, const AuditOptions& options) {
  const Entries entries = TRY(FetchLast(context, options.last));
  std::vector<std::vector<std::string>> rows;
  std::uint64_t index = entries.first;
  for (const std::string& text : entries.texts) {
    const audit::Record record = TRY(audit::Decode(text));
    rows.push_back({std::to_string(index++), FormatTime(record.time).substr(0, 19),
                    record.principal, record.operation, KeyText(record), record.outcome,
                    record.approval});
  }
  context.out().Table({"INDEX", "TIME (UTC)", "WHO", "WHAT", "KEY", "OUTCOME", "SERVICE"},
                      std::move(rows));
  context.out().Json(fmt::format("{{\"first\":{},\"entries\":[{}]}}", entries.first,
                                 fmt::join(entries.texts, ",")));
  return ExitCode::kOk;
}

Result<ExitCode> ShowVerifierKey(Context& context, const AuditOptions& options) {
  const std::string key = WithoutLineFeed(TRY(FetchText(context, "verifier-key")));
  std::string document;
  JsonWriter(document).BeginObject().Name("verifier_key").String(key).EndObject();
  context.out().Json(document);
  if (options.output.empty()) {
    context.out().Line(key);
    return ExitCode::kOk;
  }
  TRY(WriteOutputFile(options.output, AsBytes(key + "\n"), 0666));
  context.out().Good("the log's verifier key: " + options.output);
  return ExitCode::kOk;
}

// A key is given as a file or as its own text ("name+hash+base64"); without one the profile's server
// is asked.
Result<std::string> VerifierKey(Context& context, const std::string& key) {
  if (key.empty()) return WithoutLineFeed(TRY(FetchText(context, "verifier-key")));
  std::error_code ignored;
  if (!std::filesystem::exists(key, ignored) && key.find('+') != std::string::npos) return key;
  return WithoutLineFeed(std::string(AsText(TRY(ReadInputFile(key, kMaxKeyFile)))));
}

Result<ExitCode> ReportAltered(Output& out, const Error& error) {
  out.Bad("the log is not intact: " + error.message());
  std::string document;
  JsonWriter writer(document);
  writer.BeginObject()
      .Name("intact")
      .Bool(false)
      .Name("finding")
      .String(error.message())
      .EndObject();
  out.Json(document);
  return ExitCode::kNegative;
}

ExitCode ReportIntact(Output& out, const audit::VerifyReport& report) {
  out.Good(fmt::format("the log is intact: {} entries of {}, signed; root {}", report.size,
                       report.origin, report.root_hash));
  if (report.unsigned_tail > 0) {
    out.Line(fmt::format("  {} more entries wait for the next checkpoint", report.unsigned_tail));
  }
  std::string document;
  JsonWriter writer(document);
  writer.BeginObject().Name("intact").Bool(true).Name("origin").String(report.origin);
  writer.Name("entries").Integer(static_cast<std::int64_t>(report.size));
  writer.Name("unsigned_tail").Integer(static_cast<std::int64_t>(report.unsigned_tail));
  writer.Name("root").String(report.root_hash).EndObject();
  out.Json(document);
  return ExitCode::kOk;
}

Result<ExitCode> VerifyAudit(Context& context, const AuditOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(options.folder, ignored)) {
    return Storage(options.folder + " is no folder; give that of the log or of an export");
  }
  const std::string key = TRY(VerifierKey(context, options.key));
  module::Module* module = TRY(context.module());
  Result<audit::VerifyReport> report = Internal("not run");
  {
    const auto show = context.out().progress() ? Progress::Show::kYes : Progress::Show::kNo;
    Progress progress(show, "verifying", std::nullopt, Unit::kItems);
    report = audit::VerifyLog(
        options.folder, key, MakeVerifyCrypto(*module),
        [&](std::uint64_t done, std::uint64_t total) { progress.Update(done, total); });
  }
  if (report) return ReportIntact(context.out(), *report);
  if (ExitCodeOf(report.error().code()) == ExitCode::kNegative) {
    return ReportAltered(context.out(), report.error());
  }
  if (report.error().code() == Code::kNotFound) return LocalFileError(std::move(report).error());
  return std::move(report).error();
}

Status SaveTile(Connection& server, const AuditTile& tile, const std::filesystem::path& folder) {
  Reply reply = TRY(server.Get(AuditTarget(tile.target)));
  const std::filesystem::path file = folder / tile.file;
  auto created = CreatePrivateDirectories(file.parent_path());
  if (!created) return LocalFileError(std::move(created).error());
  return WriteOutputFile(file, reply.bytes(), 0600);
}

// The checkpoint comes first from the server and last into the folder: what it speaks for is there.
Result<ExitCode> ExportAudit(Context& context, const AuditOptions& options) {
  const std::filesystem::path folder = options.output;
  std::error_code ignored;
  if (std::filesystem::exists(folder / "checkpoint", ignored)) {
    return AlreadyExists(options.output + " holds a log already; give another folder to --out");
  }
  const std::string checkpoint = TRY(FetchText(context, "checkpoint"));
  const std::uint64_t size = TRY(CheckpointSize(checkpoint));
  std::vector<AuditTile> tiles = EntryBundles(0, size);
  const std::vector<AuditTile> hashes = HashTiles(size);
  tiles.insert(tiles.end(), hashes.begin(), hashes.end());
  const auto show = context.out().progress() ? Progress::Show::kYes : Progress::Show::kNo;
  {
    Progress progress(show, "exporting", tiles.size(), Unit::kItems);
    std::uint64_t done = 0;
    Connection* server = TRY(context.server());
    auto created = CreatePrivateDirectories(folder);
    if (!created) return LocalFileError(std::move(created).error());
    for (const AuditTile& tile : tiles) {
      TRY(SaveTile(*server, tile, folder));
      progress.Update(++done);
    }
  }
  TRY(WriteOutputFile(folder / "checkpoint", AsBytes(checkpoint), 0600));
  context.out().Good(fmt::format("exported {} entries: {}", size, options.output));
  context.out().Json(fmt::format("{{\"entries\":{}}}", size));
  return ExitCode::kOk;
}

using Options = std::shared_ptr<AuditOptions>;
using AuditVerb = Result<ExitCode> (*)(Context&, const AuditOptions&);

CLI::App* AddVerb(CLI::App* group, Verb& chosen, const Options& options, const char* name,
                  const char* description, AuditVerb run) {
  CLI::App* verb = group->add_subcommand(name, description);
  verb->fallthrough();
  verb->callback([&chosen, options, run] {
    chosen = [options, run](Context& context) { return run(context, *options); };
  });
  return verb;
}

}  // namespace

void AddAuditCommands(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<AuditOptions>();
  CLI::App* audit = app.add_subcommand("audit", "The tamper-evident log");
  audit->require_subcommand(1);
  audit->fallthrough();
  auto* show = AddVerb(audit, chosen, options, "show", "The last records", ShowAudit);
  show->add_option("--last", options->last, "How many")->capture_default_str();
  auto* verify =
      AddVerb(audit, chosen, options, "verify", "Check a whole log offline", VerifyAudit);
  verify->add_option("FOLDER", options->folder, "The log, or an export of it")->required();
  verify->add_option("--key", options->key,
                     "Verifier key, or its file; the profile's server is asked");
  auto* exported =
      AddVerb(audit, chosen, options, "export", "Copy the log from the server", ExportAudit);
  exported->add_option("--out", options->output, "A new folder")->required();
  auto* key =
      AddVerb(audit, chosen, options, "key", "The key that checks the log", ShowVerifierKey);
  key->add_option("--out", options->output, "Where to write it; standard output");
}

}  // namespace vallum::cli
