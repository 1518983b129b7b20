// SPDX-License-Identifier: Apache-2.0
// The writer. Whatever waits when it is free goes into one SQLite transaction, so one fsync carries
// many commits; each of them gets a revision of its own. A failed condition is found before its
// transaction wrote anything and so needs no savepoint.
#include "keystore/sqlite_store.h"

namespace vallum::keystore {

Result<SqliteWriter> SqliteWriter::Create(Connection connection) {
  SqliteWriter writer(std::move(connection));
  Connection& to = writer.connection_;
  writer.begin_ = TRY(to.Prepare("BEGIN IMMEDIATE"));
  writer.commit_ = TRY(to.Prepare("COMMIT"));
  writer.find_ = TRY(to.Prepare("SELECT revision FROM kv WHERE key = ?1"));
  writer.put_ =
      TRY(to.Prepare("INSERT INTO kv(key, value, revision) VALUES(?1, ?2, ?3) "
                     "ON CONFLICT(key) DO UPDATE SET value = ?2, revision = ?3"));
  writer.remove_ = TRY(to.Prepare("DELETE FROM kv WHERE key = ?1"));
  writer.advance_ = TRY(to.Prepare("UPDATE store SET revision = ?1 WHERE id = 0"));
  writer.revision_ =
      static_cast<Revision>(TRY(to.Integer("SELECT revision FROM store WHERE id = 0")));
  return writer;
}

void SqliteWriter::CommitGroup(std::span<Pending* const> group) {
  const Status status = TryGroup(group);
  if (status) return;
  if (connection_.SyncFailed()) broken_ = status.error();
  connection_.RollBack();
  if (group.size() == 1) {
    group[0]->result.emplace(status.error());
    return;
  }
  for (std::size_t i = 0; i < group.size(); ++i) CommitGroup(group.subspan(i, 1));
}

Status SqliteWriter::TryGroup(std::span<Pending* const> group) {
  if (broken_) return *broken_;
  TRY(begin_.Run());
  Revision revision = revision_;
  for (Pending* pending : group) {
    std::optional<Error> conflict;
    TRY(CheckConditions(*pending->transaction, conflict));
    if (conflict) {
      pending->result.emplace(*std::move(conflict));
      continue;
    }
    TRY(Apply(*pending->transaction, ++revision));
    pending->result.emplace(revision);
  }
  if (revision == revision_) {
    connection_.RollBack();
    return {};
  }
  TRY(advance_.BindInteger(1, static_cast<std::int64_t>(revision)).Run());
  TRY(commit_.Run());
  stats_.commits += revision - revision_;
  ++stats_.groups;
  revision_ = revision;
  return {};
}

Status SqliteWriter::CheckConditions(const Transaction& transaction,
                                     std::optional<Error>& conflict) {
  for (const auto& [key, revision] : transaction.conditions()) {
    if (TRY(RevisionOf(key)) == revision) continue;
    conflict =
        Error(Code::kConflict, "\"" + key + "\" was changed by somebody else; read it again");
    return {};
  }
  return {};
}

Status SqliteWriter::Apply(const Transaction& transaction, Revision revision) {
  for (const auto& [key, value] : transaction.writes()) {
    if (value) {
      put_.BindBlob(1, AsBytes(key)).BindBlob(2, *value);
      TRY(put_.BindInteger(3, static_cast<std::int64_t>(revision)).Run());
    } else {
      TRY(remove_.BindBlob(1, AsBytes(key)).Run());
    }
  }
  return {};
}

Result<Revision> SqliteWriter::RevisionOf(std::string_view key) {
  const ResetOnExit reset(find_);
  if (!TRY(find_.BindBlob(1, AsBytes(key)).Step())) return Revision{0};
  return static_cast<Revision>(find_.ColumnInteger(0));
}

}  // namespace vallum::keystore
