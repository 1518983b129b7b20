// SPDX-License-Identifier: Apache-2.0
// Requirement: audit-events
#include "service/module_events.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/test_matchers.h"

namespace vallum::service {
namespace {

audit::Record Numbered(int number) {
  audit::Record record;
  record.operation = std::to_string(number);
  return record;
}

module::AuditEvent Event(std::string_view service, module::Outcome outcome) {
  module::AuditEvent event;
  event.time = TimePoint(std::chrono::seconds(1'785'000'000));
  event.role = module::Role::kCryptoOfficer;
  event.operator_name = "olga";
  event.service = service;
  event.outcome = outcome;
  return event;
}

// Runs the writer until everything that waits was written.
std::vector<audit::Record> Written(ModuleEvents& events) {
  std::vector<audit::Record> written;
  std::stop_source stop;
  stop.request_stop();
  events.Run(stop.get_token(), [&](const audit::Record& record) -> Status {
    written.push_back(record);
    return {};
  });
  return written;
}

TEST(ModuleEventsTest, ARecordSaysWhoDidWhatWhenAndHowItEnded) {
  module::AuditEvent event = Event("zeroise-key", module::Outcome::kSuccess);
  event.key = KeyId({1, 2, 3});
  const auto record = RecordOf(event);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->principal, "module");
  EXPECT_EQ(record->operation, "module.zeroise-key");
  EXPECT_EQ(record->outcome, "ok");
  EXPECT_EQ(record->detail, "role crypto-officer, operator olga");
  EXPECT_EQ(record->key_id, ToString(*event.key));
  EXPECT_EQ(record->time, event.time);
}

TEST(ModuleEventsTest, FailuresAndDenialsAreTold) {
  EXPECT_EQ(RecordOf(Event("self-test", module::Outcome::kFailure))->outcome, "failed");
  EXPECT_EQ(RecordOf(Event("login", module::Outcome::kDenied))->outcome, "permission_denied");
  EXPECT_EQ(RecordOf(Event("sign", module::Outcome::kDenied))->outcome, "permission_denied");
}

TEST(ModuleEventsTest, UsesOfKeysAreRecordedByTheServiceAndNotTwice) {
  EXPECT_FALSE(RecordOf(Event("generate", module::Outcome::kSuccess)));
  EXPECT_FALSE(RecordOf(Event("unwrap", module::Outcome::kFailure)));
}

TEST(ModuleEventsTest, EverythingIsWrittenInOrderAndOnce) {
  ModuleEvents events;
  for (int i = 0; i < 5; ++i) events.Add(Numbered(i));
  const auto written = Written(events);
  ASSERT_EQ(written.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(written[i].operation, std::to_string(i));
  EXPECT_TRUE(events.Left().empty());
}

TEST(ModuleEventsTest, AFullQueueKeepsTheFirstAndTellsHowManyItLost) {
  ModuleEvents events(3);
  for (int i = 0; i < 10; ++i) events.Add(Numbered(i));
  const auto written = Written(events);
  ASSERT_EQ(written.size(), 4u);
  EXPECT_EQ(written[2].operation, "2");
  EXPECT_EQ(written[3].operation, "module.events-lost");
  EXPECT_EQ(written[3].outcome, "failed");
  EXPECT_EQ(written[3].detail.substr(0, 2), "7 ");
}

TEST(ModuleEventsTest, AWriterThatFailsLosesNothing) {
  ModuleEvents events;
  events.Add(Numbered(1));
  std::stop_source stop;
  stop.request_stop();
  int tries = 0;
  events.Run(stop.get_token(), [&](const audit::Record&) -> Status {
    ++tries;
    return Internal("for the test");
  });
  EXPECT_EQ(tries, 1);
  ASSERT_EQ(events.Left().size(), 1u);
  EXPECT_TRUE(events.Left().empty());
}

// The writer may itself cause events, and the module must never wait for it.
TEST(ModuleEventsTest, AddingWorksWhileAnEventIsBeingWritten) {
  ModuleEvents events;
  events.Add(Numbered(0));
  int written = 0;
  std::jthread writer([&](const std::stop_token& stop) {
    events.Run(stop, [&](const audit::Record&) -> Status {
      if (++written < 100) events.Add(Numbered(written));
      return {};
    });
  });
  writer.request_stop();
  writer.join();
  EXPECT_EQ(written, 100);
}

TEST(ModuleEventsTest, ChangesOfStateAndPassingErrorsAreNotedOnce) {
  ModuleEvents events;
  module::ModuleStatus status;
  status.state = module::State::kOperational;
  events.NoteStatus(status);
  events.NoteStatus(status);
  status.soft_errors = 1;
  status.soft_cause = module::ErrorCause{
      .code = Code::kEntropy, .test = {}, .message = "noise", .provider_error = {}, .time = {}};
  events.NoteStatus(status);
  status.state = module::State::kErrorHard;
  status.cause = module::ErrorCause{.code = Code::kSelfTestFailed,
                                    .test = "KAT_KEM/KEM_Encap",
                                    .message = "it failed",
                                    .provider_error = {},
                                    .time = {}};
  events.NoteStatus(status);
  events.NoteStatus(status);
  const auto written = Written(events);
  ASSERT_EQ(written.size(), 3u);
  EXPECT_EQ(written[0].detail, "power-off -> operational");
  EXPECT_EQ(written[1].operation, "module.soft-error");
  EXPECT_EQ(written[1].detail, "entropy: noise");
  EXPECT_EQ(written[2].outcome, "self_test_failed");
  EXPECT_EQ(written[2].detail,
            "operational -> error-hard; self_test_failed, KAT_KEM/KEM_Encap: it failed");
}

}  // namespace
}  // namespace vallum::service
