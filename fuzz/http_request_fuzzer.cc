// SPDX-License-Identifier: Apache-2.0
// Requests as they come from the wire, in pieces: the parser takes no more than it is given, keeps its
// bounds, ends once, and comes to the same end however the bytes were cut.
//
// Input: one byte that says how the rest is cut; the rest is what a client sends.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "net/http_parser.h"

namespace vallum::net {
namespace {

constexpr ParserLimits kLimits{.max_header_bytes = 2 << 10, .max_body_bytes = 4 << 10};

void Require(bool condition) {
  if (!condition) std::abort();
}

struct End {
  std::size_t used = 0;
  bool done = false;
  unsigned refusal = 0;
  std::string request;
  bool operator==(const End&) const = default;
};

std::string Printed(Request& request) {
  std::string all = request.method + ' ' + request.target + '\n';
  for (const auto& [name, value] : request.headers) all += name + ":" + value + "\n";
  const ByteSpan body = request.body.span();
  return all.append(body.begin(), body.end());
}

void CheckBounds(Request& request) {
  Require(request.headers.size() <= kMaxHeaderFields);
  Require(request.body.size() <= kLimits.max_body_bytes);
}

// Feeds pieces of `step` bytes, and again what was not used, as a connection does.
End Parse(ByteSpan input, std::size_t step) {
  const Peer peer;
  const auto parser = RequestParser::Create(&peer, kLimits);
  End end;
  std::size_t given = 0;
  while (given < input.size()) {
    given = std::min(given + step, input.size());
    if (given == end.used) continue;
    const ByteSpan piece = input.subspan(end.used, given - end.used);
    const ParseProgress progress = parser->Parse(piece);
    Require(progress.used <= piece.size());
    end.used += progress.used;
    if (progress.refusal != 0) {
      Require(!progress.done && !progress.reason.empty());
      return {.used = 0, .refusal = progress.refusal, .request = {}};
    }
    if (!progress.done) continue;
    CheckBounds(parser->request());
    end.done = true;
    end.request = Printed(parser->request());
    return end;
  }
  return {.used = 0, .request = {}};
}

void Run(ByteSpan input) {
  if (input.empty()) return;
  const std::size_t step = std::size_t{1} + input[0] % 61;
  const ByteSpan bytes = input.subspan(1);
  const End whole = Parse(bytes, bytes.size() + 1);
  const End cut = Parse(bytes, step);
  Require(whole.done == cut.done);
  if (whole.done) Require(whole == cut);
}

}  // namespace
}  // namespace vallum::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vallum::net::Run({data, size});
  return 0;
}
