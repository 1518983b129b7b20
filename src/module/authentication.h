// SPDX-License-Identifier: Apache-2.0
// Operators of the module: enrolment, login, end (ISO/IEC 19790:2012, 7.4.4, level 2: roles are
// authenticated). Part of the door; include module/module.h.
//
//   // once, before the first unsealing; the host keeps the record beside its keys
//   Bytes record = TRY(EnrolFirstOfficer(*module, root_key, kek_blob, officer));
//   // after each unsealing
//   TRY(LoadOperator(*module, record));
//   LoginChallenge challenge = TRY(BeginLogin(*module, "ada", Role::kCryptoOfficer));
//   SessionRef session = TRY(FinishLogin(*module, challenge, sign(challenge.message)));
//
// A record is sealed under the key-encryption key (docs/formats/operator-record.md): editing a stored
// one makes it unusable. Leaving one away removes an operator only until it is loaded again, so
// deleting it is the host's task. All functions are thread-safe.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "module/algorithm.h"
#include "module/role.h"
#include "module/zeroise.h"

namespace vallum::module {

/// NewOperator has one way to log in: a public key, or a passphrase of 14 to 1024 bytes.
struct NewOperator {
  std::string name;  ///< 1 to 64 printable ASCII characters without spaces
  Role role = Role::kUser;
  Algorithm algorithm = Algorithm::kEcP256;  ///< of public_key: ec-p256 or ed25519
  Bytes public_key;                          ///< DER SubjectPublicKeyInfo, or empty
  SecretBytes passphrase;                    ///< or empty
};

/// EnrolFirstOfficer makes the record of a crypto officer while nobody can log in yet:
/// State::kUninitialised, with the root key as the proof of right. kModuleState later, kIntegrity when
/// root key and blob do not belong together, kInvalidArgument when `first` is no crypto officer.
Result<Bytes> EnrolFirstOfficer(Module& module, const SecretBytes& root_key, ByteSpan kek_blob,
                                const NewOperator& first);
/// EnrolOperator makes a record for anybody, and loads it. kAlreadyExists when the name is loaded.
Result<Bytes> EnrolOperator(Module& module, const NewOperator& who);
/// LoadOperator makes the operator of a record known; needed after each unsealing. kIntegrity when
/// the record was altered or belongs to another store, kAlreadyExists when the name is loaded.
Status LoadOperator(Module& module, ByteSpan record);
/// RemoveOperator forgets an operator and ends the sessions; kNotFound.
Status RemoveOperator(Module& module, std::string_view name);

/// LoginChallenge is what the operator's private key has to sign: ECDSA with SHA-256 (DER) or Ed25519
/// over `message`, which names role, module instance and operator and holds 32 random bytes.
struct LoginChallenge {
  Bytes message;
};

/// BeginLogin makes a challenge, for names that do not exist too. It is good for one attempt within a
/// minute. kResourceExhausted when too many are open.
Result<LoginChallenge> BeginLogin(Module& module, std::string_view name, Role role);
/// FinishLogin uses the challenge up. kUnauthenticated for any failure: unknown name, wrong role or
/// signature, another instance's or a used challenge.
Result<SessionRef> FinishLogin(Module& module, const LoginChallenge& challenge, ByteSpan signature);
/// LoginWithPassphrase takes about as long for a name that does not exist as for a wrong passphrase,
/// and answers kUnauthenticated alike. kUnavailable, without a look at the passphrase, when the name
/// was tried too often: ten times a minute, and less after failures (module/login_throttle.h).
Result<SessionRef> LoginWithPassphrase(Module& module, std::string_view name, Role role,
                                       const SecretBytes& passphrase);
/// EndSession zeroises a session: the keys entered in it (EnterKey) and its right to act. On the
/// thread's own session only, or as a crypto officer.
Result<ZeroiseReport> EndSession(Module& module, const SessionRef& session);

}  // namespace vallum::module
