// SPDX-License-Identifier: Apache-2.0
// The server's configuration: one TOML file, typed and validated on start. docs/configuration.md lists
// every key; nothing is read from the environment.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "module/module.h"

namespace vallum::server {

enum class Durability : std::uint8_t {
  kBuffered,  ///< data operations reach the disk within 50 ms
  kFsync,     ///< every record is on the disk before its reply
};
enum class LogLevel : std::uint8_t { kError, kWarn, kInfo, kDebug };
enum class LogFormat : std::uint8_t { kText, kJson };

struct Config {
  std::filesystem::path data;  ///< from --data, never from the file

  std::string instance = "local";
  std::string address = "127.0.0.1";
  std::uint64_t port = 8443;
  std::uint64_t io_threads = 0;
  std::uint64_t pool_threads = 64;
  std::uint64_t pool_queue = 1024;
  std::uint64_t max_connections = 20000;
  std::uint64_t max_body_bytes = 1 << 20;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds idle_timeout{300'000};
  std::chrono::milliseconds stop_timeout{10'000};
  std::vector<std::string> dns_names = {"localhost"};
  std::vector<std::string> ip_addresses = {"127.0.0.1"};

  std::filesystem::path store_path;

  std::filesystem::path audit_directory;
  Durability audit_durability = Durability::kBuffered;
  std::chrono::milliseconds checkpoint_interval{1'000};

  std::filesystem::path provider;
  std::filesystem::path profile;
  module::Policy policy = module::Policy::kOnly;
  module::EntropySource entropy = module::EntropySource::kOs;
  std::chrono::milliseconds periodic_self_test{std::chrono::hours(24)};

  std::string seal_type = "development-file";
  std::filesystem::path seal_path;

  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
};

/// DefaultConfig is what an empty file means: data beside nothing else under `data`, the provider that
/// was installed under `prefix`.
Config DefaultConfig(const std::filesystem::path& data, const std::filesystem::path& prefix);

/// ApplyConfig reads `text` over `config`. Relative paths are taken from config.data. Every mistake is
/// kConfiguration: "FILE:LINE:COLUMN: what is wrong; what to do".
Status ApplyConfig(std::string_view text, std::string_view file_name, Config& config);

/// FormatConfig gives the effective configuration as TOML that ApplyConfig reads back.
std::string FormatConfig(const Config& config);

}  // namespace vallum::server
