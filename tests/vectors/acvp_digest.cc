// SPDX-License-Identifier: Apache-2.0
// SHA-2 (FIPS 180-4) and SHA-3 (FIPS 202): AFT, the Monte Carlo test, and LDT (a message of a GiB).
#include <fmt/format.h>

#include <array>

#include "vectors/adapters.h"
#include "vectors/der.h"
#include "vectors/door.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

using module::DigestAlgorithm;

constexpr module::Indicator kApproved{.approval = module::Approval::kApproved};

Result<Bytes> Hash(DigestAlgorithm algorithm, ByteSpan message) {
  const auto digest = TRY(Door().BeginDigest(algorithm));
  TRY(digest->Update(message));
  return digest->Finish();
}

/// FIPS 202's Monte Carlo test chains one digest, FIPS 180-4's the last three.
Result<Bytes> MonteCarloRound(DigestAlgorithm algorithm, bool sha3, const Bytes& seed) {
  std::array<Bytes, 3> last = {seed, seed, seed};
  for (int i = 0; i < 1000; ++i) {
    Bytes next = TRY(Hash(algorithm, sha3 ? last[2] : Concat({last[0], last[1], last[2]})));
    last = {std::move(last[1]), std::move(last[2]), std::move(next)};
  }
  return last[2];
}

Status MonteCarlo(const AcvpCase& one, DigestAlgorithm algorithm, Bytes seed) {
  const bool sha3 = one.algorithm.starts_with("SHA3");
  for (Fields& result : one.Answer().Objects("resultsArray")) {
    seed = TRY(MonteCarloRound(algorithm, sha3, seed));
    TRY(Same("a digest of the Monte Carlo test", seed, result.Hex("md")));
    if (!result.Problem().empty()) return Wrong(result.Problem());
  }
  return {};
}

/// A large message is its content again and again.
Result<Bytes> HashLarge(DigestAlgorithm algorithm, Fields& message) {
  constexpr std::size_t kChunk = 1 << 20;
  const Bytes content = message.Hex("content");
  std::size_t left = message.Bits("fullLength");
  if (message.Text("expansionTechnique") != "repeating" || content.empty() ||
      message.Bits("contentLength") != content.size() || kChunk % content.size() != 0) {
    return Wrong("a large message of an unknown kind");
  }
  Bytes chunk;
  while (chunk.size() < kChunk) Append(chunk, content);
  const auto digest = TRY(Door().BeginDigest(algorithm));
  while (left != 0) {
    const std::size_t size = std::min(left, chunk.size());
    TRY(digest->Update(ByteSpan(chunk).first(size)));
    left -= size;
  }
  return digest->Finish();
}

Result<Bytes> Message(Fields& test) {
  Bytes message = test.Hex("msg");
  if (test.Bits("len") > message.size()) return Wrong("the message is shorter than its length");
  message.resize(test.Bits("len"));
  return message;
}

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpDigest(const AcvpCase& one) {
  const auto algorithm = DigestOf(one.algorithm);
  if (!algorithm) return NotRun(fmt::format("{} is not offered", one.algorithm));
  const std::string_view type = one.group.Text("testType");
  if (type == "MCT") {
    TRY(MonteCarlo(one, *algorithm, TRY(Message(one.test))));
    return Ran(kApproved);
  }
  const Bytes digest = type == "LDT" ? TRY(HashLarge(*algorithm, one.test.Object("largeMsg")))
                                     : TRY(Hash(*algorithm, TRY(Message(one.test))));
  TRY(Same("the digest", digest, one.Answer().Hex("md")));
  return Ran(kApproved);
}

}  // namespace vallum::vectors
