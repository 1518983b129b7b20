// SPDX-License-Identifier: Apache-2.0
// Requirement: audit-events
#include "service/module_events.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.h"

namespace vallum::service {
namespace {

constexpr auto kBetweenAttempts = std::chrono::seconds(1);
constexpr std::string_view kFailed = "failed";

bool IsManagement(std::string_view service) {
  for (std::size_t i = 0; i < module::kManagementCount; ++i) {
    if (module::Name(static_cast<module::Management>(i)) == service) return true;
  }
  return false;
}

std::string OutcomeOf(module::Outcome outcome) {
  switch (outcome) {
    case module::Outcome::kSuccess:
      return "ok";
    case module::Outcome::kDenied:
      return std::string(CodeName(Code::kPermissionDenied));
    case module::Outcome::kFailure:
      break;
  }
  return std::string(kFailed);
}

audit::Record NewRecord(std::string operation, std::string detail) {
  audit::Record record;
  record.time = SystemClock().Now();
  record.principal = kModulePrincipal;
  record.operation = std::move(operation);
  record.outcome = "ok";
  record.detail = std::move(detail);
  return record;
}

audit::Record LossOf(std::uint64_t lost, std::size_t capacity) {
  audit::Record record = NewRecord("module.events-lost",
                                   std::to_string(lost) + " events of the module were not kept: " +
                                       std::to_string(capacity) + " were waiting for the log");
  record.outcome = kFailed;
  return record;
}

std::string TextOf(const module::ErrorCause& cause) {
  std::string text(CodeName(cause.code));
  if (!cause.test.empty()) text += ", " + cause.test;
  return text + ": " + cause.message;
}

}  // namespace

std::optional<audit::Record> RecordOf(const module::AuditEvent& event) {
  if (event.outcome != module::Outcome::kDenied && !IsManagement(event.service)) return {};
  std::string detail = "role " + std::string(module::Name(event.role));
  if (!event.operator_name.empty()) detail += ", operator " + event.operator_name;
  audit::Record record = NewRecord("module." + std::string(event.service), std::move(detail));
  record.time = event.time;
  record.outcome = OutcomeOf(event.outcome);
  if (event.key && *event.key != KeyId()) record.key_id = ToString(*event.key);
  return record;
}

module::AuditSink ModuleEvents::Sink() {
  return [this](const module::AuditEvent& event) {
    if (auto record = RecordOf(event)) Add(*std::move(record));
  };
}

void ModuleEvents::Add(audit::Record record) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= capacity_) {
    ++lost_;
    return;
  }
  waiting_.push_back(std::move(record));
  changed_.notify_one();
}

void ModuleEvents::NoteStatus(const module::ModuleStatus& status) {
  const module::State before = std::exchange(state_, status.state);
  if (std::exchange(soft_errors_, status.soft_errors) != status.soft_errors && status.soft_cause) {
    Add(NewRecord("module.soft-error", TextOf(*status.soft_cause)));
  }
  if (before == status.state) return;
  audit::Record record = NewRecord("module.state", std::string(module::Name(before)) + " -> " +
                                                       std::string(module::Name(status.state)));
  if (status.cause) {
    record.outcome = CodeName(status.cause->code);
    record.detail += "; " + TextOf(*status.cause);
  }
  Add(std::move(record));
}

void ModuleEvents::Run(const std::stop_token& stop,
                       const std::function<Status(const audit::Record&)>& write) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [this] { return !waiting_.empty() || lost_ > 0; });
      if (waiting_.empty() && lost_ == 0) return;
    }
    if (WriteFirst(write)) continue;
    if (stop.stop_requested()) return;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kBetweenAttempts, [] { return false; });
  }
}

// Only this thread takes from the front, so what it wrote is still there.
bool ModuleEvents::WriteFirst(const std::function<Status(const audit::Record&)>& write) {
  std::unique_lock lock(mutex_);
  const std::uint64_t lost = lost_;
  const bool loss = waiting_.empty();
  const audit::Record record = loss ? LossOf(lost, capacity_) : waiting_.front();
  lock.unlock();
  if (!write(record)) return false;
  lock.lock();
  if (loss) {
    lost_ -= lost;
  } else {
    waiting_.pop_front();
  }
  return true;
}

std::vector<audit::Record> ModuleEvents::Left() {
  const std::lock_guard lock(mutex_);
  std::vector<audit::Record> left(std::make_move_iterator(waiting_.begin()),
                                  std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  if (lost_ > 0) left.push_back(LossOf(std::exchange(lost_, 0), capacity_));
  return left;
}

}  // namespace vallum::service
