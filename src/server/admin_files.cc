// SPDX-License-Identifier: Apache-2.0
#include "server/admin_files.h"

#include <fmt/format.h>

#include "base/file.h"

namespace vallum::server {
namespace {

constexpr unsigned kPrivateFile = 0600;
constexpr std::size_t kMaxProfile = 64 << 10;
constexpr std::string_view kRest =
    "certificate = \"client.crt\"\nkey = \"client.key\"\nca = \"ca.crt\"\n";

bool IsServerLine(std::string_view line) {
  if (!line.starts_with("server")) return false;
  line.remove_prefix(std::string_view("server").size());
  return line.find_first_not_of(" \t") == line.find('=') && line.find('=') != line.npos;
}

std::string WithServer(std::string_view text, std::string_view server_url) {
  const std::string entry = fmt::format("server = \"{}\"\n", server_url);
  std::string result;
  bool found = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (IsServerLine(line)) {
      if (!found) result += entry;
      found = true;
    } else {
      result.append(line).append("\n");
    }
  }
  return found ? result : entry + result;
}

}  // namespace

std::filesystem::path AdminFolder(const std::filesystem::path& data) {
  return data / "client" / "admin";
}

Status WriteAdminFiles(const std::filesystem::path& folder, const service::FirstAdmin& admin,
                       std::string_view ca_pem) {
  TRY(CreatePrivateDirectories(folder));
  TRY(WriteFileDurably(folder / "client.key", admin.key_pem.span(), kPrivateFile));
  TRY(WriteFileDurably(folder / "client.crt", AsBytes(admin.certificate_pem), kPrivateFile));
  return WriteFileDurably(folder / "ca.crt", AsBytes(ca_pem), kPrivateFile);
}

Status RefreshProfile(const std::filesystem::path& folder, std::string_view server_url) {
  std::error_code error;
  if (!std::filesystem::exists(folder / "client.crt", error)) return {};
  const std::filesystem::path path = folder / "client.toml";
  const auto read = ReadFile(path, kMaxProfile);
  if (!read && read.error().code() != Code::kNotFound) return Status(read.error());
  const std::string_view before = read ? AsText(*read) : kRest;
  const std::string after = WithServer(before, server_url);
  if (read && after == before) return {};
  return WriteFileDurably(path, AsBytes(after), kPrivateFile);
}

}  // namespace vallum::server
