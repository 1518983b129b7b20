// SPDX-License-Identifier: Apache-2.0
// vallum-seal: writes, checks and shows the integrity manifest of a boundary.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "seal/report.h"

namespace {

using vallum::Result;
using vallum::Status;
namespace seal = vallum::seal;

constexpr const char* kDescription =
    "Seals the files of the cryptographic boundary: writes into libvallum.so what the loaded code "
    "of\n"
    "libvallum.so, libcrypto-vallum.so.3 and fips.so must be. The key is public: a seal detects\n"
    "modification, it does not say who made the files.";
constexpr const char* kFooter = "\nExit codes: 0 yes, 1 not as sealed or not sealable, 2 usage.";
constexpr int kNo = 1;
constexpr int kUsage = 2;

struct Options {
  std::vector<std::filesystem::path> files;
  std::filesystem::path profile;
  bool json = false;
};

CLI::App* AddVerb(CLI::App& app, const char* name, const char* what, Options& options) {
  CLI::App* verb = app.add_subcommand(name, what);
  verb->add_option("files", options.files, "libvallum.so, libcrypto-vallum.so.3, fips.so ...")
      ->required()
      ->type_name("FILE");
  return verb;
}

void AddProfile(CLI::App& verb, Options& options) {
  verb.add_option("--profile", options.profile,
                  "Profile of the first fips.so (default: fips-profile.toml beside it)")
      ->type_name("FILE");
}

Status Show(const seal::Boundary& boundary, bool json) {
  const std::string text = TRY(json ? seal::JsonReport(boundary) : seal::TextReport(boundary));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}

Status Run(const std::string& verb, const Options& options) {
  const seal::Boundary boundary = TRY(seal::ReadBoundary(options.files));
  if (verb == "show") return Show(boundary, options.json);
  const auto context = TRY(seal::LoadProviderOf(boundary, options.profile));
  return verb == "sign" ? seal::Sign(context, boundary) : seal::Verify(context, boundary);
}

int Report(const Status& done) {
  if (done) return 0;
  fmt::print(stderr, "vallum-seal: {}\n", done.error().message());
  return done.error().code() == vallum::Code::kInvalidArgument ? kUsage : kNo;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kDescription, "vallum-seal");
  Options options;
  app.require_subcommand(1);
  app.footer(kFooter);
  AddProfile(*AddVerb(app, "sign", "Write the manifest into libvallum.so", options), options);
  AddProfile(*AddVerb(app, "verify", "Check the files against the manifest", options), options);
  AddVerb(app, "show", "Print the manifest and what it covers", options)
      ->add_flag("--json", options.json, "One JSON document");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return Report(Run(app.get_subcommands().front()->get_name(), options));
}
