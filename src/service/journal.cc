// SPDX-License-Identifier: Apache-2.0
#include "service/journal.h"

#include <algorithm>
#include <unordered_map>

#include "base/json.h"
#include "service/key_record.h"

namespace vallum::service {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kPage = 1000;
constexpr auto kBetweenAttempts = std::chrono::seconds(1);
constexpr std::size_t kRound = 256;

struct OutboxEntry {
  std::string entry;
  std::uint64_t log_size = 0;
  audit::Record record;
};

Bytes EncodeOutbox(std::uint64_t log_size, const audit::Record& record) {
  std::string record_text;
  audit::Encode(record, record_text);
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("v").Integer(kFormat);
  json.Name("log_size").Integer(static_cast<std::int64_t>(log_size));
  json.Name("record").String(record_text);
  json.EndObject();
  return ToBytes(AsBytes(text));
}

Result<OutboxEntry> DecodeOutbox(const keystore::Entry& entry) {
  const JsonDocument document = TRY(JsonDocument::Parse(AsText(entry.value)));
  ObjectReader reader(document.root());
  if (TRY(reader.Integer("v")) != kFormat) {
    return Error(Code::kStorageVersion,
                 "the store was written by a newer version of Vallum; start that version");
  }
  OutboxEntry decoded;
  decoded.entry = entry.key;
  decoded.log_size = static_cast<std::uint64_t>(TRY(reader.Integer("log_size")));
  decoded.record = TRY(audit::Decode(TRY(reader.String("record"))));
  TRY(reader.Finish());
  return decoded;
}

Result<std::vector<OutboxEntry>> ReadOutbox(keystore::Keystore& store) {
  std::vector<OutboxEntry> outbox;
  std::string after;
  for (;;) {
    const auto page = TRY(store.List(entry::kOutboxPrefix, after, kPage));
    for (const keystore::Entry& entry : page) outbox.push_back(TRY(DecodeOutbox(entry)));
    if (page.size() < kPage) return outbox;
    after = page.back().key;
  }
}

std::string TextOf(audit::Record record) {
  record.recovered = false;
  std::string text;
  audit::Encode(record, text);
  return text;
}

// Counts how often each wanted text stands in the log from `first` on: two changes may well have left
// the same text.
Status FindInLog(audit::AuditLog& log, std::uint64_t first,
                 std::unordered_map<std::string, int>& wanted) {
  for (std::uint64_t index = first; index < log.size(); ++index) {
    const audit::Record record = TRY(audit::Decode(TRY(log.ReadEntry(index))));
    const auto found = wanted.find(TextOf(record));
    if (found != wanted.end()) ++found->second;
  }
  return {};
}

}  // namespace

void PutOutbox(keystore::Transaction& change, std::uint64_t number, std::uint64_t log_size,
               const audit::Record& record) {
  change.Put(entry::Outbox(record.request, number), EncodeOutbox(log_size, record));
}

Result<std::uint64_t> RememberedLogSize(keystore::Keystore& store) {
  auto stored = store.Get(entry::kAuditSize);
  if (!stored && stored.error().code() == Code::kNotFound) return 0;
  return DecodeNumber(AsText(TRY(std::move(stored)).value));
}

Journal::Journal(keystore::Keystore& store) : store_(store), rounds_(kRound) {}

Journal::~Journal() {
  if (!log_) return;
  // Best effort: what is not written now is found again at the next start.
  if (log_->Checkpoint()) OnCheckpoint(log_->size());
  log_.reset();
}

Status Journal::Attach(std::unique_ptr<audit::AuditLog> log) {
  log_ = std::move(log);
  TRY(Recover());
  log_->OnCheckpoint([this](std::uint64_t size) { OnCheckpoint(size); });
  return {};
}

Status Journal::Recover() {
  std::vector<OutboxEntry> outbox = TRY(ReadOutbox(store_));
  if (outbox.empty()) return {};
  std::uint64_t first = log_->size();
  std::unordered_map<std::string, int> found;
  for (const OutboxEntry& entry : outbox) {
    first = std::min(first, entry.log_size);
    found.emplace(TextOf(entry.record), 0);
  }
  TRY(FindInLog(*log_, first, found));
  keystore::Transaction sweep;
  for (OutboxEntry& entry : outbox) {
    sweep.Delete(entry.entry);
    if (found[TextOf(entry.record)]-- > 0) continue;
    // What the server itself did before the log was open was not cut off by anything.
    entry.record.recovered = entry.record.principal != kSystemPrincipal;
    TRY(log_->Append(entry.record));
  }
  if (log_->size() > 0) TRY(log_->Sync(log_->size() - 1));
  TRY(store_.Commit(sweep));
  return {};
}

Status Journal::Append(const audit::Record& record) {
  auto index = log_->Append(record);
  if (index && !has_unlogged_.load(std::memory_order_relaxed)) return {};
  if (index) return Reopen();
  if (!Reopen()) return std::move(index).error();
  TRY(log_->Append(record));
  return {};
}

Status Journal::Keep(const audit::Record& record) {
  if (Append(record)) return {};
  keystore::Transaction note;
  PutOutbox(note, next_number_.fetch_add(1), log_->size(), record);
  TRY(store_.Commit(note));
  return {};
}

Status Journal::Commit(keystore::Transaction change, const audit::Record& record) {
  Change one{.transaction = std::move(change), .record = record};
  CommitAll({&one, 1});
  return std::move(one.result);
}

void Journal::CommitAll(std::span<Change> changes) {
  if (changes.empty()) return;
  if (const Status healthy = health(); !healthy) {
    for (Change& change : changes) change.result = healthy;
    return;
  }
  const std::uint64_t log_size = log_->size();
  for (Change& change : changes) {
    const std::uint64_t number = next_number_.fetch_add(1);
    PutOutbox(change.transaction, number, log_size, change.record);
    change.entry = entry::Outbox(change.record.request, number);
  }
  rounds_.Run(changes,
              [this](std::span<std::span<Change>* const> callers) { CommitRound(callers); });
}

void Journal::CommitRound(std::span<std::span<Change>* const> callers) {
  std::vector<Change*> round;
  for (const std::span<Change>* changes : callers) {
    for (Change& change : *changes) round.push_back(&change);
  }
  std::vector<std::string> logged = TakeLogged();
  for (const std::string& old : logged) round.front()->transaction.Delete(old);
  StoreRound(round);
  if (!round.front()->result) GiveBack(std::move(logged));
  LogRound(round);
}

void Journal::StoreRound(std::span<Change* const> round) {
  std::vector<const keystore::Transaction*> transactions;
  transactions.reserve(round.size());
  for (const Change* change : round) transactions.push_back(&change->transaction);
  auto results = store_.CommitAll(transactions);
  for (std::size_t i = 0; i < round.size(); ++i) {
    round[i]->result = results[i] ? Status() : Status(std::move(results[i]).error());
  }
}

void Journal::LogRound(std::span<Change* const> round) {
  std::vector<Change*> appended;
  std::uint64_t last = 0;
  for (Change* change : round) {
    if (!change->result) continue;
    auto index = log_->Append(change->record);
    if (index) {
      last = *index;
      appended.push_back(change);
      continue;
    }
    const std::lock_guard lock(reopening_);
    unlogged_.push_back({std::move(change->entry), change->record});
    has_unlogged_ = true;
    change->result = std::move(index).error().WithContext(
        "the change is stored, but its audit record could not be written yet; do not repeat it");
  }
  if (appended.empty()) return;
  const Status synced = log_->Sync(last);
  std::vector<std::string> logged;
  for (Change* change : appended) {
    if (synced) {
      logged.push_back(std::move(change->entry));
    } else {
      change->result = Error(synced.error())
                           .WithContext(
                               "the change is stored, but its audit record may not be on "
                               "the disk; do not repeat it");
    }
  }
  GiveBack(std::move(logged));
}

Status Journal::health() {
  if (log_->health() && !has_unlogged_) return {};
  return Reopen();
}

// Disk space can come back: ask the log again, but not with every request.
Status Journal::Reopen() {
  const std::lock_guard lock(reopening_);
  Status healthy = log_->health();
  if (!healthy) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_attempt_) return healthy;
    next_attempt_ = now + kBetweenAttempts;
    TRY(log_->Reopen());
  }
  return AppendUnlogged();
}

Status Journal::AppendUnlogged() {
  while (!unlogged_.empty()) {
    audit::Record record = unlogged_.front().record;
    record.recovered = true;
    const std::uint64_t index = TRY(log_->Append(record));
    TRY(log_->Sync(index));
    GiveBack({std::move(unlogged_.front().entry)});
    unlogged_.erase(unlogged_.begin());
  }
  has_unlogged_ = false;
  return {};
}

void Journal::OnCheckpoint(std::uint64_t size) {
  keystore::Transaction note;
  note.Put(std::string(entry::kAuditSize), EncodeNumber(size));
  std::vector<std::string> logged = TakeLogged();
  for (const std::string& old : logged) note.Delete(old);
  // A store that fails shows in health and in every change; the next checkpoint notes the size.
  if (!store_.Commit(note)) GiveBack(std::move(logged));
}

std::vector<std::string> Journal::TakeLogged() {
  const std::lock_guard lock(mutex_);
  return std::exchange(logged_, {});
}

void Journal::GiveBack(std::vector<std::string> entries) {
  const std::lock_guard lock(mutex_);
  for (std::string& entry : entries) logged_.push_back(std::move(entry));
}

}  // namespace vallum::service
