// SPDX-License-Identifier: Apache-2.0
#include "scan/config/server_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "scan/config/cipher_words.h"
#include "scan/content/text.h"

namespace vallum::scan {
namespace {

using Words = std::vector<std::string_view>;

bool IsOneOf(std::string_view word, std::span<const std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Words Cut(std::string_view text, std::string_view separators) {
  Words parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end != 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view Unquoted(std::string_view word) {
  while (!word.empty() && (word[0] == '"' || word[0] == '\'')) word.remove_prefix(1);
  while (!word.empty() && std::string_view("\"';").find(word.back()) != word.npos)
    word.remove_suffix(1);
  return word;
}

Words OldProtocols(const Words& values) {
  Words bad;
  for (const std::string_view value : values) {
    if (IsOneOf(Unquoted(value), kOldProtocols)) bad.push_back(Unquoted(value));
  }
  return bad;
}

/// "all" stands for every version that the library has; "-" takes one away, "+" adds one.
Words ApacheProtocols(const Words& values) {
  Words bad;
  for (const std::string_view value : values) {
    const std::string_view plain = value.substr(value.find_first_not_of("+-") == 1 ? 1 : 0);
    const bool is_all = plain == "all" || plain == "All" || plain == "ALL";
    if (is_all) {
      bad = value.starts_with('-') ? Words() : Words{"TLSv1", "TLSv1.1"};
    } else if (value.starts_with('-')) {
      std::erase(bad, plain);
    } else if (IsOneOf(plain, kOldProtocols) && !IsOneOf(plain, bad)) {
      bad.push_back(plain);
    }
  }
  return bad;
}

/// A part that is excluded ("!RC4", "-MD5") anywhere in the string allows nothing.
Words WeakCiphers(const Words& values) {
  Words bad;
  for (const std::string_view value : values) {
    for (const std::string_view part : Cut(Unquoted(value), ":, ")) {
      if (part[0] == '!' || part[0] == '-') continue;
      const Words names = Cut(part, "-+_");
      const bool weak = std::any_of(kWeakCiphers.begin(), kWeakCiphers.end(), [&](auto word) {
        return IsOneOf(word, names) ||
               (word.find('-') != word.npos && part.find(word) != part.npos);
      });
      if (weak) bad.push_back(part);
    }
  }
  return bad;
}

Words WeakCurves(const Words& values) {
  Words bad;
  for (const std::string_view value : values) {
    for (const std::string_view part : Cut(Unquoted(value), ":,")) {
      if (IsOneOf(part, kWeakCurves)) bad.push_back(part);
    }
  }
  return bad;
}

Words WeakSsh(const Words& values) {
  Words bad;
  for (const std::string_view value : values) {
    if (value.starts_with('-')) continue;
    for (std::string_view part : Cut(value, ",")) {
      if (part[0] == '+' || part[0] == '^') part.remove_prefix(1);
      const bool weak = std::any_of(kWeakSsh.begin(), kWeakSsh.end(),
                                    [part](auto begin) { return part.starts_with(begin); });
      if (weak) bad.push_back(part);
    }
  }
  return bad;
}

struct Directive {
  std::string_view server;
  std::string_view name;
  Words (*bad)(const Words& values);
};

constexpr auto kDirectives = std::to_array<Directive>({
    {"nginx", "ssl_protocols", OldProtocols},
    {"nginx", "ssl_ciphers", WeakCiphers},
    {"nginx", "ssl_ecdh_curve", WeakCurves},
    {"Apache", "SSLProtocol", ApacheProtocols},
    {"Apache", "SSLCipherSuite", WeakCiphers},
    {"HAProxy", "ssl-min-ver", OldProtocols},
    {"HAProxy", "ciphers", WeakCiphers},
    {"HAProxy", "ssl-default-bind-ciphers", WeakCiphers},
    {"HAProxy", "ssl-default-server-ciphers", WeakCiphers},
    {"HAProxy", "ssl-default-bind-ciphersuites", WeakCiphers},
    {"HAProxy", "ssl-default-bind-curves", WeakCurves},
    {"HAProxy", "curves", WeakCurves},
    {"OpenSSH", "Ciphers", WeakSsh},
    {"OpenSSH", "KexAlgorithms", WeakSsh},
    {"OpenSSH", "MACs", WeakSsh},
    {"OpenSSH", "HostKeyAlgorithms", WeakSsh},
    {"OpenSSH", "PubkeyAcceptedAlgorithms", WeakSsh},
});

}  // namespace

std::string_view ServerOf(std::string_view path) {
  const std::string_view name = NameOf(path);
  if (name == "haproxy.cfg") return "HAProxy";
  if (name == "sshd_config" || (HasFolder(path, "sshd_config.d") && name.ends_with(".conf"))) {
    return "OpenSSH";
  }
  const bool is_site = HasFolder(path, "sites-enabled") || HasFolder(path, "sites-available");
  const bool is_settings = name.ends_with(".conf") || is_site;
  if (!is_settings) return {};
  if (name == "nginx.conf" || HasFolder(path, "nginx")) return "nginx";
  const bool is_apache = name == "httpd.conf" || name == "apache2.conf" ||
                         HasFolder(path, "apache2") || HasFolder(path, "httpd");
  return is_apache ? "Apache" : std::string_view();
}

Facts ReadServerSettings(std::string_view server, std::string_view text) {
  Facts facts;
  std::size_t number = 0;
  for (const std::string_view whole : LinesOf(text)) {
    ++number;
    const Words words = WordsOf(whole.substr(0, whole.find('#')));
    for (std::size_t at = 0; at < words.size(); ++at) {
      const auto* const row = std::find_if(
          kDirectives.begin(), kDirectives.end(),
          [&](const Directive& one) { return one.server == server && one.name == words[at]; });
      if (row == kDirectives.end()) continue;
      const Words bad =
          row->bad({words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()});
      if (bad.empty()) continue;
      facts.push_back(
          {FactKind::kServerSetting, std::string(server), "", Confidence::kExact,
           fmt::format("line {}: {} allows {}", number, row->name, fmt::join(bad, ", "))});
    }
  }
  return facts;
}

}  // namespace vallum::scan
