// SPDX-License-Identifier: Apache-2.0
// WorkPool: a few threads and a short queue, so that what waits for them stays small.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vallum::scan {

/// WorkPool is filled by one thread.
class WorkPool {
 public:
  using Task = std::function<void()>;
  explicit WorkPool(std::size_t threads);
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;
  /// Finishes what was submitted.
  ~WorkPool();

  /// Submit waits while the queue is full.
  void Submit(Task task);
  /// Wait returns when all that was submitted is done.
  void Wait();

 private:
  void Run();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> queue_;
  std::size_t busy_ = 0;
  bool stop_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace vallum::scan
