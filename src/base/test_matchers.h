// SPDX-License-Identifier: Apache-2.0
// GoogleMock matchers for Result, and the scratch folder that tests of files need. For tests only.
//
//   EXPECT_THAT(store.Open(path), IsOk());
//   EXPECT_THAT(store.Open(path), IsOkAnd(Eq(3)));
//   EXPECT_THAT(store.Open(path), IsError(Code::kNotFound, HasSubstr("create it")));
#pragma once

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <ostream>
#include <string>

#include "base/result.h"

namespace vallum {

inline void PrintTo(Code code, std::ostream* out) { *out << CodeName(code); }

/// IsOk matches a Result that holds a value.
MATCHER(IsOk, negation ? "is an error" : "is a value") {
  if (!arg.has_value()) *result_listener << arg.error().ToString();
  return arg.has_value();
}

/// IsOkAnd matches a Result whose value matches `inner`.
MATCHER_P(IsOkAnd, inner, "is a value that matches") {
  if (arg.has_value()) return testing::ExplainMatchResult(inner, *arg, result_listener);
  *result_listener << arg.error().ToString();
  return false;
}

/// IsError matches a Result that holds an Error of that code.
MATCHER_P(IsError, code, "is the error " + std::string(CodeName(code))) {
  if (arg.has_value()) return false;
  *result_listener << arg.error().ToString();
  return arg.error().code() == code;
}

/// IsError with a second argument also matches the message.
MATCHER_P2(IsError, code, message, "is the error " + std::string(CodeName(code))) {
  if (arg.has_value()) return false;
  *result_listener << arg.error().ToString();
  return arg.error().code() == code &&
         testing::ExplainMatchResult(message, arg.error().message(), result_listener);
}

/// ScratchFolder is an empty private folder that goes away with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "vallum-test-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace vallum
