// SPDX-License-Identifier: Apache-2.0
// Routes: one constexpr table of every operation of the API, and the search in it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "service/service.h"

namespace vallum::rest {

class Exchange;
using HandlerFunction = Status (*)(Exchange&);

/// Pattern of a path: literal segments, "{name}" for one segment, "{name...}" for the rest.
class Pattern {
 public:
  static constexpr std::size_t kMaxSegments = 6;

  explicit consteval Pattern(std::string_view text) : text_(text) {
    std::string_view rest = text.substr(1);
    while (true) {
      const std::size_t slash = rest.find('/');
      segments_[count_++] = rest.substr(0, slash);
      if (slash == std::string_view::npos) break;
      rest.remove_prefix(slash + 1);
    }
  }

  constexpr std::string_view text() const { return text_; }
  constexpr std::span<const std::string_view> segments() const {
    return {segments_.data(), count_};
  }

 private:
  std::string_view text_;
  std::array<std::string_view, kMaxSegments> segments_{};
  std::size_t count_ = 0;
};

enum class Access : std::uint8_t { kAnyone, kPrincipal };

/// A body of at least this many bytes sends its request to the pool.
inline constexpr std::size_t kAlwaysSlow = 0;
inline constexpr std::size_t kNeverSlow = std::numeric_limits<std::size_t>::max();

struct Route {
  std::string_view method;
  Pattern pattern;
  HandlerFunction handler;
  std::size_t slow_from;
  Access access;
  policy::Action action;  ///< what a refusal is recorded as; unused for Access::kAnyone
};

/// Routes is the whole table.
std::span<const Route> Routes();

/// Match of a path. `parameters` are views into the path, still percent-encoded.
struct Match {
  const Route* route = nullptr;
  std::array<std::string_view, 2> parameters;
  std::string allowed;  ///< when the path is known but not with this method: the methods it has
};

/// FindRoute searches the table; HEAD is answered as GET.
Match FindRoute(std::string_view method, std::string_view path);

/// SplitTarget cuts an origin-form target into path and query (without the "?").
struct Target {
  std::string_view path;
  std::string_view query;
};
Target SplitTarget(std::string_view target);

/// PercentDecode undoes RFC 3986 percent-encoding; kInvalidArgument on a bad escape or on anything but
/// printable ASCII, so that what error messages and audit records quote is always well-formed text.
Result<std::string> PercentDecode(std::string_view text);

}  // namespace vallum::rest
