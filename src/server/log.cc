// SPDX-License-Identifier: Apache-2.0
#include "server/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json.h"

namespace vallum::server {
namespace {

TimePoint TimeOf(const spdlog::details::log_msg& message) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(message.time);
}

std::string_view ToView(spdlog::string_view_t text) { return {text.data(), text.size()}; }

class TextFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    fmt::format_to(std::back_inserter(out), "{} {:<5} {}\n", FormatTime(TimeOf(message)),
                   ToView(spdlog::level::to_string_view(message.level)), ToView(message.payload));
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<TextFormatter>(); }
};

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line;
    JsonWriter json(line);
    json.BeginObject();
    json.Name("time").String(FormatTime(TimeOf(message)));
    json.Name("level").String(ToView(spdlog::level::to_string_view(message.level)));
    json.Name("message").String(ToView(message.payload));
    json.EndObject();
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kDebug:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

}  // namespace

void SetUpLog(LogLevel level, LogFormat format) {
  auto logger = std::make_shared<spdlog::logger>("vallumd",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (format == LogFormat::kJson) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_formatter(std::make_unique<TextFormatter>());
  }
  logger->set_level(ToSpdlog(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace vallum::server
