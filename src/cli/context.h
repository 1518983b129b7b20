// SPDX-License-Identifier: Apache-2.0
// What a verb runs in: the global options, the output, and, only once a verb asks for them, the local
// cryptographic module (its self-tests take about 0.1 s) and the connection to the server.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "module/module.h"

namespace vallum::cli {

/// Environment is what main read from the process's surroundings; nothing else does.
struct Environment {
  std::string profile;  ///< VALLUM_PROFILE
  std::string home;
  bool no_colour = false;  ///< NO_COLOR is set
};

/// Context is not thread-safe.
class Context {
 public:
  Context(ProfileSources sources, Output::Mode mode)
      : sources_(std::move(sources)), output_(mode) {}

  Output& out() { return output_; }
  /// profile is found and read once.
  Result<const Profile*> profile();
  /// module is started once, operational, with a key-encryption key that dies with the process.
  /// Failures are kProvider.
  Result<module::Module*> module();
  /// server is opened once, with the profile's credentials.
  Result<Connection*> server();

 private:
  ProfileSources sources_;
  Output output_;
  std::optional<Profile> profile_;
  std::unique_ptr<module::Module> module_;
  std::unique_ptr<Connection> connection_;  ///< uses module_: goes first
};

/// InstallPrefix is the folder above the one this executable stands in.
Result<std::filesystem::path> InstallPrefix();

}  // namespace vallum::cli
