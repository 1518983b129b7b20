// SPDX-License-Identifier: Apache-2.0
#include "net/pool.h"

#include <system_error>
#include <utility>

namespace vallum::net {

bool Pool::TrySubmit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    // Idle threads will take as many of the queued jobs as there are of them.
    const bool taken_at_once = queue_.size() < idle_;
    if (!taken_at_once && !(threads_.size() < max_threads_ && StartThread()) &&
        queue_.size() >= max_queued_ + idle_) {
      return false;
    }
    if (threads_.empty()) return false;
    queue_.push_back(std::move(job));
  }
  work_.notify_one();
  return true;
}

bool Pool::StartThread() {
  try {
    threads_.emplace_back([this] { Run(); });
  } catch (const std::system_error&) {
    return false;  // the machine's limit: go on with the threads that there are
  }
  ++idle_;
  return true;
}

void Pool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
    if (stopped_) return;
    auto job = std::move(queue_.front());
    queue_.pop_front();
    --idle_;
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    ++idle_;
  }
}

void Pool::Stop() {
  std::vector<std::thread> threads;
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    threads.swap(threads_);
    dropped.swap(queue_);
  }
  work_.notify_all();
  for (auto& thread : threads) thread.join();
}

}  // namespace vallum::net
