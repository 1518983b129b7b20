// SPDX-License-Identifier: Apache-2.0
// vallum encrypt | decrypt: the data key comes from the server, the file never leaves the machine.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>

#include "cli/commands.h"
#include "cli/envelope.h"
#include "cli/envelope_stream.h"
#include "cli/progress.h"
#include "cli/reply_fields.h"

namespace vallum::cli {
namespace {

constexpr std::uint64_t kMaxChunks = 1ULL << 32;  // SP 800-38D, 8.3, for random IVs

struct EnvelopeOptions {
  std::string name;
  std::string input;
  std::string output;
};

struct Finished {
  std::string key;
  std::int64_t version = 0;
  EnvelopeTotals totals;
  double seconds = 0;
  ServiceApproval approval;
};

Status RefuseSameFile(const EnvelopeOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::equivalent(options.input, options.output, ignored)) return {};
  return InvalidArgument("--in and --out are the same file; give the output another name");
}

Result<module::KeyRef> EnterDataKey(module::Module& module, const SecretBytes& material) {
  const module::KeySpec spec{.algorithm = module::Algorithm::kAes256Gcm,
                             .usages = module::Usage::kEncrypt | module::Usage::kDecrypt};
  module::KeyRef key = TRY(module.EnterKey(spec, material)).value;
  TRY(module.GrantInvocations(*key, 0, kMaxChunks));
  return key;
}

struct SealingKey {
  module::KeyRef key;
  Bytes wrapped;
  std::int64_t version = 0;
  ServiceApproval approval;
};

Result<SealingKey> FetchDataKey(Context& context, const std::string& name) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Name("aad").Base64(AsBytes(kEnvelopeDataKeyAad)).EndObject();
  Connection* server = TRY(context.server());
  Reply reply = TRY(server->Post("/v1/keys/" + PathSegment(name) + "/data-key", body));
  ObjectReader members(TRY(reply.Json()));
  const SecretBytes material = TRY(members.SecretBase64("plaintext"));
  SealingKey out;
  out.key = TRY(EnterDataKey(*TRY(context.module()), material));
  out.wrapped = TRY(members.Base64("ciphertext"));
  out.version = TRY(members.Integer("version"));
  out.approval = TRY(ReadApproval(members));
  return out;
}

struct OpeningKey {
  module::KeyRef key;
  ServiceApproval approval;
};

// What the server cannot take apart was altered on this side.
Error DataKeyError(Error error, const EnvelopeHeader& header) {
  const bool altered =
      error.code() == Code::kVerifyFailed || error.code() == Code::kInvalidArgument;
  const std::string what =
      fmt::format("the envelope's data key, under key {}: {}{}", header.key_name, error.message(),
                  altered ? "; restore the envelope from a copy" : "");
  return Error(altered ? Code::kVerifyFailed : error.code(), what, error.where());
}

Result<OpeningKey> UnwrapDataKey(Context& context, const EnvelopeHeader& header) {
  std::string body;
  JsonWriter writer(body);
  writer.BeginObject().Name("ciphertext").Base64(header.wrapped_key);
  writer.Name("aad").Base64(AsBytes(kEnvelopeDataKeyAad)).EndObject();
  Connection* server = TRY(context.server());
  auto reply = server->Post("/v1/keys/" + PathSegment(header.key_name) + "/decrypt", body);
  if (!reply) return DataKeyError(std::move(reply).error(), header);
  ObjectReader members(TRY(reply->Json()));
  const SecretBytes material = TRY(members.SecretBase64("plaintext"));
  OpeningKey out;
  out.key = TRY(EnterDataKey(*TRY(context.module()), material));
  out.approval = TRY(ReadApproval(members));
  return out;
}

void Report(Output& out, std::string_view verb, const EnvelopeOptions& options,
            const Finished& done) {
  WarnIfNotApproved(out, done.approval);
  const auto bytes = static_cast<double>(done.totals.plaintext_bytes);
  out.Good(fmt::format(
      "{}ed {} with {} version {}: {} ({} in {:.2f} s, {}/s)", verb, options.input, done.key,
      done.version, options.output, FormatBytes(done.totals.plaintext_bytes), done.seconds,
      FormatBytes(static_cast<std::uint64_t>(bytes / std::max(done.seconds, 1e-6)))));
  std::string document;
  JsonWriter writer(document);
  writer.BeginObject().Name("key").String(done.key).Name("version").Integer(done.version);
  writer.Name("bytes").Integer(static_cast<std::int64_t>(done.totals.plaintext_bytes));
  writer.Name("chunks").Integer(static_cast<std::int64_t>(done.totals.chunks));
  writer.Name("output").String(options.output);
  WriteApproval(writer, done.approval);
  writer.EndObject();
  out.Json(document);
}

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Progress::Show ShowProgress(Context& context) {
  return context.out().progress() ? Progress::Show::kYes : Progress::Show::kNo;
}

Result<ExitCode> Encrypt(Context& context, const EnvelopeOptions& options) {
  TRY(RefuseSameFile(options));
  const FileDescriptor input = TRY(OpenInput(options.input));
  OutputFile output = TRY(OutputFile::Create(options.output, 0666));
  const SealingKey data_key = TRY(FetchDataKey(context, options.name));
  const Bytes header =
      TRY(EncodeEnvelopeHeader({.key_version = static_cast<std::uint32_t>(data_key.version),
                                .key_name = options.name,
                                .wrapped_key = data_key.wrapped}));
  const Stopwatch watch;
  EnvelopeTotals totals;
  {
    Progress progress(ShowProgress(context), "encrypting", SizeOf(input));
    totals = TRY(SealStream({.module = *TRY(context.module()),
                             .data_key = *data_key.key,
                             .header = header,
                             .chunk_size = kEnvelopeChunkSize,
                             .input = input.get(),
                             .output = output,
                             .progress = [&](std::uint64_t done) { progress.Update(done); }}));
  }
  TRY(output.Commit());
  Report(context.out(), "encrypt", options,
         {options.name, data_key.version, totals, watch.Seconds(), data_key.approval});
  return ExitCode::kOk;
}

struct Front {
  Bytes bytes;  ///< the start of the file
  ParsedEnvelopeHeader parsed;
};

Result<Front> ReadFront(const FileDescriptor& input, const std::string& path) {
  Front front;
  front.bytes.resize(kEnvelopeMaxHeaderSize);
  front.bytes.resize(TRY(ReadFully(input.get(), front.bytes)));
  auto parsed = ParseEnvelopeHeader(front.bytes);
  if (!parsed) return std::move(parsed).error().WithContext(path);
  front.parsed = *std::move(parsed);
  return front;
}

// How much plaintext an envelope of `size` bytes holds, for the progress bar.
std::optional<std::uint64_t> PlaintextSize(std::optional<std::uint64_t> size,
                                           const ParsedEnvelopeHeader& parsed) {
  if (!size || *size < parsed.size) return std::nullopt;
  const std::uint64_t stride = parsed.header.chunk_size + kEnvelopeChunkOverhead;
  const std::uint64_t body = *size - parsed.size;
  const std::uint64_t overhead = (body + stride - 1) / stride * kEnvelopeChunkOverhead;
  return body > overhead ? body - overhead : 0;
}

Result<ExitCode> Decrypt(Context& context, const EnvelopeOptions& options) {
  TRY(RefuseSameFile(options));
  const FileDescriptor input = TRY(OpenInput(options.input));
  const Front front = TRY(ReadFront(input, options.input));
  const EnvelopeHeader& header = front.parsed.header;
  OutputFile output = TRY(OutputFile::Create(options.output, 0600));
  const OpeningKey data_key = TRY(UnwrapDataKey(context, header));
  const ByteSpan bytes(front.bytes);
  const Stopwatch watch;
  EnvelopeTotals totals;
  {
    Progress progress(ShowProgress(context), "decrypting",
                      PlaintextSize(SizeOf(input), front.parsed));
    totals = TRY(OpenStream({.module = *TRY(context.module()),
                             .data_key = *data_key.key,
                             .header = bytes.first(front.parsed.size),
                             .chunk_size = header.chunk_size,
                             .input = input.get(),
                             .output = output,
                             .progress = [&](std::uint64_t done) { progress.Update(done); }},
                            bytes.subspan(front.parsed.size)));
  }
  TRY(output.Commit());
  Report(context.out(), "decrypt", options,
         {header.key_name, header.key_version, totals, watch.Seconds(), data_key.approval});
  return ExitCode::kOk;
}

}  // namespace

void AddEnvelopeCommands(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<EnvelopeOptions>();
  CLI::App* encrypt = app.add_subcommand("encrypt", "Encrypt a file of any size under a key");
  encrypt->add_option("NAME", options->name, "An aes-256-gcm key")->required();
  encrypt->add_option("--in", options->input, "The file")->required();
  encrypt->add_option("--out", options->output, "Where to write the envelope")->required();
  encrypt->fallthrough();
  encrypt->callback([&chosen, options] {
    chosen = [options](Context& context) { return Encrypt(context, *options); };
  });
  CLI::App* decrypt = app.add_subcommand("decrypt", "Decrypt what encrypt wrote");
  decrypt->add_option("--in", options->input, "The envelope; it names its key")->required();
  decrypt->add_option("--out", options->output, "Where to write the file")->required();
  decrypt->fallthrough();
  decrypt->callback([&chosen, options] {
    chosen = [options](Context& context) { return Decrypt(context, *options); };
  });
}

}  // namespace vallum::cli
