// SPDX-License-Identifier: Apache-2.0
// The module's own events on their way into the audit log: unsealing, self-tests, logins, zeroisation,
// denials, failures. Part of the door; used by src/server, which makes it before the module.
//
//   ModuleEvents events;
//   config.audit = events.Sink();                 // module::ModuleConfig
//   options.module_events = &events;              // ServiceOptions
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "audit/record.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::service {

/// Who the records of these events name.
inline constexpr std::string_view kModulePrincipal = "module";

/// RecordOf is the record of an event; nothing for what the service records by itself, with the
/// principal who asked: uses of keys that were not denied.
std::optional<audit::Record> RecordOf(const module::AuditEvent& event);

/// ModuleEvents is a bounded queue. Thread-safe. Adding never waits for the log, and so the module
/// never does; what does not fit is counted, and the log is told how much it lacks.
class ModuleEvents {
 public:
  explicit ModuleEvents(std::size_t capacity = 1024) : capacity_(capacity) {}

  /// Sink is for ModuleConfig::audit; this must outlive the module.
  module::AuditSink Sink();
  void Add(audit::Record record);
  /// NoteStatus adds a record when the module is in another state than last time, or went through its
  /// soft error state since: the module's sink tells of services only. One thread at a time.
  void NoteStatus(const module::ModuleStatus& status);

  /// Run hands every record to `write`, in order, and again once a second while that fails. After a
  /// stop it tries what is left once. One thread at a time.
  void Run(const std::stop_token& stop, const std::function<Status(const audit::Record&)>& write);
  /// Left takes what was never written.
  std::vector<audit::Record> Left();

 private:
  bool WriteFirst(const std::function<Status(const audit::Record&)>& write);

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<audit::Record> waiting_;
  std::uint64_t lost_ = 0;  ///< since the last record that said so
  module::State state_ = module::State::kPowerOff;
  std::uint64_t soft_errors_ = 0;
};

}  // namespace vallum::service
