// SPDX-License-Identifier: Apache-2.0
// vallum sign | verify
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/file_signature.h"
#include "cli/local_file.h"
#include "cli/progress.h"
#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kMaxSignatureSize = 64 << 10;

struct SignatureOptions {
  std::string name;
  std::string input;
  std::string signature;
  std::string scheme;
  std::int64_t version = 0;
};

struct Prepared {
  std::string scheme;
  std::string digest_name;
  FileDigest file;
};

// The recommended scheme of the key's algorithm. Whoever may use a key need not be allowed to see
// its metadata: then the scheme must be given.
Result<std::string> SchemeOf(Context& context, const SignatureOptions& options) {
  if (!options.scheme.empty())
    return std::string(module::Name(TRY(module::ParseScheme(options.scheme))));
  Connection* server = TRY(context.server());
  auto reply = server->Get("/v1/keys/" + PathSegment(options.name));
  if (!reply && reply.error().code() == Code::kPermissionDenied) {
    return Error(Code::kPermissionDenied,
                 reply.error().message() + "; give --scheme to go without");
  }
  if (!reply) return std::move(reply).error();
  ObjectReader key(TRY(reply->Json()));
  const std::string_view name = TRY(key.String("algorithm"));
  const auto schemes =
      module::SchemesOf(TRY(module::ParseAlgorithm(name)), module::Operation::kSign);
  if (schemes.empty()) {
    return Error(Code::kKeyUsage,
                 fmt::format("{} is an {} key and cannot sign; make one with --alg ec-p384",
                             options.name, name));
  }
  return std::string(module::Name(schemes.front()));
}

Result<Prepared> Prepare(Context& context, const SignatureOptions& options) {
  const FileDescriptor input = TRY(OpenInput(options.input));
  Prepared prepared;
  prepared.scheme = TRY(SchemeOf(context, options));
  const module::DigestAlgorithm digest = DigestOf(prepared.scheme);
  prepared.digest_name = DigestName(digest);
  Progress progress(context.out().progress() ? Progress::Show::kYes : Progress::Show::kNo,
                    "hashing", SizeOf(input));
  prepared.file = TRY(HashFile(*TRY(context.module()), digest, input.get(),
                               [&](std::uint64_t done) { progress.Update(done); }));
  return prepared;
}

// The members of the request that say what is signed and how.
void WriteSubject(JsonWriter& writer, const Prepared& prepared, const SignatureOptions& options) {
  if (SignsStatement(prepared.scheme)) {
    writer.Name("message").Base64(AsBytes(FileStatement(prepared.file.digest)));
  } else {
    writer.Name("digest").Base64(prepared.file.digest);
  }
  writer.Name("scheme").String(prepared.scheme);
  if (options.version != 0) writer.Name("version").Integer(options.version);
}

// The same members of what sign and verify print for machines.
void WriteSummary(JsonWriter& writer, const Prepared& prepared, const SignatureOptions& options) {
  writer.Name("key").String(options.name).Name("scheme").String(prepared.scheme);
  writer.Name("signed").String(SignsStatement(prepared.scheme) ? "statement" : "digest");
  writer.Name("digest").String(prepared.digest_name + ":" + ToHex(prepared.file.digest));
  writer.Name("bytes").Integer(static_cast<std::int64_t>(prepared.file.size));
}

std::string Subject(const Prepared& prepared, const SignatureOptions& options) {
  return fmt::format("{} ({})", options.input, FormatBytes(prepared.file.size));
}

void ExplainStatement(Output& out, const Prepared& prepared) {
  if (!SignsStatement(prepared.scheme)) return;
  out.Line("  over the statement \"vallum-file-digest-v1\" with the file's SHA-512");
}

Result<ExitCode> Sign(Context& context, const SignatureOptions& options) {
  const Prepared prepared = TRY(Prepare(context, options));
  std::string body;
  JsonWriter request(body);
  request.BeginObject();
  WriteSubject(request, prepared, options);
  request.EndObject();
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/keys/" + PathSegment(options.name) + "/sign", body));
  ObjectReader members(TRY(reply.Json()));
  const Bytes signature = TRY(members.Base64("signature"));
  const std::int64_t version = TRY(members.Integer("version"));
  const ServiceApproval approval = TRY(ReadApproval(members));
  TRY(WriteOutputFile(options.signature, signature, 0666));

  WarnIfNotApproved(context.out(), approval);
  context.out().Good(fmt::format("signed {} with {} version {}, {}: {} ({})",
                                 Subject(prepared, options), options.name, version, prepared.scheme,
                                 options.signature, FormatBytes(signature.size())));
  ExplainStatement(context.out(), prepared);
  std::string document;
  JsonWriter writer(document);
  writer.BeginObject();
  WriteSummary(writer, prepared, options);
  writer.Name("version").Integer(version).Name("signature").Base64(signature);
  WriteApproval(writer, approval);
  writer.EndObject();
  context.out().Json(document);
  return ExitCode::kOk;
}

Result<ExitCode> Verify(Context& context, const SignatureOptions& options) {
  const Bytes signature = TRY(ReadInputFile(options.signature, kMaxSignatureSize));
  const Prepared prepared = TRY(Prepare(context, options));
  std::string body;
  JsonWriter request(body);
  request.BeginObject();
  WriteSubject(request, prepared, options);
  request.Name("signature").Base64(signature).EndObject();
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/keys/" + PathSegment(options.name) + "/verify", body));
  ObjectReader members(TRY(reply.Json()));
  const bool valid = TRY(members.OptionalBool("valid")).value_or(false);
  const ServiceApproval approval = TRY(ReadApproval(members));

  WarnIfNotApproved(context.out(), approval);
  const std::string what =
      fmt::format("{}, {} with {}", Subject(prepared, options), prepared.scheme, options.name);
  valid ? context.out().Good("the signature is right: " + what)
        : context.out().Bad("the signature is WRONG: " + what);
  ExplainStatement(context.out(), prepared);
  std::string document;
  JsonWriter writer(document);
  writer.BeginObject().Name("valid").Bool(valid);
  WriteSummary(writer, prepared, options);
  WriteApproval(writer, approval);
  writer.EndObject();
  context.out().Json(document);
  return valid ? ExitCode::kOk : ExitCode::kNegative;
}

void AddCommon(CLI::App* verb, const std::shared_ptr<SignatureOptions>& options) {
  verb->fallthrough();
  verb->add_option("NAME", options->name, "The key's name")->required();
  verb->add_option("--in", options->input, "The file")->required();
  verb->add_option("--scheme", options->scheme,
                   "ecdsa-sha384, rsa-pss-sha256, ...; the key's first");
  verb->add_option("--version", options->version, "Version of the key; its primary one")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void AddSignatureCommands(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<SignatureOptions>();
  CLI::App* sign = app.add_subcommand("sign", "Sign a file of any size");
  AddCommon(sign, options);
  sign->add_option("--out", options->signature, "Where to write the signature")->required();
  sign->callback([&chosen, options] {
    chosen = [options](Context& context) { return Sign(context, *options); };
  });
  CLI::App* verify = app.add_subcommand("verify", "Verify a file's signature");
  AddCommon(verify, options);
  verify->add_option("--sig", options->signature, "The signature")->required();
  verify->callback([&chosen, options] {
    chosen = [options](Context& context) { return Verify(context, *options); };
  });
}

}  // namespace vallum::cli
