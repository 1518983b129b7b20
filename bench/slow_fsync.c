// SPDX-License-Identifier: Apache-2.0
// LD_PRELOAD for the creation benchmark: every fsync and fdatasync takes a millisecond longer, as on a
// disk that really waits. On a machine whose virtual disk answers at once, group commit shows nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int Delayed(const char* name, int fd) {
  const struct timespec millisecond = {0, 1000000};
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  nanosleep(&millisecond, 0);
  return real(fd);
}

int fsync(int fd) { return Delayed("fsync", fd); }
int fdatasync(int fd) { return Delayed("fdatasync", fd); }
