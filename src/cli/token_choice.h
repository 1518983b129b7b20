// SPDX-License-Identifier: Apache-2.0
// Which token a verb of `vallum token` is about.
#pragma once

#include <memory>
#include <string>

#include "cli/cryptoki.h"

namespace vallum::cli {

/// TokenChoice is what the command line says of it.
struct TokenChoice {
  std::string where;  ///< a token's file or a pkcs11.toml; empty: where the library looks by itself
  std::string label;  ///< empty: the only one
};

/// OpenVallumTokens loads libvallum-pkcs11.so of this installation.
Result<std::unique_ptr<Cryptoki>> OpenVallumTokens(const TokenChoice& choice);

/// ChooseToken finds the initialised token that is meant: kNotFound when there is none, kInvalidArgument when
/// there are several.
Result<Cryptoki::Token> ChooseToken(Cryptoki& library, const std::string& label);
/// ChooseEmpty finds a slot whose token can be made.
Result<Cryptoki::Token> ChooseEmpty(Cryptoki& library);

}  // namespace vallum::cli
