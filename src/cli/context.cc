// SPDX-License-Identifier: Apache-2.0
#include "cli/context.h"

namespace vallum::cli {
namespace {

Result<std::unique_ptr<module::Module>> StartModule() {
  const std::filesystem::path folder = TRY(InstallPrefix()) / "lib/vallum";
  module::ModuleConfig config;
  config.provider_path = folder / "fips.so";
  config.profile = TRY(module::LoadProfile(folder / "fips-profile.toml"));
  auto module = TRY(module::Module::Start(config));
  TRY(module->UnsealEphemeral());
  return module;
}

}  // namespace

Result<std::filesystem::path> InstallPrefix() {
  std::error_code failure;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) return Storage("/proc/self/exe cannot be read; mount /proc");
  return executable.parent_path().parent_path();
}

Result<const Profile*> Context::profile() {
  if (!profile_) profile_ = TRY(LoadProfile(TRY(FindProfile(sources_))));
  return &*profile_;
}

Result<module::Module*> Context::module() {
  if (!module_) {
    auto started = StartModule();
    if (!started) {
      return Error(Code::kProvider,
                   "the local cryptographic module did not start: " + started.error().message());
    }
    module_ = *std::move(started);
  }
  return module_.get();
}

Result<Connection*> Context::server() {
  if (!connection_) {
    const Profile* profile = TRY(this->profile());
    connection_ = TRY(Connection::Open(*profile, *TRY(module())));
  }
  return connection_.get();
}

}  // namespace vallum::cli
