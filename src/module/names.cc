// SPDX-License-Identifier: Apache-2.0
// The names of states, policies and reasons, as status pages, the log and the wire show them.
#include <array>

#include "module/indicator.h"
#include "module/state_table.h"

namespace vallum::module {

std::string_view Name(State state) { return RowOf(state).name; }

std::string_view Name(Policy policy) {
  constexpr std::array<std::string_view, 3> kNames = {"only", "on", "log"};
  return kNames[static_cast<std::size_t>(policy)];
}

std::vector<std::string_view> ReasonNames(std::uint32_t reasons) {
  constexpr std::array<std::string_view, 7> kNames = {
      "not_in_table",     "provider_indicator", "external_iv",    "key_made_not_approved",
      "profile_mismatch", "short_key",          "weak_parameters"};
  std::vector<std::string_view> names;
  for (std::size_t bit = 0; bit < kNames.size(); ++bit) {
    if ((reasons & 1u << bit) != 0) names.push_back(kNames[bit]);
  }
  return names;
}

}  // namespace vallum::module
