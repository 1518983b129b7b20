// SPDX-License-Identifier: Apache-2.0
// Call: one request on its way through the service. It finds the caller, decides, finds the key, and
// sees to it that nothing is answered without an audit record.
//
//   Call call(core, caller, Action::kSign);
//   return call.Finish(Sign(core, call, use));   // the body uses call.UseKey(...)
#pragma once

#include <string_view>
#include <vector>

#include "service/core.h"

namespace vallum::service {

/// UsableKey is a version of a key, open and in a state that allows the action.
struct UsableKey {
  LoadedKeyRef key;
  std::uint32_t version = 0;
  OpenVersion* open = nullptr;

  module::Key& handle() const { return *open->key; }
};

/// Call belongs to one thread. It views the Caller, which must outlive it.
class Call {
 public:
  /// `count` is the number of operations that the caller asked for.
  Call(Core& core, const Caller& caller, policy::Action action, std::size_t count = 1);

  /// Authorize decides an action that is about no key.
  Status Authorize();
  /// FindKey decides an action on a key and finds it: kNotFound also when it is another principal's.
  Result<LoadedKeyRef> FindKey(std::string_view name);
  /// UseKey is FindKey, then checks usage and state and opens the version (0: primary).
  Result<UsableKey> UseKey(const KeyUse& use, module::Usage usage);
  /// UseOther is UseKey for the second key of a call; the record goes on naming the first.
  Result<UsableKey> UseOther(const KeyUse& use, policy::Action action, module::Usage usage);
  /// FindOther is FindKey for the second key of a call.
  Result<LoadedKeyRef> FindOther(std::string_view name, policy::Action action);

  /// principal is the caller, after Authorize or FindKey succeeded.
  const policy::Principal& principal() const { return known_->principal; }
  audit::Record& record() { return record_; }
  void RecordKey(const KeyInfo& info, std::uint32_t version);
  void RecordApproval(const Indicator& indicator);
  /// RecordDetail cuts `text` to what a record takes.
  void RecordDetail(std::string_view text);

  /// CommitKey makes a change of the key `name` durable together with its record.
  Status CommitKey(keystore::Transaction change, std::string_view name);
  /// CommitKeys is CommitKey for several calls, each with the change of its own key: the results in
  /// the same order.
  struct KeyChange {
    Call& call;
    keystore::Transaction change;
    std::string name;
  };
  static std::vector<Status> CommitKeys(Core& core, std::vector<KeyChange> changes);
  /// CommitPrincipal does the same for a change of a principal.
  Status CommitPrincipal(keystore::Transaction change);

  /// CommitObject does it for a change of what only the store knows.
  Status CommitObject(keystore::Transaction change) { return Commit(std::move(change)); }

  /// Finish writes the record, unless a commit did, and then lets the result go. When the record
  /// cannot be written, its error is all that leaves.
  template <typename T>
  Result<T> Finish(Result<T> result) {
    if (committed_) return result;
    if (!result) {
      Failed(result.error());
    } else if constexpr (!std::is_void_v<T>) {
      Succeeded(*result);
    }
    TRY(Write());
    return result;
  }

 private:
  Status Identify();
  Result<LoadedKeyRef> Decided(std::string_view name, policy::Action action, bool record);
  Result<UsableKey> Usable(LoadedKeyRef key, std::uint32_t version, policy::Action action,
                           module::Usage usage);
  Status Commit(keystore::Transaction change);
  Status Write();
  void Failed(const Error& error);
  void FailedItems(std::size_t failed, std::size_t items, Code first);

  template <typename T>
  void Succeeded(const T&) {}
  template <typename T>
  void Succeeded(const Approved<T>& result) {
    RecordApproval(result.indicator);
  }
  template <typename T>
  void Succeeded(const std::vector<Result<Approved<T>>>& batch) {
    std::size_t failed = 0;
    Code first{};
    for (const auto& item : batch) {
      if (item) {
        RecordApproval(item->indicator);
      } else if (failed++ == 0) {
        first = item.error().code();
      }
    }
    if (failed > 0) FailedItems(failed, batch.size(), first);
  }

  Core& core_;
  const Caller& caller_;
  const policy::Action action_;
  KnownPrincipalRef known_;
  audit::Record record_;
  bool committed_ = false;
};

/// CheckUsage is kKeyUsage when the key was not made for `usage`.
Status CheckUsage(const LoadedKey& key, module::Usage usage);

/// CheckBatch bounds a batch to 1 to 256 items.
Status CheckBatch(std::size_t items);

}  // namespace vallum::service
