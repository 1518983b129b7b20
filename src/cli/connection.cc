// SPDX-License-Identifier: Apache-2.0
#include "cli/connection.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "cli/local_file.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kMaxCredentialSize = 64 << 10;
constexpr JsonLimits kReplyLimits{.max_bytes = 16 << 20, .max_depth = 16};

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

Code CodeFromName(std::string_view name) {
  const auto found = std::find(kCodeNames.begin(), kCodeNames.end(), name);
  if (found == kCodeNames.end()) return Code::kInternal;
  return static_cast<Code>(found - kCodeNames.begin());
}

// The same answer without a parsable problem, from a proxy in between, say.
Error BareError(unsigned status) {
  return Error(
      Code::kUnavailable,
      fmt::format("the server answered HTTP {} without saying why; check that the profile's "
                  "server is a vallumd",
                  status));
}

Result<std::string> ReadPem(const std::filesystem::path& path) {
  return std::string(AsText(TRY(ReadInputFile(path, kMaxCredentialSize))));
}

Result<SecretBytes> ReadKey(const std::filesystem::path& path) {
  auto key = ReadSecretFile(path, kMaxCredentialSize);
  if (!key) return LocalFileError(std::move(key).error());
  return key;
}

}  // namespace

std::string PathSegment(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (IsUnreserved(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Error ProblemError(unsigned status, std::string_view body) {
  auto document = JsonDocument::Parse(body);
  if (!document) return BareError(status);
  ObjectReader problem(document->root());
  auto code = problem.String("code");
  auto detail = problem.String("detail");
  if (!code || !detail) return BareError(status);
  auto request = problem.OptionalString("request_id");
  if (status < 500) return Error(CodeFromName(*code), std::string(*detail));
  return Error(Code::kUnavailable,
               fmt::format("the server failed ({}): {}; its log has request {}", *code, *detail,
                           request && *request ? **request : "?"));
}

Result<JsonValue> Reply::Json() {
  if (!document_) {
    auto parsed = JsonDocument::ParseInPlace(response_.body.mutable_span(), kReplyLimits);
    if (!parsed) {
      return Error(Code::kNetwork,
                   "the server's answer is not the JSON expected; check that the "
                   "profile's server is a vallumd");
    }
    document_ = *std::move(parsed);
  }
  return document_->root();
}

Result<std::unique_ptr<Connection>> Connection::Open(const Profile& profile,
                                                     module::Module& module) {
  net::TlsContext::ClientOptions tls;
  tls.library = TRY(module.TlsLibrary());
  tls.gate = [&module](const std::function<void()>& step) { return module.RunTlsStep(step); };
  tls.certificate_pem = TRY(ReadPem(profile.certificate));
  tls.key_pem = TRY(ReadKey(profile.key));
  tls.server_ca_pem = TRY(ReadPem(profile.ca));
  auto context = TRY(net::TlsContext::Client(std::move(tls)));
  net::Client::Options options;
  options.host = profile.endpoint.host;
  options.port = profile.endpoint.port;
  auto client = TRY(net::Client::Create(std::move(options), std::move(context)));
  return std::unique_ptr<Connection>(new Connection(std::move(client)));
}

Result<Reply> Connection::Call(std::string_view method, std::string_view target,
                               std::string_view body) {
  auto response = TRY(client_->Send(method, target, AsBytes(body)));
  if (response.status >= 200 && response.status < 300) return Reply(std::move(response));
  return ProblemError(response.status, AsText(response.body.span()));
}

}  // namespace vallum::cli
