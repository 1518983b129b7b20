// SPDX-License-Identifier: Apache-2.0
#include "net/socket_bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace vallum::net {
namespace {

int Descriptor(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int Write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  ssize_t count = 0;
  do {
    count = send(Descriptor(bio), data, size, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
  *written = count > 0 ? static_cast<std::size_t>(count) : 0;
  return count > 0 ? 1 : 0;
}

int Read(BIO* bio, char* data, std::size_t size, std::size_t* read) {
  BIO_clear_retry_flags(bio);
  ssize_t count = 0;
  do {
    count = recv(Descriptor(bio), data, size, 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
  if (count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  *read = count > 0 ? static_cast<std::size_t>(count) : 0;
  return count > 0 ? 1 : 0;
}

long Control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

BIO_METHOD* MakeMethod() {
  const int type = BIO_get_new_index();
  BIO_METHOD* method = type < 0 ? nullptr : BIO_meth_new(type | BIO_TYPE_SOURCE_SINK, "socket");
  if (method == nullptr) return nullptr;
  const bool ok = BIO_meth_set_write_ex(method, Write) == 1 &&
                  BIO_meth_set_read_ex(method, Read) == 1 &&
                  BIO_meth_set_ctrl(method, Control) == 1;
  if (ok) return method;
  BIO_meth_free(method);
  return nullptr;
}

}  // namespace

bio_st* NewSocketBio(int fd) {
  static BIO_METHOD* const method = MakeMethod();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace vallum::net
