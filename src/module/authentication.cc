// SPDX-License-Identifier: Apache-2.0
// Requirement: auth-rate
#include "module/authentication.h"

#include <fmt/format.h>

#include <algorithm>

#include "module/authorisation.h"
#include "module/impl.h"
#include "ossl/digest.h"
#include "ossl/kdf.h"
#include "ossl/random.h"
#include "ossl/signature.h"

namespace vallum::module {
namespace {

constexpr std::uint32_t kIterations = 210'000;  // PBKDF2 with HMAC-SHA-512, about 0.15 s
constexpr std::size_t kVerifierSize = 64;
constexpr std::size_t kLongestPassphrase = 1024;
constexpr std::string_view kPurpose = "vallum operator login 1\n";

OperatorBook::Time Now() { return std::chrono::steady_clock::now(); }

Error Refused() {
  return {Code::kUnauthenticated, "the login was refused; check name, role and credential"};
}

Result<KeyRef> OpenPublicKey(Module::Impl& impl, LoginMethod method, ByteSpan spki) {
  const Algorithm algorithm =
      method == LoginMethod::kEd25519 ? Algorithm::kEd25519 : Algorithm::kEcP256;
  return Key::FromSpki(impl.context,
                       {.algorithm = algorithm,
                        .usages = Usage::kVerify,
                        .extractable = false,
                        .origin = Origin::kEntered,
                        .made_under = impl.policy,
                        .id = KeyId(),
                        .version = 0},
                       spki);
}

Result<LoginMethod> MethodOf(const NewOperator& who) {
  if (who.public_key.empty() == who.passphrase.empty()) {
    return InvalidArgument("an operator logs in with a public key or with a passphrase, not both");
  }
  if (who.public_key.empty()) {
    if (who.passphrase.size() >= kLeastPassphrase && who.passphrase.size() <= kLongestPassphrase) {
      return LoginMethod::kPassphrase;
    }
    return InvalidArgument("an operator's passphrase has 14 to 1024 bytes");
  }
  if (who.algorithm == Algorithm::kEcP256) return LoginMethod::kEcP256;
  if (who.algorithm == Algorithm::kEd25519) return LoginMethod::kEd25519;
  return Unsupported("operators log in with ec-p256 or ed25519 keys");
}

Result<SecretBytes> Stretch(Module::Impl& impl, const PassphraseVerifier& verifier,
                            const SecretBytes& passphrase) {
  SecretBytes hash = TRY(SecretBytes::Create(kVerifierSize));
  TRY(ossl::Pbkdf2(
      *impl.context,
      {.hash = ossl::Hash::kSha512, .salt = verifier.salt, .iterations = verifier.iterations},
      passphrase.span(), hash.mutable_span()));
  return hash;
}

Result<SecretBytes> Credential(Module::Impl& impl, LoginMethod method, const NewOperator& who) {
  if (method != LoginMethod::kPassphrase) {
    TRY(OpenPublicKey(impl, method, who.public_key));
    return SecretBytes::CopyOf(who.public_key);
  }
  PassphraseVerifier verifier;
  verifier.iterations = kIterations;
  TRY(ossl::Random(*impl.context, verifier.salt));
  verifier.hash = TRY(Stretch(impl, verifier, who.passphrase));
  return EncodeVerifier(verifier);
}

Result<Bytes> MakeRecord(Module::Impl& impl, Kek& kek, const NewOperator& who) {
  TRY(CheckOperatorName(who.name));
  if (who.role == Role::kUnauthenticated || static_cast<std::size_t>(who.role) >= kRoleCount) {
    return InvalidArgument("an operator is a user, a crypto-officer or an auditor");
  }
  const OperatorFacts facts{who.name, who.role, TRY(MethodOf(who))};
  const SecretBytes credential = TRY(Credential(impl, facts.method, who));
  Bytes ciphertext(credential.size());
  const SealedBytes sealed =
      TRY(kek.SealRecord(OperatorRecordHeader(facts, kek.id()), credential.span(), ciphertext));
  return EncodeOperatorRecord({.facts = facts, .kek_id = kek.id(), .sealed = sealed});
}

Result<OperatorRef> OpenRecord(Module::Impl& impl, ByteSpan bytes) {
  const OperatorRecord record = TRY(ParseOperatorRecord(bytes));
  const SecretBytes credential = TRY(impl.kek->OpenRecord(
      record.kek_id, OperatorRecordHeader(record.facts, record.kek_id), record.sealed));
  Operator who;
  who.facts = record.facts;
  if (who.facts.method == LoginMethod::kPassphrase) {
    who.verifier = TRY(ParseVerifier(credential.span()));
  } else {
    who.public_key = TRY(OpenPublicKey(impl, who.facts.method, credential.span()));
  }
  return std::make_shared<const Operator>(std::move(who));
}

Bytes ChallengeMessage(const Module::Impl& impl, const LoginNonce& nonce, std::string_view name,
                       Role role) {
  Bytes message = ToBytes(AsBytes(kPurpose));
  Append(message, impl.instance);
  Append(message, nonce);
  message.push_back(static_cast<std::uint8_t>(role));
  Append(message, AsBytes(name));
  return message;
}

// The parts of a challenge's message; `name` views it.
struct ChallengeParts {
  LoginNonce nonce{};
  Role role = Role::kUnauthenticated;
  std::string_view name;
};

Result<ChallengeParts> ParseChallenge(ByteSpan message) {
  ByteReader reader(message);
  TRY(reader.ReadBytes(kPurpose.size() + sizeof(InstanceId)));
  ChallengeParts parts;
  std::ranges::copy(TRY(reader.ReadBytes(parts.nonce.size())), parts.nonce.begin());
  parts.role = static_cast<Role>(TRY(reader.ReadU8()));
  parts.name = AsText(reader.rest());
  return parts;
}

Status VerifySignature(Module::Impl& impl, Key& key, ByteSpan message, ByteSpan signature) {
  if (key.attributes().algorithm == Algorithm::kEd25519) {
    return ossl::VerifyMessage(*key.pair(), {}, message, signature);
  }
  const auto digest = TRY(ossl::ComputeDigest(*impl.context, ossl::Hash::kSha256, {message}));
  return ossl::VerifyDigest(*key.pair(), {.hash = ossl::Hash::kSha256}, digest.span(), signature);
}

// The same work whether there is such an operator or not.
Result<bool> IsPassphraseOf(Module::Impl& impl, const Operator* who,
                            const SecretBytes& passphrase) {
  const bool known = who != nullptr && who->facts.method == LoginMethod::kPassphrase;
  const bool fits =
      passphrase.size() >= kLeastPassphrase && passphrase.size() <= kLongestPassphrase;
  PassphraseVerifier nobody;
  nobody.iterations = kIterations;
  nobody.hash = TRY(SecretBytes::Create(kVerifierSize));
  const PassphraseVerifier& verifier = known ? who->verifier : nobody;
  const SecretBytes hash = TRY(Stretch(impl, verifier, fits ? passphrase : nobody.hash));
  const bool equal = hash == verifier.hash;
  return equal && fits && known;
}

// A session begins when the gate has let the login out. It exists before, so that a zeroisation in
// between finds and ends it.
Result<SessionRef> Begin(Module::Impl& impl, const OperatorRef& who, Gate::Pass pass) {
  SessionRef session = std::make_shared<Session>(impl.instance, who->facts.name, who->facts.role);
  TRY(impl.gate.Commit(std::move(pass)));
  if (!impl.operators.Keep(who, session)) return Refused();
  return session;
}

}  // namespace

Result<Bytes> EnrolFirstOfficer(Module& module, const SecretBytes& root_key, ByteSpan kek_blob,
                                const NewOperator& first) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kEnrolFirstOfficer);
  record.NameOperator(first.name, Role::kUnauthenticated);
  Gate::Pass pass = TRY(impl.gate.Enter({State::kUninitialised}));
  TRY(record.Authorise());
  if (first.role != Role::kCryptoOfficer) {
    return InvalidArgument("the first operator is a crypto-officer, who enrols the others");
  }
  const std::unique_ptr<Kek> kek = TRY(Kek::Unwrap(impl.context, root_key, kek_blob));
  Bytes made = TRY(MakeRecord(impl, *kek, first));
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return made;
}

Result<Bytes> EnrolOperator(Module& module, const NewOperator& who) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kEnrolOperator);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  Bytes made = TRY(MakeRecord(impl, *impl.kek, who));
  TRY(impl.operators.Add(TRY(OpenRecord(impl, made))));
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return made;
}

Status LoadOperator(Module& module, ByteSpan bytes) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kLoadOperator);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(impl.operators.Add(TRY(OpenRecord(impl, bytes))));
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return {};
}

Status RemoveOperator(Module& module, std::string_view name) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kRemoveOperator);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(impl.operators.Remove(name));
  TRY(impl.gate.Commit(std::move(pass)));
  record.Succeed();
  return {};
}

Result<LoginChallenge> BeginLogin(Module& module, std::string_view name, Role role) {
  Module::Impl& impl = module.impl();
  TRY(CheckOperatorName(name));
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  LoginNonce nonce;
  TRY(ossl::Random(*impl.context, nonce));
  LoginChallenge challenge{ChallengeMessage(impl, nonce, name, role)};
  TRY(impl.operators.Expect(nonce, challenge.message, Now()));
  TRY(impl.gate.Commit(std::move(pass)));
  return challenge;
}

Result<SessionRef> FinishLogin(Module& module, const LoginChallenge& challenge,
                               ByteSpan signature) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kLogin);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  const Result<ChallengeParts> parts = ParseChallenge(challenge.message);
  if (!parts || !impl.operators.Take(parts->nonce, challenge.message, Now())) return Refused();
  record.NameOperator(std::string(parts->name), parts->role);
  const OperatorRef who = impl.operators.Find(parts->name);
  if (who == nullptr || who->public_key == nullptr || who->facts.role != parts->role) {
    return Refused();
  }
  if (!VerifySignature(impl, *who->public_key, challenge.message, signature)) return Refused();
  SessionRef session = TRY(Begin(impl, who, std::move(pass)));
  record.Succeed();
  return session;
}

Result<SessionRef> LoginWithPassphrase(Module& module, std::string_view name, Role role,
                                       const SecretBytes& passphrase) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kLogin);
  TRY(CheckOperatorName(name));
  record.NameOperator(std::string(name), role);
  Gate::Pass pass = TRY(impl.gate.Enter(kServing));
  if (const auto wait = impl.operators.Admit(name, Now()); wait > wait.zero()) {
    return Error(Code::kUnavailable,
                 fmt::format("too many logins failed; try again in {} seconds",
                             std::chrono::ceil<std::chrono::seconds>(wait).count()));
  }
  const OperatorRef who = impl.operators.Find(name);
  const bool right = TRY(IsPassphraseOf(impl, who.get(), passphrase));
  if (!right || who->facts.role != role) return Refused();
  SessionRef session = TRY(Begin(impl, who, std::move(pass)));
  impl.operators.Succeed(name);
  record.Succeed();
  return session;
}

}  // namespace vallum::module
