// SPDX-License-Identifier: Apache-2.0
// An OpenSSL BIO over a non-blocking socket that sends with MSG_NOSIGNAL. Private to net.
// OpenSSL's own uses write(), so that a peer that goes away would raise SIGPIPE in the process.
#pragma once

struct bio_st;

namespace vallum::net {

/// NewSocketBio returns a BIO that the caller owns, or null; the socket stays the caller's.
bio_st* NewSocketBio(int fd);

}  // namespace vallum::net
