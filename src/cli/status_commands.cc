// SPDX-License-Identifier: Apache-2.0
// vallum status; vallum module show | self-test
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

Result<std::vector<Output::Row>> StatusRows(ObjectReader& module) {
  std::vector<Output::Row> rows;
  rows.emplace_back("state", TRY(module.String("state")));
  const std::string first_error(TRY(module.OptionalString("first_error")).value_or(""));
  if (!first_error.empty()) rows.emplace_back("first error", first_error);
  rows.emplace_back("policy", TRY(module.String("policy")));
  rows.emplace_back("module",
                    fmt::format("vallum {}, not validated", TRY(module.String("version"))));
  rows.emplace_back("provider", TRY(ProviderText(module)));
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

enum class Detail : bool { kShort, kLong };

Result<ExitCode> ShowModule(Context& context, Detail detail) {
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Get("/v1/module"));
  context.out().Json(reply.text());
  ObjectReader module(TRY(reply.Json()));
  std::vector<Output::Row> rows = TRY(StatusRows(module));
  rows.insert(rows.begin(), {"server", TRY(context.profile())->server});
  const bool operational = TRY(module.String("state")) == "operational";
  context.out().Fields(rows);
  if (detail == Detail::kLong) TRY(PrintTests(context.out(), TRY(module.Value("self_tests"))));
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
        chosen = [](Context& context) { return ShowModule(context, Detail::kShort); };
      });
  CLI::App* module = app.add_subcommand("module", "The server's cryptographic module");
  module->require_subcommand(1);
  module->fallthrough();
  module->add_subcommand("show", "Status with every self-test")->callback([&chosen] {
    chosen = [](Context& context) { return ShowModule(context, Detail::kLong); };
  });
  module->add_subcommand("self-test", "Run every self-test again, now")->callback([&chosen] {
    chosen = RunSelfTest;
  });
}

}  // namespace vallum::cli
