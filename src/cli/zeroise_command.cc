// SPDX-License-Identifier: Apache-2.0
// vallum module zeroise
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"

namespace vallum::cli {
namespace {

// A person names the server, a script says --yes.
Status Confirm(const std::string& server, bool yes) {
  if (yes) return {};
  if (::isatty(STDIN_FILENO) == 0) {
    return InvalidArgument(
        "zeroising takes the server out of service; add --yes to say that it is meant");
  }
  fmt::print(stderr,
             "Every key in the memory of {0} is wiped, and it serves nobody until it is started "
             "again.\nType {0} to go on: ",
             server);
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == server) return {};
  return InvalidArgument("that is not the server; nothing was zeroised");
}

Result<std::string> VerifiedText(ObjectReader& report) {
  if (TRY(report.OptionalBool("verified")).value_or(false)) {
    return std::string("yes: every block read back as zero");
  }
  const std::int64_t lent = TRY(report.Integer("lent"));
  if (lent == 0) return std::string("NO");
  return fmt::format("all but {} that TLS still holds; wiped when the server stops", lent);
}

Result<ExitCode> ZeroiseModule(Context& context, bool yes) {
  const Profile* profile = TRY(context.profile());
  TRY(Confirm(profile->server, yes));
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/module/zeroise", R"({"what":"all"})"));
  context.out().Json(reply.text());
  ObjectReader done(TRY(reply.Json()));
  ObjectReader report(TRY(done.Value("report")));
  context.out().Good(fmt::format("zeroised: {} objects, {} bytes", TRY(report.Integer("objects")),
                                 TRY(report.Integer("bytes"))));
  const bool recorded = TRY(done.OptionalBool("recorded")).value_or(false);
  context.out().Fields(
      {{"server", profile->server},
       {"verified", TRY(VerifiedText(report))},
       {"started", std::string(TRY(report.String("started")))},
       {"finished", std::string(TRY(report.String("finished")))},
       {"audit log", recorded ? "signed before"
                              : "NOT SIGNED: it cannot be written, or its key was wiped before"},
       {"state", std::string(TRY(done.String("state")))},
       {"next", std::string(TRY(done.String("next")))}});
  return ExitCode::kOk;
}

}  // namespace

void AddZeroiseCommand(CLI::App& module, Verb& chosen) {
  auto yes = std::make_shared<bool>(false);
  CLI::App* zeroise =
      module.add_subcommand("zeroise", "Wipe every key in the server's memory, now");
  zeroise->add_flag("--yes", *yes, "Do not ask");
  zeroise->callback([&chosen, yes] {
    chosen = [yes](Context& context) { return ZeroiseModule(context, *yes); };
  });
}

}  // namespace vallum::cli
