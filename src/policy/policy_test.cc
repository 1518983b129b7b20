// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/test_matchers.h"

namespace vallum::policy {
namespace {

constexpr std::array kRoles = {Role::kCryptoOfficer, Role::kOperator, Role::kUser, Role::kAuditor};

Principal WithRoles(Roles roles) {
  Principal principal;
  principal.name = "somebody";
  principal.roles = roles;
  return principal;
}

char Mark(const Status& status) {
  if (status) return 'y';
  return status.error().code() == Code::kNotFound ? '?' : '-';
}

// One line an action: for each role alone, its answer as a stranger, as one granted this action, as
// one granted another action, and as the owner.
std::string Matrix() {
  std::ostringstream out;
  for (std::size_t i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    out << Name(action);
    for (const Role role : kRoles) {
      const Principal principal = WithRoles(static_cast<Roles>(role));
      const Actions other = Bit(action == Action::kSign ? Action::kVerify : Action::kSign);
      out << ' ' << Mark(Decide(principal, action, {}))
          << Mark(Decide(principal, action, {.granted = Bit(action)}))
          << Mark(Decide(principal, action, {.granted = other}))
          << Mark(Decide(principal, action, {.owner = true}));
    }
    out << '\n';
  }
  return out.str();
}

TEST(PolicyTest, EveryRoleAndActionAnswersAsWrittenDown) {
  std::ifstream file(VALLUM_SOURCE_DIR "/src/policy/testdata/decisions.txt");
  std::stringstream written;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) written << line << '\n';
  }
  EXPECT_EQ(Matrix(), written.str());
}

TEST(PolicyTest, NobodyWithoutARoleMayDoAnything) {
  for (std::size_t i = 0; i < kActionCount; ++i) {
    EXPECT_THAT(Decide(WithRoles(0), static_cast<Action>(i), {.owner = true, .granted = ~0U}),
                IsError(Code::kPermissionDenied));
  }
}

TEST(PolicyTest, RolesAddUp) {
  const Roles both = static_cast<Roles>(Role::kUser) | static_cast<Roles>(Role::kCryptoOfficer);
  EXPECT_THAT(Decide(WithRoles(both), Action::kKeyCreate, {}), IsOk());
  EXPECT_THAT(Decide(WithRoles(both), Action::kSign, {.owner = true}), IsOk());
  EXPECT_THAT(Decide(WithRoles(both), Action::kSign, {}), IsError(Code::kNotFound));
}

TEST(PolicyTest, RoleNamesParseBackAndUnknownOnesAreRefused) {
  for (Roles roles = 0; roles < 16; ++roles) {
    EXPECT_EQ(ParseRoles(RoleNames(roles)).value(), roles);
  }
  EXPECT_THAT(ParseRoles({"root"}), IsError(Code::kInvalidArgument));
}

TEST(PolicyTest, OnlyUsesOfKeysCanBeGranted) {
  const Actions uses = ParseActions({"encrypt", "sign", "decapsulate"}).value();
  EXPECT_EQ(uses, Bit(Action::kEncrypt) | Bit(Action::kSign) | Bit(Action::kDecapsulate));
  EXPECT_EQ(ActionNames(uses).size(), 3U);
  for (const auto* name :
       {"key.rotate", "key.state", "grant.change", "audit.read", "key.create", "everything", ""}) {
    EXPECT_THAT(ParseActions({name}), IsError(Code::kInvalidArgument)) << name;
  }
}

TEST(PolicyTest, StoredPrincipalsReadBack) {
  Principal principal = WithRoles(5);
  principal.fingerprint = Bytes(32, 0xab);
  principal.not_after = ParseTime("2030-01-02T03:04:05Z").value();
  principal.revoked = true;
  const Principal read = DecodePrincipal(Encode(principal)).value();
  EXPECT_EQ(read.name, principal.name);
  EXPECT_EQ(read.roles, principal.roles);
  EXPECT_EQ(read.fingerprint, principal.fingerprint);
  EXPECT_EQ(read.not_after, principal.not_after);
  EXPECT_TRUE(read.revoked);
}

TEST(PolicyTest, DamagedOrNewerPrincipalsAreRefused) {
  const std::string good = Encode(WithRoles(1));
  EXPECT_THAT(DecodePrincipal(good.substr(1)), IsError(Code::kInvalidArgument));
  std::string newer = good;
  newer.replace(newer.find("\"v\":1"), 5, "\"v\":2");
  EXPECT_THAT(DecodePrincipal(newer), IsError(Code::kStorageVersion));
  std::string roles = good;
  roles.replace(roles.find("\"roles\":1"), 9, "\"roles\":99");
  EXPECT_THAT(DecodePrincipal(roles), IsError(Code::kIntegrity));
}

}  // namespace
}  // namespace vallum::policy
