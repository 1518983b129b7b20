// SPDX-License-Identifier: Apache-2.0
// vallum random N
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

constexpr std::int64_t kMaxRandomBytes = 65536;

Result<ExitCode> PrintRandom(Context& context, std::int64_t count) {
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/random", fmt::format("{{\"bytes\":{}}}", count)));
  context.out().Json(reply.text());
  ObjectReader members(TRY(reply.Json()));
  const SecretBytes random = TRY(members.SecretBase64("random"));
  WarnIfNotApproved(context.out(), TRY(ReadApproval(members)));
  context.out().Line(ToHex(random.span()));
  return ExitCode::kOk;
}

}  // namespace

void AddRandomCommand(CLI::App& app, Verb& chosen) {
  auto count = std::make_shared<std::int64_t>(32);
  CLI::App* verb = app.add_subcommand("random", "Random bytes from the approved generator, in hex");
  verb->add_option("BYTES", *count, "How many")
      ->check(CLI::Range(std::int64_t{1}, kMaxRandomBytes))
      ->capture_default_str();
  verb->callback([&chosen, count] {
    chosen = [count](Context& context) { return PrintRandom(context, *count); };
  });
}

}  // namespace vallum::cli
