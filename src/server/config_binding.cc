// SPDX-License-Identifier: Apache-2.0
#include "server/config_binding.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "base/json.h"

namespace vallum::server {
namespace {

using std::chrono::milliseconds;

Error Wrong(std::string message) { return Error(Code::kConfiguration, std::move(message)); }

// TOML's basic strings and JSON's strings escape alike.
std::string Quoted(std::string_view text) {
  std::string quoted;
  JsonWriter(quoted).String(text);
  return quoted;
}

Result<std::string> ReadText(const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) return Wrong("must be a string in quotes");
  if (text->get().empty()) return Wrong("is empty; give a value or leave the key out");
  if (text->get().find('\0') != std::string::npos) return Wrong("holds a NUL character");
  return text->get();
}

Binding Text(std::string_view section, std::string_view key, std::string& field,
             Status (*check)(const std::string&)) {
  return {section, key,
          [&field, check](const toml::node& node) -> Status {
            std::string text = TRY(ReadText(node));
            TRY(check(text));
            field = std::move(text);
            return {};
          },
          [&field] { return Quoted(field); }};
}

Binding Texts(std::string_view section, std::string_view key, std::vector<std::string>& field,
              Status (*check)(const std::string&)) {
  return {section, key,
          [&field, check](const toml::node& node) -> Status {
            const toml::array* array = node.as_array();
            if (array == nullptr) return Wrong("must be an array of strings");
            std::vector<std::string> texts;
            for (const toml::node& element : *array) {
              texts.push_back(TRY(ReadText(element)));
              TRY(check(texts.back()));
            }
            field = std::move(texts);
            return {};
          },
          [&field] {
            std::vector<std::string> quoted;
            quoted.reserve(field.size());
            for (const std::string& text : field) quoted.push_back(Quoted(text));
            return fmt::format("[{}]", fmt::join(quoted, ", "));
          }};
}

Binding Path(std::string_view section, std::string_view key, std::filesystem::path& field,
             const std::filesystem::path& data) {
  return {section, key,
          [&field, &data](const toml::node& node) -> Status {
            field = (data / TRY(ReadText(node))).lexically_normal();
            return {};
          },
          [&field] { return Quoted(field.string()); }};
}

Binding Number(std::string_view section, std::string_view key, std::uint64_t& field,
               std::uint64_t least, std::uint64_t most) {
  return {section, key,
          [&field, least, most](const toml::node& node) -> Status {
            const auto* number = node.as_integer();
            if (number == nullptr || number->get() < 0 ||
                !std::in_range<std::uint64_t>(number->get()) ||
                static_cast<std::uint64_t>(number->get()) < least ||
                static_cast<std::uint64_t>(number->get()) > most) {
              return Wrong(fmt::format("must be a whole number from {} to {}", least, most));
            }
            field = static_cast<std::uint64_t>(number->get());
            return {};
          },
          [&field] { return std::to_string(field); }};
}

Binding Duration(std::string_view section, std::string_view key, milliseconds& field,
                 milliseconds least, milliseconds most) {
  return {section, key,
          [&field, least, most](const toml::node& node) -> Status {
            const auto duration = ParseDuration(TRY(ReadText(node)));
            if (!duration || *duration < least || *duration > most) {
              return Wrong(fmt::format("must be a time from \"{}\" to \"{}\", such as \"10s\"",
                                       FormatDuration(least), FormatDuration(most)));
            }
            field = *duration;
            return {};
          },
          [&field] { return Quoted(FormatDuration(field)); }};
}

template <typename Enum, std::size_t kCount>
Binding Choice(std::string_view section, std::string_view key, Enum& field,
               const std::array<std::string_view, kCount>& names) {
  return {
      section, key,
      [&field, names](const toml::node& node) -> Status {
        const std::string text = TRY(ReadText(node));
        const auto found = std::ranges::find(names, text);
        if (found == names.end()) {
          return Wrong(fmt::format("is \"{}\"; must be one of: {}", text, fmt::join(names, ", ")));
        }
        field = static_cast<Enum>(found - names.begin());
        return {};
      },
      [&field, names] { return Quoted(names[static_cast<std::size_t>(field)]); }};
}

constexpr std::array<std::string_view, 3> kPolicies = {"only", "on", "log"};
constexpr std::array<std::string_view, 2> kEntropySources = {"os", "jitter"};
constexpr std::array<std::string_view, 2> kDurabilities = {"buffered", "fsync"};
constexpr std::array<std::string_view, 4> kLevels = {"error", "warn", "info", "debug"};
constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};

Status CheckInstance(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
  constexpr std::size_t kMaxInstance = 48;
  if (plain && text.size() <= kMaxInstance) return {};
  return Wrong("must be at most 48 letters, digits, dots and hyphens");
}

Status CheckAddress(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  if (inet_pton(AF_INET, text.c_str(), address.data()) == 1) return {};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return {};
  return Wrong(
      fmt::format("is \"{}\"; must be an IPv4 or IPv6 address, such as \"0.0.0.0\"", text));
}

Status CheckDnsName(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
  constexpr std::size_t kMaxName = 253;
  if (plain && text.size() <= kMaxName) return {};
  return Wrong(fmt::format("has \"{}\", which is not a host name", text));
}

Status CheckSeal(const std::string& text) {
  if (text == "development-file") return {};
  return Wrong(fmt::format("is \"{}\"; must be one of: development-file", text));
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array kUnits = {Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000},
                               Unit{"ms", 1}};

}  // namespace

std::vector<Binding> Bindings(Config& c) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  constexpr std::uint64_t kMaxThreads = 1024;
  constexpr std::uint64_t kMiB = 1 << 20;
  return {
      Text("server", "instance", c.instance, CheckInstance),
      Text("server", "address", c.address, CheckAddress),
      Number("server", "port", c.port, 0, 65535),
      Number("server", "io_threads", c.io_threads, 0, kMaxThreads),
      Number("server", "pool_threads", c.pool_threads, 1, kMaxThreads),
      Number("server", "pool_queue", c.pool_queue, 1, 1'000'000),
      Number("server", "max_connections", c.max_connections, 1, 1'000'000),
      Number("server", "max_body_bytes", c.max_body_bytes, 4096, 16 * kMiB),
      Duration("server", "handshake_timeout", c.handshake_timeout, milliseconds(100), minutes(5)),
      Duration("server", "request_timeout", c.request_timeout, milliseconds(100), minutes(10)),
      Duration("server", "idle_timeout", c.idle_timeout, seconds(1), hours(24)),
      Duration("server", "stop_timeout", c.stop_timeout, milliseconds(0), minutes(10)),
      Texts("server", "dns_names", c.dns_names, CheckDnsName),
      Texts("server", "ip_addresses", c.ip_addresses, CheckAddress),
      Path("store", "path", c.store_path, c.data),
      Path("audit", "directory", c.audit_directory, c.data),
      Choice("audit", "durability", c.audit_durability, kDurabilities),
      Duration("audit", "checkpoint_interval", c.checkpoint_interval, milliseconds(100), hours(1)),
      Path("module", "provider", c.provider, c.data),
      Path("module", "profile", c.profile, c.data),
      Choice("module", "policy", c.policy, kPolicies),
      Choice("module", "entropy", c.entropy, kEntropySources),
      Duration("module", "periodic_self_test", c.periodic_self_test, milliseconds(0),
               hours(24 * 31)),
      Text("seal", "type", c.seal_type, CheckSeal),
      Path("seal", "path", c.seal_path, c.data),
      Choice("log", "level", c.log_level, kLevels),
      Choice("log", "format", c.log_format, kFormats),
  };
}

Result<milliseconds> ParseDuration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (error != std::errc() || unit == kUnits.end() || count < 0 || count > kMost) {
    return Wrong("is not a time; write a whole number and one of ms, s, m, h");
  }
  return milliseconds(count * unit->milliseconds);
}

std::string FormatDuration(milliseconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
      return fmt::format("{}{}", duration.count() / unit.milliseconds, unit.name);
    }
  }
  return "0s";
}

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kFewEdits = 2;
  std::size_t best = std::max(kFewEdits, word.size() / 3) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace vallum::server
