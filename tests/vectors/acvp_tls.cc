// SPDX-License-Identifier: Apache-2.0
// The key schedules of TLS 1.2 with an extended master secret (RFC 7627) and of TLS 1.3 (RFC 8446, 7.1).
#include <fmt/format.h>

#include <array>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/kdf.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

using module::DigestAlgorithm;
using module::Indicator;
using module::Tls12Kdf;
using module::Tls13Expand;
using module::Tls13Extract;

/// Schedule is TLS 1.3's, of one case.
class Schedule {
 public:
  Schedule(DigestAlgorithm hash, std::size_t size, const AcvpCase& one)
      : hash_(hash), size_(size), one_(one) {}

  Status Run() {
    const Bytes zeros(size_);
    Fields& test = one_.test;
    const Bytes hello_client = test.Hex("helloClientRandom");
    const Bytes hellos = Concat({hello_client, test.Hex("helloServerRandom")});
    const Bytes server = Concat({hellos, test.Hex("finishedServerRandom")});
    const Bytes client = Concat({server, test.Hex("finishedClientRandom")});
    const Bytes early = TRY(Extract({}, test.HexOr("psk", zeros)));
    TRY(Check(early, "c e traffic", hello_client, "clientEarlyTrafficSecret"));
    TRY(Check(early, "e exp master", hello_client, "earlyExporterMasterSecret"));
    const Bytes handshake = TRY(Extract(early, test.HexOr("dhe", zeros)));
    TRY(Check(handshake, "c hs traffic", hellos, "clientHandshakeTrafficSecret"));
    TRY(Check(handshake, "s hs traffic", hellos, "serverHandshakeTrafficSecret"));
    const Bytes master = TRY(Extract(handshake, zeros));
    TRY(Check(master, "c ap traffic", server, "clientApplicationTrafficSecret"));
    TRY(Check(master, "s ap traffic", server, "serverApplicationTrafficSecret"));
    TRY(Check(master, "exp master", server, "exporterMasterSecret"));
    return Check(master, "res master", client, "resumptionMasterSecret");
  }

  const Indicator& indicator() const { return indicator_; }

 private:
  Result<Bytes> Take(const Derivation& derivation) {
    Derived derived = TRY(Derive(derivation));
    indicator_ = Both(indicator_, derived.indicator);
    return std::move(derived.bytes);
  }

  Result<Bytes> Extract(ByteSpan previous, ByteSpan input) {
    module::KeyRef earlier;
    if (!previous.empty()) {
      earlier = TRY(EnterSecret(module::Algorithm::kGenericSecret, previous)).value;
    }
    return Take({.base = input,
                 .how = Tls13Extract{.hash = hash_, .previous = earlier.get()},
                 .size = size_});
  }

  Status Check(ByteSpan secret, std::string_view label, ByteSpan messages, std::string_view name) {
    const auto digest = TRY(Door().BeginDigest(hash_));
    TRY(digest->Update(messages));
    const Bytes derived = TRY(Take({.base = secret,
                                    .how = Tls13Expand{.hash = hash_,
                                                       .label = ToBytes(AsBytes(label)),
                                                       .context = TRY(digest->Finish())},
                                    .size = size_}));
    return Same(name, derived, one_.Answer().Hex(name));
  }

  DigestAlgorithm hash_;
  std::size_t size_;
  const AcvpCase& one_;
  Indicator indicator_{.approval = module::Approval::kApproved};
};

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpTls12(const AcvpCase& one) {
  const auto hash = DigestOf(one.group.Text("hashAlg"));
  if (!hash) return NotRun("the hash is not offered");
  one.group.Ignore({"testType"});
  const Bytes secret = one.test.Hex("preMasterSecret");
  if (one.group.Bits("preMasterSecretLength") != secret.size()) return Wrong("another length");
  constexpr std::size_t kMasterSecret = 48;
  const Tls12Kdf extended{.hash = *hash,
                          .label = Tls12Kdf::Label::kExtendedMasterSecret,
                          .seed = one.test.Hex("sessionHash")};
  const Derived master = TRY(Derive({.base = secret, .how = extended, .size = kMasterSecret}));
  TRY(Same("the master secret", master.bytes, one.Answer().Hex("masterSecret")));
  const Tls12Kdf expansion{
      .hash = *hash,
      .label = Tls12Kdf::Label::kKeyExpansion,
      .seed = Concat({one.test.Hex("serverRandom"), one.test.Hex("clientRandom")})};
  const Derived block = TRY(
      Derive({.base = master.bytes, .how = expansion, .size = one.group.Bits("keyBlockLength")}));
  TRY(Same("the key block", block.bytes, one.Answer().Hex("keyBlock")));
  return Ran(Both(master.indicator, block.indicator));
}

Result<Verdict> RunAcvpTls13(const AcvpCase& one) {
  const std::string_view name = one.group.Text("hmacAlg");
  const std::string_view mode = one.group.Text("runningMode");
  const auto hash = DigestOf(name);
  if (!hash) return NotRun("the hash is not offered");
  one.group.Ignore({"testType"});
  if (one.test.Has("psk") != (mode != "DHE") || one.test.Has("dhe") != (mode != "PSK")) {
    return Wrong("the case is not what its group says");
  }
  Schedule schedule(*hash, HashSize(name), one);
  TRY(schedule.Run());
  return Ran(schedule.indicator());
}

}  // namespace vallum::vectors
