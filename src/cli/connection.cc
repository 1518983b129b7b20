// SPDX-License-Identifier: Apache-2.0
#include "cli/connection.h"

#include "base/file.h"
#include "cli/local_file.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kMaxCredentialSize = 64 << 10;
Result<std::string> ReadPem(const std::filesystem::path& path) {
  return std::string(AsText(TRY(ReadInputFile(path, kMaxCredentialSize))));
}

Result<SecretBytes> ReadKey(const std::filesystem::path& path) {
  auto key = ReadSecretFile(path, kMaxCredentialSize);
  if (!key) return LocalFileError(std::move(key).error());
  return key;
}

}  // namespace

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
  return remote::Checked(TRY(client_->Send(method, target, AsBytes(body))));
}

}  // namespace vallum::cli
