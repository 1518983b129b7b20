// SPDX-License-Identifier: Apache-2.0
#include "cli/token_choice.h"

#include <fmt/format.h>

#include "cli/context.h"

namespace vallum::cli {

Result<std::unique_ptr<Cryptoki>> OpenVallumTokens(const TokenChoice& choice) {
  const std::filesystem::path library = TRY(InstallPrefix()) / "lib/libvallum-pkcs11.so";
  std::error_code ignored;
  const std::string where =
      choice.where.empty() ? "" : std::filesystem::absolute(choice.where, ignored).string();
  return Cryptoki::Load(library, where);
}

Result<Cryptoki::Token> ChooseToken(Cryptoki& library, const std::string& label) {
  std::vector<Cryptoki::Token> found;
  for (Cryptoki::Token& token : TRY(library.Tokens())) {
    if (token.initialised() && (label.empty() || token.label == label)) {
      found.push_back(std::move(token));
    }
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    return InvalidArgument("there are several such tokens; say which with --label or --token");
  }
  return NotFound(label.empty() ? "there is no token; `vallum token init` makes one"
                                : fmt::format("there is no token \"{}\"; `vallum token list` shows "
                                              "those that there are",
                                              label));
}

Result<Cryptoki::Token> ChooseEmpty(Cryptoki& library) {
  for (Cryptoki::Token& token : TRY(library.Tokens())) {
    if (!token.initialised()) return std::move(token);
  }
  return Error(Code::kAlreadyExists,
               "the token is there already; name another file with --token, or end this one with "
               "`vallum token delete`");
}

}  // namespace vallum::cli
