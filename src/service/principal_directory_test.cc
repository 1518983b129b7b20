// SPDX-License-Identifier: Apache-2.0
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

class PrincipalDirectoryTest : public ServiceFixture {
 protected:
  PrincipalDirectory directory_{*store_, clock_};
};

TEST_F(PrincipalDirectoryTest, APrincipalIsFoundByItsFingerprint) {
  const auto known = directory_.Find(admin_);
  ASSERT_THAT(known, IsOk());
  EXPECT_EQ((*known)->principal.name, "admin");
  EXPECT_EQ((*known)->record_name, "client:admin");
  EXPECT_THAT(directory_.CheckUsable(**known), IsOk());
}

TEST_F(PrincipalDirectoryTest, ASecondLookupDoesNotReadTheStore) {
  ASSERT_THAT(directory_.Find(admin_), IsOk());
  const int reads = store_->reads;
  ASSERT_THAT(directory_.Find(admin_), IsOk());
  EXPECT_EQ(store_->reads, reads);
}

TEST_F(PrincipalDirectoryTest, AfterAnInvalidationTheStoreIsReadAgain) {
  ASSERT_THAT(directory_.Find(admin_), IsOk());
  directory_.Invalidate();
  const int reads = store_->reads;
  ASSERT_THAT(directory_.Find(admin_), IsOk());
  EXPECT_GT(store_->reads, reads);
}

TEST_F(PrincipalDirectoryTest, NoCertificateIsUnauthenticated) {
  EXPECT_THAT(directory_.Find({}), IsError(Code::kUnauthenticated));
}

TEST_F(PrincipalDirectoryTest, AnUnknownOrShortFingerprintIsUnauthenticated) {
  EXPECT_THAT(directory_.Find(Bytes(32, 1)), IsError(Code::kUnauthenticated));
  EXPECT_THAT(directory_.Find(Bytes(31, 1)), IsError(Code::kUnauthenticated));
}

TEST_F(PrincipalDirectoryTest, AnExpiredCertificateIsUnauthenticated) {
  clock_.Advance(std::chrono::days(366));
  const auto known = directory_.Find(admin_);
  ASSERT_THAT(known, IsOk());
  EXPECT_THAT(directory_.CheckUsable(**known), IsError(Code::kUnauthenticated));
}

}  // namespace
}  // namespace vallum::service
