// SPDX-License-Identifier: Apache-2.0
// AES in ECB, CBC and CTR (SP 800-38A), XTS (SP 800-38E): AFT, the counter test, the Monte Carlo test.
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/aes.h"
#include "vectors/der.h"
#include "vectors/door.h"

namespace vallum::vectors {
namespace {

using module::Algorithm;
using module::Scheme;

constexpr std::size_t kBlock = 16;

/// One call in a direction, with an approved result.
Result<Bytes> Crypt(module::Key& key, Scheme scheme, bool encrypt, ByteSpan iv, ByteSpan in) {
  if (encrypt) {
    const auto out = TRY(Door().EncryptWith(key, {.scheme = scheme, .iv = iv}, in));
    TRY(Ran(out.indicator));
    return out.value.data;
  }
  const auto out = TRY(Door().DecryptWith(key, {.scheme = scheme, .iv = iv}, in, {}));
  TRY(Ran(out.indicator));
  return ToBytes(out.value.span());
}

void XorEnd(Bytes& key, ByteSpan mask) {
  const std::size_t skip = mask.size() - key.size();
  for (std::size_t i = 0; i < key.size(); ++i) key[i] ^= mask[skip + i];
}

/// The Monte Carlo test: a hundred chains of a thousand blocks. In CBC the chain goes on over all
/// thousand blocks, and each input but the first two is the output before the last.
class MonteCarlo {
 public:
  MonteCarlo(Scheme scheme, bool encrypt, Bytes key, Bytes iv, Bytes in)
      : scheme_(scheme),
        encrypt_(encrypt),
        key_(std::move(key)),
        iv_(std::move(iv)),
        in_(std::move(in)) {}

  Status CheckRound(Fields& result) {
    TRY(Same("the key", key_, result.Hex("key")));
    if (chained()) TRY(Same("the IV", iv_, result.Hex("iv")));
    TRY(Same("the input", in_, result.Hex(encrypt_ ? "pt" : "ct")));
    TRY(Chain());
    TRY(Same("the output", last_, result.Hex(encrypt_ ? "ct" : "pt")));
    if (!result.Problem().empty()) return Wrong(result.Problem());
    XorEnd(key_, Concat({before_, last_}));
    if (chained()) iv_ = last_;
    in_ = chained() ? before_ : last_;
    return {};
  }

 private:
  bool chained() const { return scheme_ == Scheme::kAesCbc; }

  Status Chain() {
    const module::KeyRef key = TRY(EnterAes(key_));
    Bytes iv = iv_;
    Bytes in = in_;
    last_ = iv_;
    for (int i = 0; i < 1000; ++i) {
      Bytes out = TRY(Crypt(*key, scheme_, encrypt_, iv, in));
      before_ = std::exchange(last_, out);
      if (chained()) {
        iv = encrypt_ ? out : in;
        in = before_;
      } else {
        in = std::move(out);
      }
    }
    return {};
  }

  Scheme scheme_;
  bool encrypt_;
  Bytes key_;
  Bytes iv_;
  Bytes in_;
  Bytes last_;
  Bytes before_;
};

std::optional<Scheme> SchemeOf(std::string_view algorithm) {
  if (algorithm == "ACVP-AES-ECB") return Scheme::kAesEcb;
  if (algorithm == "ACVP-AES-CBC") return Scheme::kAesCbc;
  if (algorithm == "ACVP-AES-CTR") return Scheme::kAesCtr;
  return std::nullopt;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpAes(const AcvpCase& one) {
  const auto scheme = SchemeOf(one.algorithm);
  if (!scheme) return NotRun("the mode is not offered");
  const bool encrypt = one.group.Text("direction") == "encrypt";
  const std::string_view type = one.group.Text("testType");
  const Bytes key = one.test.Hex("key");
  const Bytes iv = one.test.HexOr("iv");
  const Bytes in = one.test.Hex(encrypt ? "pt" : "ct");
  if (key.size() != one.group.Bits("keyLen")) return Wrong("the key has another length");
  if (one.test.Has("payloadLen") && one.test.Bits("payloadLen") != in.size()) {
    return Wrong("the payload has another length");
  }
  one.group.Ignore({"incremental", "overflow"});  // which the counter block shows
  if (type == "MCT") {
    MonteCarlo test(*scheme, encrypt, key, iv, in);
    for (Fields& result : one.Answer().Objects("resultsArray")) TRY(test.CheckRound(result));
    return Ran({.approval = module::Approval::kApproved});
  }
  if (type != "AFT" && type != "CTR") return Wrong("a test of an unknown type");
  const Bytes out = one.Answer().Hex(encrypt ? "ct" : "pt");
  return CheckBothWays({.scheme = *scheme,
                        .key = key,
                        .iv = iv,
                        .aad = {},
                        .plaintext = encrypt ? in : out,
                        .ciphertext = encrypt ? out : in,
                        .tag = {}});
}

/// The data unit's number is the tweak, its least significant byte first.
Result<Verdict> RunAcvpXts(const AcvpCase& one) {
  const bool encrypt = one.group.Text("direction") == "encrypt";
  const Bytes in = one.test.Hex(encrypt ? "pt" : "ct");
  const Bytes key = one.test.Hex("key");
  one.group.Ignore({"testType"});
  if (one.group.Text("tweakMode") != "number" || in.size() != one.group.Bits("payloadLen") ||
      key.size() != 2 * one.group.Bits("keyLen")) {
    return Wrong("the case is not what its group says");
  }
  Bytes tweak(kBlock);
  auto number = static_cast<std::uint64_t>(one.test.Integer("sequenceNumber"));
  for (std::size_t i = 0; number != 0; ++i, number >>= 8) {
    tweak[i] = static_cast<std::uint8_t>(number);
  }
  const Entered entered =
      TRY(EnterSecret(key.size() == 32 ? Algorithm::kAes128Xts : Algorithm::kAes256Xts, key));
  TRY(Ran(entered.indicator));
  const Bytes out = TRY(Crypt(*entered.value, Scheme::kAesXts, encrypt, tweak, in));
  TRY(Same("the output", out, one.Answer().Hex(encrypt ? "ct" : "pt")));
  TRY(Same("the input again", TRY(Crypt(*entered.value, Scheme::kAesXts, !encrypt, tweak, out)),
           in));
  return Ran(entered.indicator);
}

}  // namespace vallum::vectors
