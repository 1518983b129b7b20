// SPDX-License-Identifier: Apache-2.0
#include "vectors/door.h"

#include <filesystem>
#include <memory>

#include "base/secret.h"

namespace vallum::vectors {
namespace {

std::unique_ptr<module::Module>& Owner() {
  static std::unique_ptr<module::Module> owner;
  return owner;
}

}  // namespace

module::Module& Door() { return *Owner(); }

Status StartDoor() {
  const std::filesystem::path folder = std::filesystem::path(VALLUM_BINARY_DIR) / "lib/vallum";
  const module::ModuleConfig config{
      .provider_path = folder / "fips.so",
      .profile = TRY(module::LoadProfile(folder / "fips-profile.toml")),
      .policy = module::Policy::kOn};
  Owner() = TRY(module::Module::Start(config));
  return Door().UnsealEphemeral();
}

void StopDoor() { Owner().reset(); }

Result<Entered> EnterSecret(module::Algorithm algorithm, ByteSpan material) {
  const SecretBytes secret = TRY(SecretBytes::CopyOf(material));
  return Door().EnterKey({.algorithm = algorithm, .usages = {}, .extractable = true}, secret);
}

Result<KeyId> NewId() {
  std::array<std::uint8_t, 16> bytes;
  TRY(Door().Random(bytes));
  return KeyId(bytes);
}

}  // namespace vallum::vectors
