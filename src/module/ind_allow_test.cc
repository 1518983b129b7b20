// SPDX-License-Identifier: Apache-2.0
// Requirement: ind-allow
// Every cell of the approved table: each algorithm, operation and scheme that it offers runs under policy
// `only` and is approved, without any reason against it.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>

#include "module/approved_table.h"
#include "module/scheme_facts.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using Outcome = Result<Indicator>;

constexpr Indicator kApproved{Approval::kApproved, 0};
const Bytes kMessage(32, 0x6d);

template <typename T>
Outcome Of(const Result<T>& result) {
  if (!result) return result.error();
  if constexpr (requires { result->indicator; }) {
    return result->indicator;
  } else {
    return kApproved;  // a service whose result has no indicator of its own
  }
}

// What one algorithm's operations work on.
struct Subject {
  Module& module;
  const AlgorithmFacts& facts;
  KeyRef key;
  KeyRef wrapping;
};

Bytes IvFor(Scheme scheme) { return Bytes(scheme == Scheme::kAesXts ? 16 : 0, 0x11); }

bool IsOaep(Scheme scheme) {
  return scheme == Scheme::kRsaOaepSha256 || scheme == Scheme::kRsaOaepSha384 ||
         scheme == Scheme::kRsaOaepSha512;
}

Outcome Encrypt(const Subject& s, Scheme scheme) {
  if (IsOaep(scheme)) return Of(s.module.EncryptOaep(*s.key, scheme, kMessage));
  const Bytes iv = IvFor(scheme);
  return Of(s.module.EncryptWith(*s.key, {.scheme = scheme, .iv = iv}, kMessage));
}

Outcome Decrypt(const Subject& s, Scheme scheme) {
  if (IsOaep(scheme)) {
    const auto sent = TRY(s.module.EncryptOaep(*s.key, scheme, kMessage));
    return Of(s.module.DecryptOaep(*s.key, scheme, sent.value));
  }
  const Bytes iv = IvFor(scheme);
  const Encrypted sent =
      TRY(s.module.EncryptWith(*s.key, {.scheme = scheme, .iv = iv}, kMessage)).value;
  return Of(s.module.DecryptWith(*s.key, {.scheme = scheme, .iv = sent.iv}, sent.data, sent.tag));
}

// Scheme::kMlDsaMu signs 64 bytes that stand for the message.
Bytes ToSign(Scheme scheme) { return Bytes(scheme == Scheme::kMlDsaMu ? 64 : 32, 0x6d); }

Outcome Sign(const Subject& s, Scheme scheme) {
  return Of(SignWith(s.module, *s.key, scheme, ToSign(scheme), {}));
}

Outcome Verify(const Subject& s, Scheme scheme) {
  const Bytes message = ToSign(scheme);
  const Bytes signature = TRY(SignWith(s.module, *s.key, scheme, message, {})).value;
  TRY(VerifyWith(s.module, *s.key, scheme, message, signature, {}));
  return VerifyWith(s.module, *s.key, scheme, message, signature, {});
}

Outcome Mac(const Subject& s, Scheme scheme) {
  return Of(s.module.MacWith(*s.key, {.scheme = scheme}, kMessage));
}

Outcome VerifyMac(const Subject& s, Scheme scheme) {
  const Bytes mac = TRY(s.module.MacWith(*s.key, {.scheme = scheme}, kMessage)).value;
  return s.module.VerifyMacWith(*s.key, {.scheme = scheme}, kMessage, mac);
}

// kAes256 can be wrapped by AES-KW as well: its size is a multiple of 8 bytes.
Outcome Wrap(const Subject& s, Scheme scheme) {
  return Of(s.module.WrapKey(*s.key, *s.wrapping, scheme));
}

Outcome Unwrap(const Subject& s, Scheme scheme) {
  const Bytes wrapped = TRY(s.module.WrapKey(*s.key, *s.wrapping, scheme)).value;
  return Of(
      s.module.UnwrapKey(*s.key, wrapped, {.algorithm = Algorithm::kAes256}, KeyId(), 1, scheme));
}

Outcome Import(const Subject& s, Scheme) {
  const KeySpec spec{.algorithm = s.facts.algorithm};
  if (s.facts.provider_name != nullptr) {
    const Bytes spki = TRY(s.module.PublicKey(*s.key));
    return Of(EnterPublic(s.module, spec, PublicForm::kSpki, spki));
  }
  SecretBytes material = TRY(SecretBytes::Create(s.facts.key_bits / 8));
  TRY(s.module.Random(material.mutable_span()));
  return Of(s.module.EnterKey(spec, material));
}

Outcome AgreeOnSecret(const Subject& s, Scheme) {
  const Bytes peer = TRY(s.module.PublicKey(*s.key));
  return Of(Agree(s.module, *s.key, peer, {.algorithm = Algorithm::kGenericSecret}));
}

Outcome Derive(const Subject& s, Scheme scheme) {
  const std::map<Scheme, KdfParameters> parameters = {
      {Scheme::kHkdf, Hkdf{}},
      {Scheme::kOneStepKdf, OneStepKdf{}},
      {Scheme::kKbkdf, Kbkdf{}},
      {Scheme::kPbkdf2, Pbkdf2{.salt = Bytes(16, 1), .iterations = 1000}},
      {Scheme::kX963Kdf, X963Kdf{}},
      {Scheme::kTls12Kdf, Tls12Kdf{.label = Tls12Kdf::Label::kKeyExpansion, .seed = Bytes(64, 1)}},
      {Scheme::kTls13Kdf, Tls13Expand{.label = ToBytes(AsBytes("key"))}}};
  return Of(DeriveBytes(s.module, *s.key, parameters.at(scheme), 32));
}

Outcome Decapsulate(const Subject& s, Scheme) {
  const Bytes sent = TRY(s.module.Encapsulate(*s.key)).value.ciphertext;
  return Of(s.module.Decapsulate(*s.key, sent));
}

using Run = std::function<Outcome(const Subject&, Scheme)>;

const std::map<Operation, Run>& Runs() {
  static const std::map<Operation, Run> runs = {
      {Operation::kGenerate,
       [](const Subject& s, Scheme) {
         return Of(s.module.GenerateKey({.algorithm = s.facts.algorithm}, KeyId(), 1));
       }},
      {Operation::kImport, Import},
      {Operation::kExportPublic,
       [](const Subject& s, Scheme) { return Of(s.module.PublicKey(*s.key)); }},
      {Operation::kEncrypt, Encrypt},
      {Operation::kDecrypt, Decrypt},
      {Operation::kSign, Sign},
      {Operation::kVerify, Verify},
      {Operation::kMac, Mac},
      {Operation::kVerifyMac, VerifyMac},
      {Operation::kWrap, Wrap},
      {Operation::kUnwrap, Unwrap},
      {Operation::kEncapsulate,
       [](const Subject& s, Scheme) { return Of(s.module.Encapsulate(*s.key)); }},
      {Operation::kDecapsulate, Decapsulate},
      {Operation::kDerive, Derive},
      {Operation::kAgree, AgreeOnSecret},
  };
  return runs;
}

class IndAllowTest : public ModuleTest {
 protected:
  // Runs every cell of `facts` in this row of the table.
  static int RunRow(const Subject& subject, const Service& service) {
    int cells = 0;
    for (unsigned bit = 0; bit < 32; ++bit) {
      const auto operation = static_cast<Operation>(bit);
      if (!service.operations.Has(operation)) continue;
      SCOPED_TRACE(std::string(subject.facts.name) + ", " + std::string(Name(operation)) + ", " +
                   std::string(Name(service.scheme)));
      const Outcome outcome = Runs().at(operation)(subject, service.scheme);
      ++cells;
      EXPECT_THAT(outcome, IsOk());
      if (!outcome) continue;
      EXPECT_EQ(*outcome, kApproved);
    }
    return cells;
  }
};

TEST_F(IndAllowTest, EveryCellOfTheApprovedTableRunsAndIsApproved) {
  const KeyRef wrapping = MakeKey(Algorithm::kAes256, {}, true);
  const std::uint64_t before = module_->status().services_not_approved;
  int cells = 0;
  for (const AlgorithmFacts& facts : kAlgorithms) {
    if (IsSlow(facts.algorithm)) continue;  // signing_options_test.cc and the vectors have them
    const KeyRef key = MakeKey(facts.algorithm, AllUsages(facts.algorithm), true);
    ASSERT_NE(key, nullptr);
    ASSERT_THAT(module_->GrantInvocations(*key, 0, 1000), IsOk());
    for (const Service& service : kServices) {
      if (IsOffered(facts, service)) cells += RunRow({*module_, facts, key, wrapping}, service);
    }
  }
  EXPECT_EQ(module_->status().services_not_approved, before);
  EXPECT_GT(cells, 350);
  std::printf("%d cells of the approved table\n", cells);
}

// A row of a family that no algorithm has would never run above.
TEST_F(IndAllowTest, EveryRowOfTheTableBelongsToAnAlgorithm) {
  for (const Service& service : kServices) {
    EXPECT_TRUE(std::ranges::any_of(kAlgorithms, [&](const AlgorithmFacts& facts) {
      return !IsSlow(facts.algorithm) && IsOffered(facts, service);
    })) << Name(service.scheme);
  }
}

}  // namespace
}  // namespace vallum::module
