// SPDX-License-Identifier: Apache-2.0
// vallum status; vallum module show | self-test (zeroise: zeroise_command.cc)
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

std::string Milliseconds(std::int64_t microseconds) {
  return fmt::format("{:.1f} ms", static_cast<double>(microseconds) / 1000);
}

std::string CertificateText(std::string_view certificate) {
  return certificate == "none" ? "none" : fmt::format("CMVP #{}", certificate);
}

Result<std::string> ProviderText(ObjectReader& module) {
  ObjectReader provider(TRY(module.Value("provider")));
  const auto name = TRY(provider.String("name"));
  const auto version = TRY(provider.String("version"));
  const auto certificate = TRY(provider.String("certificate"));
  return fmt::format("{} ({}), certificate: {}", name, version, CertificateText(certificate));
}

Result<std::string> ServicesText(ObjectReader& module) {
  ObjectReader services(TRY(module.Value("services")));
  return fmt::format("{} approved, {} not approved", TRY(services.Integer("approved")),
                     TRY(services.Integer("not_approved")));
}

// How many self-tests of how many passed.
Result<std::string> TestsText(JsonValue tests) {
  std::size_t passed = 0;
  const auto list = TRY(tests.AsArray());
  for (const JsonValue& test : list) {
    ObjectReader reader(test);
    if (TRY(reader.OptionalBool("passed")).value_or(false)) ++passed;
  }
  return fmt::format("{} of {} passed", passed, list.size());
}

Result<std::string> IntegrityText(ObjectReader& module) {
  ObjectReader integrity(TRY(module.Value("integrity")));
  if (!TRY(integrity.OptionalBool("sealed")).value_or(false)) {
    return std::string(
        "NOT SEALED: a build for tests, which checks nothing but the provider's file");
  }
  return fmt::format("{} files, {:.1f} MiB of loaded segments match their seal",
                     TRY(TRY(integrity.Value("objects")).AsArray()).size(),
                     static_cast<double>(TRY(integrity.Integer("bytes"))) / (1 << 20));
}

Result<std::string> EntropyText(ObjectReader& module) {
  ObjectReader entropy(TRY(module.Value("entropy")));
  const std::string failure(TRY(entropy.String("failure")));
  if (!failure.empty()) return "FAILED: " + failure;
  return fmt::format("{}; {}", TRY(entropy.String("source")), TRY(entropy.String("caveat")));
}

// "self_test_failed, KAT_KEM/KEM_Encap, 2026-11-20T10:00:00Z: what failed (the provider's own words)"
Result<std::string> CauseText(JsonValue value) {
  ObjectReader cause(value);
  std::string text(TRY(cause.String("code")));
  const auto test = TRY(cause.String("test"));
  if (!test.empty()) text += fmt::format(", {}", test);
  text += fmt::format(", {}: {}", TRY(cause.String("time")), TRY(cause.String("message")));
  const auto provider = TRY(cause.String("provider_error"));
  return provider.empty() ? text : fmt::format("{} ({})", text, provider);
}

Status AddErrors(JsonValue module, std::vector<Output::Row>& rows) {
  if (const auto cause = module.Find("cause")) {
    rows.emplace_back("first error", TRY(CauseText(*cause)));
  }
  ObjectReader reader(module);
  const std::int64_t soft_errors = TRY(reader.Integer("soft_errors"));
  if (const auto cause = module.Find("soft_cause")) {
    rows.emplace_back("passing errors",
                      fmt::format("{}, the last: {}", soft_errors, TRY(CauseText(*cause))));
  }
  if (const auto report = module.Find("last_zeroisation")) {
    ObjectReader zeroised(*report);
    rows.emplace_back("zeroised", fmt::format("{} objects at {}", TRY(zeroised.Integer("objects")),
                                              TRY(zeroised.String("finished"))));
  }
  return {};
}

Result<std::vector<Output::Row>> StatusRows(JsonValue root) {
  ObjectReader module(root);
  std::vector<Output::Row> rows;
  rows.emplace_back("state", TRY(module.String("state")));
  const std::string advice(TRY(module.String("advice")));
  if (!advice.empty()) rows.emplace_back("next", advice);
  TRY(AddErrors(root, rows));
  rows.emplace_back("policy", TRY(module.String("policy")));
  rows.emplace_back("module",
                    fmt::format("vallum {}, not validated", TRY(module.String("version"))));
  rows.emplace_back("provider", TRY(ProviderText(module)));
  rows.emplace_back("integrity", TRY(IntegrityText(module)));
  rows.emplace_back("entropy", TRY(EntropyText(module)));
  rows.emplace_back("self-tests", TRY(TestsText(TRY(module.Value("self_tests")))));
  rows.emplace_back("services", TRY(ServicesText(module)));
  rows.emplace_back("seal", TRY(module.String("seal")));
  const std::string risk(TRY(module.OptionalString("seal_risk")).value_or(""));
  if (!risk.empty()) rows.emplace_back("seal's risk", risk);
  rows.emplace_back("audit records", std::to_string(TRY(module.Integer("audit_size"))));
  return rows;
}

Status PrintTests(Output& out, JsonValue tests) {
  std::vector<std::vector<std::string>> rows;
  for (const JsonValue& test : TRY(tests.AsArray())) {
    ObjectReader reader(test);
    const bool passed = TRY(reader.OptionalBool("passed")).value_or(false);
    rows.push_back({std::string(TRY(reader.String("name"))), passed ? "passed" : "FAILED",
                    Milliseconds(TRY(reader.Integer("microseconds")))});
  }
  out.Line("");
  out.Table({"SELF-TEST", "RESULT", "TIME"}, std::move(rows));
  return {};
}

Status PrintFiles(Output& out, ObjectReader& module) {
  std::vector<std::vector<std::string>> rows;
  ObjectReader integrity(TRY(module.Value("integrity")));
  for (const JsonValue& file : TRY(TRY(integrity.Value("objects")).AsArray())) {
    ObjectReader reader(file);
    rows.push_back({std::string(TRY(reader.String("name"))),
                    std::string(TRY(reader.String("sha256"))),
                    std::string(TRY(reader.String("path")))});
  }
  out.Line("");
  out.Table({"FILE", "SHA-256", "LOADED FROM"}, std::move(rows));
  return {};
}

Status PrintConditionalTests(Output& out, ObjectReader& module) {
  std::vector<std::vector<std::string>> rows;
  for (const JsonValue& test : TRY(TRY(module.Value("conditional_tests")).AsArray())) {
    ObjectReader reader(test);
    rows.push_back({std::string(TRY(reader.String("name"))),
                    std::to_string(TRY(reader.Integer("passed"))),
                    std::to_string(TRY(reader.Integer("failed"))),
                    Milliseconds(TRY(reader.Integer("last_microseconds")))});
  }
  if (rows.empty()) return {};
  out.Line("");
  out.Table({"TEST OF NEW KEYS", "PASSED", "FAILED", "LAST"}, std::move(rows));
  return {};
}

// What the start took. The provider's load holds its own self-tests; entropy may run beside it.
Status PrintTiming(Output& out, ObjectReader& module) {
  ObjectReader integrity(TRY(module.Value("integrity")));
  ObjectReader entropy(TRY(module.Value("entropy")));
  out.Line("");
  out.Table({"START", "TIME"},
            {{"provider: load and self-tests",
              Milliseconds(TRY(module.Integer("provider_load_microseconds")))},
             {"integrity of the boundary", Milliseconds(TRY(integrity.Integer("microseconds")))},
             {"entropy start-up test", Milliseconds(TRY(entropy.Integer("start_up_microseconds")))},
             {"start, all in all", Milliseconds(TRY(module.Integer("start_microseconds")))}});
  return {};
}

enum class Detail { kStatus, kModule, kTiming };

Result<ExitCode> ShowModule(Context& context, Detail detail) {
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Get("/v1/module"));
  context.out().Json(reply.text());
  const JsonValue root = TRY(reply.Json());
  ObjectReader module(root);
  std::vector<Output::Row> rows = TRY(StatusRows(root));
  rows.insert(rows.begin(), {"server", TRY(context.profile())->server});
  const bool operational = TRY(module.String("state")) == "operational";
  context.out().Fields(rows);
  if (detail == Detail::kModule) TRY(PrintFiles(context.out(), module));
  if (detail == Detail::kTiming) TRY(PrintTiming(context.out(), module));
  if (detail != Detail::kStatus) {
    TRY(PrintTests(context.out(), TRY(module.Value("self_tests"))));
    TRY(PrintConditionalTests(context.out(), module));
  }
  return operational ? ExitCode::kOk : ExitCode::kNegative;
}

Result<ExitCode> RunSelfTest(Context& context) {
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/module/self-test", "{}"));
  context.out().Json(reply.text());
  ObjectReader result(TRY(reply.Json()));
  const bool passed = TRY(result.OptionalBool("passed")).value_or(false);
  const JsonValue tests = TRY(result.Value("self_tests"));
  const std::string summary = "self-tests: " + TRY(TestsText(tests));
  passed ? context.out().Good(summary) : context.out().Bad(summary);
  TRY(PrintTests(context.out(), tests));
  return passed ? ExitCode::kOk : ExitCode::kNegative;
}

}  // namespace

void AddStatusCommands(CLI::App& app, Verb& chosen) {
  app.add_subcommand("status", "What runs: module, provider, policy, seal, log")
      ->callback([&chosen] {
        chosen = [](Context& context) { return ShowModule(context, Detail::kStatus); };
      });
  CLI::App* module = app.add_subcommand("module", "The server's cryptographic module");
  module->require_subcommand(1);
  module->fallthrough();
  auto timing = std::make_shared<bool>(false);
  CLI::App* show = module->add_subcommand("show", "Files, hashes, certificate, every self-test");
  show->add_flag("--timing", *timing, "What the module's start took");
  show->callback([&chosen, timing] {
    chosen = [timing](Context& context) {
      return ShowModule(context, *timing ? Detail::kTiming : Detail::kModule);
    };
  });
  module->add_subcommand("self-test", "Run every self-test again, now")->callback([&chosen] {
    chosen = RunSelfTest;
  });
  AddZeroiseCommand(*module, chosen);
}

}  // namespace vallum::cli
