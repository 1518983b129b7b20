// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption.
#pragma once

#include <functional>

#include "p11/core/object.h"
#include "p11/mechanism/operation.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

enum class Direction : std::uint8_t { kEncrypt, kDecrypt };

/// MoreInvocations lets a key encrypt more (SP 800-38D, 8.3), or says why not.
using MoreInvocations = std::function<Done()>;

/// BeginCipher takes a row with CKF_ENCRYPT and a key that fits it. An AES-GCM IV with ulIvBits 0 is made
/// by the module and written to pIv, which has to stay until the message is encrypted.
Ck<std::unique_ptr<Cipher>> BeginCipher(module::Module& module, const MechanismRow& row,
                                        ByteSpan parameter, const Object& key, Direction direction,
                                        MoreInvocations more);

/// BeginMessages is for AES-GCM alone.
Ck<std::unique_ptr<MessageCipher>> BeginMessages(const MechanismRow& row, const Object& key,
                                                 MoreInvocations more);

}  // namespace vallum::p11
