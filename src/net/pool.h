// SPDX-License-Identifier: Apache-2.0
// Threads and a bounded queue for requests that may block. Private to net.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace vallum::net {

/// Pool starts its threads as they are needed, up to a maximum, and keeps them. Thread-safe.
/// Jobs must not throw.
class Pool {
 public:
  Pool(unsigned max_threads, std::size_t max_queued)
      : max_threads_(max_threads), max_queued_(max_queued) {}
  ~Pool() { Stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// TrySubmit queues a job; false when the queue is full or the pool has stopped.
  bool TrySubmit(std::function<void()> job);
  /// Stop drops what is queued and waits for what runs.
  void Stop();

 private:
  void Run();
  bool StartThread();

  const unsigned max_threads_;
  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
};

}  // namespace vallum::net
