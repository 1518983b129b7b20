// SPDX-License-Identifier: Apache-2.0
#include "module/session.h"

#include <utility>

#include "module/impl.h"

namespace vallum::module {
namespace {

thread_local Session* current = nullptr;

}  // namespace

bool Session::IsLiveIn(Module::Impl& impl) const {
  return !zeroised() && instance_ == impl.instance && impl.gate.state() != State::kErrorHard;
}

void Session::End() {
  WipeLedger ledger;
  (void)Zeroise(ledger);
}

void Session::Own(const KeyRef& key) {
  const std::lock_guard lock(mutex_);
  std::erase_if(keys_, [](const auto& known) { return known.expired(); });
  keys_.push_back(key);
}

std::vector<KeyRef> Session::TakeKeys() {
  const std::lock_guard lock(mutex_);
  std::vector<KeyRef> live;
  for (const std::weak_ptr<Key>& known : std::exchange(keys_, {})) {
    if (KeyRef key = known.lock()) live.push_back(std::move(key));
  }
  return live;
}

Role RoleOf(const Session& session) { return session.role(); }
const std::string& OperatorOf(const Session& session) { return session.operator_name(); }
bool IsLive(const Session& session) { return !session.zeroised(); }

OperatorScope::OperatorScope(SessionRef session)
    : session_(std::move(session)), outer_(std::exchange(current, session_.get())) {}

OperatorScope::~OperatorScope() { current = outer_; }

Session* OperatorScope::Current() { return current; }

}  // namespace vallum::module
