// SPDX-License-Identifier: Apache-2.0
// docs/pkcs11.md says what the code does: its table of mechanisms is this one.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "p11/mechanism/table.h"

namespace vallum::p11 {
namespace {

std::string UsesOf(CK_FLAGS flags) {
  struct Use {
    CK_FLAGS flag;
    std::string_view name;
  };
  static constexpr std::array kUses = {Use{CKF_ENCRYPT, "encrypt"},
                                       Use{CKF_DECRYPT, "decrypt"},
                                       Use{CKF_MESSAGE_ENCRYPT, "encrypt messages"},
                                       Use{CKF_MESSAGE_DECRYPT, "decrypt messages"},
                                       Use{CKF_SIGN, "sign"},
                                       Use{CKF_VERIFY, "verify"},
                                       Use{CKF_MESSAGE_SIGN, "sign messages"},
                                       Use{CKF_MESSAGE_VERIFY, "verify messages"},
                                       Use{CKF_DIGEST, "digest"},
                                       Use{CKF_GENERATE, "generate"},
                                       Use{CKF_GENERATE_KEY_PAIR, "generate a pair"},
                                       Use{CKF_WRAP, "wrap"},
                                       Use{CKF_UNWRAP, "unwrap"},
                                       Use{CKF_DERIVE, "derive"},
                                       Use{CKF_ENCAPSULATE, "encapsulate"},
                                       Use{CKF_DECAPSULATE, "decapsulate"}};
  std::string uses;
  for (const Use& use : kUses) {
    if ((flags & use.flag) != 0) uses.append(uses.empty() ? "" : ", ").append(use.name);
  }
  return uses;
}

std::string MechanismTable() {
  std::string table = "| mechanism | uses |\n| --- | --- |\n";
  for (const MechanismRow& row : kMechanisms) {
    table.append("| `").append(row.name).append("` | ").append(UsesOf(row.flags)).append(" |\n");
  }
  return table;
}

TEST(DocumentationTest, TheMechanismsOfThePageAreThoseOfTheTable) {
  std::ifstream file(VALLUM_SOURCE_DIR "/docs/pkcs11.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  const std::size_t begin = page.find('\n', page.find("<!-- mechanisms:")) + 1;
  const std::size_t end = page.find("<!-- end of mechanisms -->");
  ASSERT_LT(begin, end);
  EXPECT_EQ(page.substr(begin, end - begin), MechanismTable()) << "put this there:\n"
                                                               << MechanismTable();
}

}  // namespace
}  // namespace vallum::p11
