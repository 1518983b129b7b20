// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <string.h>  // NOLINT: explicit_bzero is not in <cstring>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>

#include "base/secret_arena.h"

namespace vallum {
namespace {

using internal::SecretArena;

Error NoLockedMemory() {
  return ResourceExhausted(
      "no more memory can be locked for secrets; raise the memory-lock limit (ulimit -l, or "
      "LimitMEMLOCK= in the unit file) or send less at once");
}

void Copy(std::uint8_t* to, ByteSpan from) {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace

void Wipe(void* data, std::size_t size) {
  if (size != 0) explicit_bzero(data, size);
}

bool ConstantTimeEqual(ByteSpan a, ByteSpan b) {
  if (a.size() != b.size()) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
    // Keeps the compiler from leaving the loop at the first difference.
    asm volatile("" : "+r"(difference));
  }
  return difference == 0;
}

SecretArenaStats GetSecretArenaStats() { return SecretArena::Instance().Stats(); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes taken(std::move(other));  // first, so that assigning to itself loses nothing
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

SecretBytes::~SecretBytes() {
  if (data_ != nullptr) SecretArena::Instance().Free(data_, size_);
}

Result<SecretBytes> SecretBytes::Create(std::size_t size) {
  if (size == 0) return SecretBytes();
  std::uint8_t* data = SecretArena::Instance().Allocate(size);
  if (data == nullptr) return NoLockedMemory();
  return SecretBytes(data, size);
}

Result<SecretBytes> SecretBytes::CopyOf(ByteSpan bytes) {
  auto copy = TRY(Create(bytes.size()));
  Copy(copy.data_, bytes);
  return copy;
}

bool operator==(const SecretBytes& a, const SecretBytes& b) {
  return ConstantTimeEqual(a.span(), b.span());
}

SecretBuffer::SecretBuffer(SecretBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBuffer& SecretBuffer::operator=(SecretBuffer&& other) noexcept {
  if (this == &other) return *this;
  Clear();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

SecretBuffer::~SecretBuffer() { Clear(); }

Status SecretBuffer::Reserve(std::size_t capacity) {
  if (capacity <= capacity_) return {};
  const std::size_t usable = SecretArena::UsableSize(capacity);
  std::uint8_t* data = usable == 0 ? nullptr : SecretArena::Instance().Allocate(usable);
  if (data == nullptr) return NoLockedMemory();
  Copy(data, span());
  if (data_ != nullptr) SecretArena::Instance().Free(data_, capacity_);
  data_ = data;
  capacity_ = usable;
  return {};
}

Status SecretBuffer::Grow(std::size_t count) {
  if (count <= capacity_ - size_) return {};
  if (count > std::numeric_limits<std::size_t>::max() / 4 - size_) return NoLockedMemory();
  return Reserve(std::max(size_ + count, 2 * capacity_));
}

Status SecretBuffer::Append(ByteSpan bytes) {
  if (bytes.empty()) return {};
  // `bytes` may lie in this very buffer, which growing wipes.
  const bool own =
      std::greater_equal<>()(bytes.data(), data_) && std::less<>()(bytes.data(), data_ + size_);
  const auto offset = own ? static_cast<std::size_t>(bytes.data() - data_) : 0;
  TRY(Grow(bytes.size()));
  Copy(data_ + size_, own ? ByteSpan(data_ + offset, bytes.size()) : bytes);
  size_ += bytes.size();
  return {};
}

Result<MutableByteSpan> SecretBuffer::Extend(std::size_t count) {
  TRY(Grow(count));
  MutableByteSpan tail(data_ + size_, count);
  size_ += count;
  return tail;
}

void SecretBuffer::Truncate(std::size_t size) {
  if (size >= size_) return;
  Wipe(data_ + size, size_ - size);
  size_ = size;
}

void SecretBuffer::ConsumeFront(std::size_t count) {
  if (count == 0 || size_ == 0) return;
  const std::size_t kept = size_ - std::min(count, size_);
  std::memmove(data_, data_ + (size_ - kept), kept);
  Truncate(kept);
}

void SecretBuffer::Clear() {
  if (data_ != nullptr) SecretArena::Instance().Free(data_, capacity_);
  data_ = nullptr;
  size_ = 0;
  capacity_ = 0;
}

}  // namespace vallum
