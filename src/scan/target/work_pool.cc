// SPDX-License-Identifier: Apache-2.0
#include "scan/target/work_pool.h"

#include <algorithm>

namespace vallum::scan {
namespace {

constexpr std::size_t kQueue = 32;

}  // namespace

WorkPool::WorkPool(std::size_t threads) {
  threads_.reserve(std::max<std::size_t>(threads, 1));
  while (threads_.size() < threads_.capacity()) threads_.emplace_back([this] { Run(); });
}

WorkPool::~WorkPool() {
  Wait();
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

void WorkPool::Submit(Task task) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queue_.size() < kQueue; });
    queue_.push_back(std::move(task));
  }
  changed_.notify_all();
}

void WorkPool::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && busy_ == 0; });
}

void WorkPool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    changed_.notify_all();
    task();
    task = nullptr;
    lock.lock();
    --busy_;
    if (busy_ == 0 && queue_.empty()) changed_.notify_all();
  }
}

}  // namespace vallum::scan
