// SPDX-License-Identifier: Apache-2.0
// Secrets: SecretBytes (fixed size) and SecretBuffer (grows while a secret is being put together).
//
//   SecretBytes key = TRY(SecretBytes::Create(32));
//   Fill(key.mutable_span());
//   ... key.span() ...                      // wiped when `key` goes out of scope
//
// Both live in one process-wide arena: pages locked in memory (mlock2), left out of core dumps
// (MADV_DONTDUMP), zeroed in forked children (MADV_WIPEONFORK), with inaccessible guard pages on
// either side, wiped on free. A forked child finds zeros in what it inherited and allocates in pages of its
// own. A page that cannot be locked is kResourceExhausted, never a silent fallback. Neither type can be copied, printed, formatted or turned into a string, and == is
// constant-time in the contents: tests/compile_fail/base proves each of these.
// FIPS 140-3 (ISO/IEC 19790:2012, 7.9.7): SSPs no longer needed are zeroised by the module itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum {

/// SecretBytes is a secret of a size fixed at creation: move-only, wiped on destruction.
/// A moved-from or default-constructed one is empty. Not thread-safe; distinct objects are.
class SecretBytes {
 public:
  SecretBytes() = default;
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  /// Create returns `size` zero bytes, or kResourceExhausted when no page can be locked.
  static Result<SecretBytes> Create(std::size_t size);
  /// CopyOf copies `bytes` into the arena; wiping the source is the caller's duty.
  static Result<SecretBytes> CopyOf(ByteSpan bytes);

  /// Clone makes a second copy of the secret. Explicit, so that a grep finds each one.
  Result<SecretBytes> Clone() const { return CopyOf(span()); }

  ByteSpan span() const { return {data_, size_}; }
  MutableByteSpan mutable_span() { return {data_, size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Equality of contents in time that depends on the size alone.
  friend bool operator==(const SecretBytes& a, const SecretBytes& b);

 private:
  SecretBytes(std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/// SecretBuffer grows by moving to a larger block and wiping the old one. For request bodies and
/// replies that carry plaintext. Not thread-safe.
class SecretBuffer {
 public:
  SecretBuffer() = default;
  SecretBuffer(SecretBuffer&& other) noexcept;
  SecretBuffer& operator=(SecretBuffer&& other) noexcept;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer();

  /// Reserve makes room for `capacity` bytes in all; kResourceExhausted when it cannot.
  Status Reserve(std::size_t capacity);
  /// Append copies `bytes` to the end.
  Status Append(ByteSpan bytes);
  /// Extend adds `count` zero bytes and returns the writable tail, valid until the next growth.
  Result<MutableByteSpan> Extend(std::size_t count);
  /// Truncate drops and wipes everything from `size` on; a larger size is ignored.
  void Truncate(std::size_t size);
  /// ConsumeFront drops and wipes the first `count` bytes.
  void ConsumeFront(std::size_t count);
  /// Clear wipes and gives the memory back to the arena.
  void Clear();

  ByteSpan span() const { return {data_, size_}; }
  MutableByteSpan mutable_span() { return {data_, size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  Status Grow(std::size_t count);
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Wipe overwrites memory with zeros in a way that the compiler cannot remove.
void Wipe(void* data, std::size_t size);

/// ConstantTimeEqual compares in time that depends on the sizes alone.
bool ConstantTimeEqual(ByteSpan a, ByteSpan b);

/// SecretArenaStats counts what the arena holds, for status pages and tests.
struct SecretArenaStats {
  std::size_t blocks = 0;        ///< live allocations
  std::size_t bytes = 0;         ///< their requested bytes
  std::size_t locked_bytes = 0;  ///< bytes of locked pages, used or kept for reuse
};
/// GetSecretArenaStats is thread-safe.
SecretArenaStats GetSecretArenaStats();

}  // namespace vallum
