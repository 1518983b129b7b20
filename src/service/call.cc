// SPDX-License-Identifier: Apache-2.0
#include "service/call.h"

namespace vallum::service {
namespace {

constexpr std::size_t kMaxBatch = 256;
constexpr std::size_t kMaxDetail = 512;
constexpr std::string_view kApproved = "approved";
constexpr std::string_view kNotApproved = "not_approved";

Error WrongState(const LoadedKey& key, const KeyVersionInfo& version, policy::Action action) {
  return Error(Code::kKeyState, "version " + std::to_string(version.version) + " of key \"" +
                                    key.info().name + "\" is " + std::string(Name(version.state)) +
                                    ", which does not allow " + std::string(Name(action)) +
                                    "; use another version or change its state");
}

}  // namespace

Call::Call(Core& core, const Caller& caller, policy::Action action, std::size_t count)
    : core_(core), caller_(caller), action_(action) {
  record_.request = caller.request;
  record_.principal = "unknown";
  record_.operation = Name(action);
  record_.outcome = "ok";
  record_.trace = caller.trace;
  record_.count = static_cast<std::uint32_t>(count);
}

Status Call::Identify() {
  if (known_) return {};
  KnownPrincipalRef known = TRY(core_.principals.Find(caller_.certificate_fingerprint));
  record_.principal = known->record_name;
  TRY(core_.principals.CheckUsable(*known));
  known_ = std::move(known);
  return {};
}

Status Call::Authorize() {
  TRY(Identify());
  return policy::Decide(principal(), action_, {});
}

Result<LoadedKeyRef> Call::FindKey(std::string_view name) { return Decided(name, action_, true); }

Result<LoadedKeyRef> Call::FindOther(std::string_view name, policy::Action action) {
  return Decided(name, action, false);
}

Result<LoadedKeyRef> Call::Decided(std::string_view name, policy::Action action, bool record) {
  TRY(Identify());
  TRY(CheckName("key", name));
  if (record) record_.key_name = name;
  auto found = core_.FindKey(name);
  if (!found && found.error().code() != Code::kNotFound) return found;
  // Decided for a missing key too, so that the answers do not tell which names exist.
  const policy::KeyAccess access =
      found ? (*found)->AccessOf(principal().name) : policy::KeyAccess{};
  if (record && found) RecordKey((*found)->info(), 0);
  if (auto decision = policy::Decide(principal(), action, access); !decision) {
    if (decision.error().code() == Code::kNotFound) return NoSuchKey(name);
    return std::move(decision).error();
  }
  return found;
}

Result<UsableKey> Call::UseKey(const KeyUse& use, module::Usage usage) {
  LoadedKeyRef key = TRY(FindKey(use.name));
  record_.key_version = use.version == 0 ? key->info().primary_version : use.version;
  return Usable(std::move(key), use.version, action_, usage);
}

Result<UsableKey> Call::UseOther(const KeyUse& use, policy::Action action, module::Usage usage) {
  return Usable(TRY(FindOther(use.name, action)), use.version, action, usage);
}

Result<UsableKey> Call::Usable(LoadedKeyRef key, std::uint32_t version, policy::Action action,
                               module::Usage usage) {
  TRY(CheckUsage(*key, usage));
  const KeyVersionInfo& facts = *TRY(key->Version(version));
  if (!MayPerform(facts.state, action)) return WrongState(*key, facts, action);
  OpenVersion* open = TRY(key->Open(core_.module, facts.version));
  return UsableKey{std::move(key), facts.version, open};
}

void Call::RecordKey(const KeyInfo& info, std::uint32_t version) {
  record_.key_id = ToString(info.id);
  record_.key_name = info.name;
  record_.key_version = version;
  record_.algorithm = module::Name(info.algorithm);
}

void Call::RecordApproval(const Indicator& indicator) {
  if (!indicator.approved()) {
    record_.approval = kNotApproved;
  } else if (record_.approval.empty()) {
    record_.approval = kApproved;
  }
}

void Call::RecordDetail(std::string_view text) {
  std::size_t size = std::min(text.size(), kMaxDetail);
  while (size < text.size() && size > 0 &&
         (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  record_.detail = text.substr(0, size);
}

Status Call::Commit(keystore::Transaction change) {
  record_.time = core_.clock.Now();
  TRY(core_.journal.Commit(std::move(change), record_));
  committed_ = true;
  return {};
}

// Forgotten whatever became of it: a commit can fail after the store has it.
Status Call::CommitKey(keystore::Transaction change, std::string_view name) {
  Status committed = Commit(std::move(change));
  core_.keys.Invalidate(name);
  return committed;
}

std::vector<Status> Call::CommitKeys(Core& core, std::vector<KeyChange> changes) {
  std::vector<Journal::Change> pending;
  pending.reserve(changes.size());
  for (KeyChange& one : changes) {
    one.call.record_.time = core.clock.Now();
    pending.push_back({.transaction = std::move(one.change), .record = one.call.record_});
  }
  core.journal.CommitAll(pending);
  std::vector<Status> results;
  results.reserve(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    core.keys.Invalidate(changes[i].name);
    changes[i].call.committed_ = pending[i].result.has_value();
    results.push_back(std::move(pending[i].result));
  }
  return results;
}

Status Call::CommitPrincipal(keystore::Transaction change) {
  Status committed = Commit(std::move(change));
  core_.principals.Invalidate();
  return committed;
}

Status Call::Write() {
  record_.time = core_.clock.Now();
  return core_.journal.Append(record_);
}

void Call::Failed(const Error& error) {
  record_.outcome = CodeName(error.code());
  record_.approval.clear();
  RecordDetail(error.message());
}

void Call::FailedItems(std::size_t failed, std::size_t items, Code first) {
  record_.outcome = CodeName(first);
  if (items > 1) {
    RecordDetail(std::to_string(failed) + " of " + std::to_string(items) + " failed");
  }
}

Status CheckUsage(const LoadedKey& key, module::Usage usage) {
  if (key.info().usages.Has(usage)) return {};
  return Error(Code::kKeyUsage, "key \"" + key.info().name + "\" does not have the usage " +
                                    std::string(module::Name(usage)) +
                                    "; use a key that was made for it");
}

Status CheckBatch(std::size_t items) {
  if (items >= 1 && items <= kMaxBatch) return {};
  return InvalidArgument("a batch has 1 to 256 items; split it");
}

}  // namespace vallum::service
