// SPDX-License-Identifier: Apache-2.0
#include "module/operator_book.h"

#include <algorithm>
#include <functional>

namespace vallum::module {
namespace {

constexpr std::size_t kMostChallenges = 64;
constexpr auto kChallengeLife = std::chrono::minutes(1);

}  // namespace

Status OperatorBook::Add(OperatorRef who) {
  const std::lock_guard lock(mutex_);
  std::string name = who->facts.name;
  if (operators_.try_emplace(std::move(name), std::move(who)).second) return {};
  return Error(Code::kAlreadyExists, "an operator of that name is there already");
}

Status OperatorBook::Remove(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = operators_.find(name);
  if (found == operators_.end()) return NotFound("there is no operator of that name");
  operators_.erase(found);
  EndSessionsOf(name);
  return {};
}

OperatorRef OperatorBook::Find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = operators_.find(name);
  return found == operators_.end() ? nullptr : found->second;
}

Status OperatorBook::Expect(const LoginNonce& nonce, Bytes message, Time now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(challenges_, [now](const auto& entry) { return entry.second.until < now; });
  if (challenges_.size() >= kMostChallenges) {
    return ResourceExhausted("too many logins are open; try again in a minute");
  }
  challenges_[nonce] = {std::move(message), now + kChallengeLife};
  return {};
}

bool OperatorBook::Take(const LoginNonce& nonce, ByteSpan message, Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = challenges_.find(nonce);
  if (found == challenges_.end()) return false;
  const Challenge challenge = std::move(found->second);
  challenges_.erase(found);
  return now <= challenge.until && std::ranges::equal(challenge.message, message);
}

LoginThrottle& OperatorBook::ThrottleOf(std::string_view name) {
  return throttles_[std::hash<std::string_view>()(name) % throttles_.size()];
}

LoginThrottle::Duration OperatorBook::Admit(std::string_view name, Time now) {
  const std::lock_guard lock(mutex_);
  return ThrottleOf(name).Admit(now);
}

void OperatorBook::Succeed(std::string_view name) {
  const std::lock_guard lock(mutex_);
  ThrottleOf(name).Succeed();
}

bool OperatorBook::Keep(const OperatorRef& who, const SessionRef& session) {
  const std::lock_guard lock(mutex_);
  const auto found = operators_.find(who->facts.name);
  if (found == operators_.end() || found->second != who) {
    session->End();
    return false;
  }
  std::erase_if(sessions_, [](const auto& known) { return known.expired(); });
  sessions_.push_back(session);
  return true;
}

std::size_t OperatorBook::sessions() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

void OperatorBook::EndSessionsOf(std::string_view name) {
  for (const std::weak_ptr<Session>& known : sessions_) {
    const SessionRef session = known.lock();
    if (session != nullptr && session->operator_name() == name) session->End();
  }
}

void OperatorBook::Clear() {
  const std::lock_guard lock(mutex_);
  for (const std::weak_ptr<Session>& known : sessions_) {
    if (const SessionRef session = known.lock()) session->End();
  }
  operators_.clear();
  challenges_.clear();
  sessions_.clear();
}

}  // namespace vallum::module
