// SPDX-License-Identifier: Apache-2.0
#include "cli/file_signature.h"

#include <gtest/gtest.h>

#include <set>

#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

using module::DigestAlgorithm;

TEST(FileSignatureTest, TheSchemeSaysTheHash) {
  EXPECT_EQ(DigestOf("rsa-pss-sha256"), DigestAlgorithm::kSha256);
  EXPECT_EQ(DigestOf("ecdsa-sha384"), DigestAlgorithm::kSha384);
  EXPECT_EQ(DigestOf("rsa-pkcs1-sha512"), DigestAlgorithm::kSha512);
  EXPECT_EQ(DigestOf("rsa-pss-sha3-256"), DigestAlgorithm::kSha3_256);
  EXPECT_EQ(DigestOf("rsa-pss-sha512-256"), DigestAlgorithm::kSha512_256);
  EXPECT_EQ(DigestOf("ml-dsa"), DigestAlgorithm::kSha512);
}

TEST(FileSignatureTest, SchemesOverWholeMessagesSignTheStatement) {
  EXPECT_TRUE(SignsStatement("ml-dsa"));
  EXPECT_TRUE(SignsStatement("ed25519"));
  EXPECT_FALSE(SignsStatement("ecdsa-sha256"));
}

TEST(FileSignatureTest, EverySignatureSchemeOfTheModuleIsOneOfTheTwo) {
  const std::set<std::string_view> over_messages = {"ed25519", "ed25519ph", "ed448",  "ed448ph",
                                                    "ml-dsa",  "ml-dsa-mu", "slh-dsa"};
  for (module::Algorithm algorithm : module::Algorithms()) {
    for (module::Scheme scheme : module::SchemesOf(algorithm, module::Operation::kSign)) {
      const std::string_view name = module::Name(scheme);
      EXPECT_EQ(SignsStatement(name), over_messages.contains(name)) << name;
    }
  }
}

TEST(FileSignatureTest, TheStatementIsExactlyAsDocumented) {
  const Bytes digest(64, 0xAB);
  std::string hex;
  for (int i = 0; i < 64; ++i) hex += "ab";
  EXPECT_EQ(FileStatement(digest), "vallum-file-digest-v1\nsha512:" + hex + "\n");
  EXPECT_EQ(FileStatement(digest).size(), 158u);
}

}  // namespace
}  // namespace vallum::cli
