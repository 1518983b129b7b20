// SPDX-License-Identifier: Apache-2.0
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

class ObjectsTest : public ServiceFixture {
 protected:
  Result<Object> Put(const Caller& caller, const std::string& name, Bytes value,
                     std::optional<std::uint64_t> revision = {}) {
    return service_->PutObject(caller, {name, "certificate", std::move(value), revision});
  }
  std::vector<std::string> Names(const Caller& caller, const ObjectListing& listing = {}) {
    std::vector<std::string> names;
    const auto page = service_->ListObjects(caller, listing);
    EXPECT_THAT(page, IsOk());
    for (const Object& object : page->objects) names.push_back(object.name);
    return names;
  }
};

TEST_F(ObjectsTest, AnObjectComesBackAsItWasPutAlsoAfterARestart) {
  const auto put = Put(Admin(), "web", {1, 2, 3}, 0);
  ASSERT_THAT(put, IsOk());
  EXPECT_GT(put->revision, 0u);
  Close();
  Open();
  const auto page = service_->ListObjects(Admin(), {});
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].name, "web");
  EXPECT_EQ(page->objects[0].kind, "certificate");
  EXPECT_EQ(page->objects[0].value, (Bytes{1, 2, 3}));
  EXPECT_EQ(page->objects[0].revision, put->revision);
}

TEST_F(ObjectsTest, EachPrincipalHasItsOwn) {
  const Caller user = NewCaller("app", kUser);
  ASSERT_THAT(Put(Admin(), "web", {1}), IsOk());
  ASSERT_THAT(Put(user, "web", {2}), IsOk());
  ASSERT_THAT(Put(user, "other", {2}), IsOk());
  EXPECT_EQ(Names(Admin()), (std::vector<std::string>{"web"}));
  EXPECT_EQ(Names(user), (std::vector<std::string>{"other", "web"}));
  EXPECT_THAT(service_->DeleteObject(Admin(), "other"), IsError(Code::kNotFound));
}

// One name is the beginning of the other: a listing must not run from one into the other.
TEST_F(ObjectsTest, ANameThatBeginsLikeAnotherIsAnotherPrincipal) {
  const Caller one = NewCaller("app", kUser);
  const Caller other = NewCaller("app2", kUser);
  ASSERT_THAT(Put(other, "web", {1}), IsOk());
  EXPECT_TRUE(Names(one).empty());
}

TEST_F(ObjectsTest, AChangeNeedsTheRevisionThatItNames) {
  const auto first = Put(Admin(), "web", {1}, 0);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Put(Admin(), "web", {2}, 0), IsError(Code::kConflict));
  const auto second = Put(Admin(), "web", {2}, first->revision);
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(second->revision, first->revision);
  EXPECT_THAT(Put(Admin(), "web", {3}, first->revision), IsError(Code::kConflict));
  EXPECT_THAT(Put(Admin(), "web", {3}), IsOk());
}

TEST_F(ObjectsTest, ADeletedObjectIsGone) {
  const auto put = Put(Admin(), "web", {1});
  ASSERT_THAT(put, IsOk());
  ASSERT_THAT(service_->DeleteObject(Admin(), "web"), IsOk());
  EXPECT_TRUE(Names(Admin()).empty());
  EXPECT_THAT(service_->DeleteObject(Admin(), "web"), IsError(Code::kNotFound));
  EXPECT_THAT(Put(Admin(), "web", {2}, put->revision), IsError(Code::kConflict));
}

TEST_F(ObjectsTest, PagesFollowEachOther) {
  for (const char* name : {"a", "b", "c"}) ASSERT_THAT(Put(Admin(), name, {1}), IsOk());
  const auto first = service_->ListObjects(Admin(), {.prefix = {}, .after = {}, .limit = 2});
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->next, "b");
  EXPECT_EQ(Names(Admin(), {.prefix = {}, .after = first->next, .limit = 2}),
            (std::vector<std::string>{"c"}));
  EXPECT_EQ(Names(Admin(), {.prefix = "b", .after = {}, .limit = 2}),
            (std::vector<std::string>{"b"}));
}

TEST_F(ObjectsTest, WhoMayNotUseKeysKeepsNothing) {
  for (const policy::Roles roles : {kAuditor, kOperator}) {
    const Caller caller = NewCaller(roles == kAuditor ? "auditor" : "operator", roles);
    EXPECT_THAT(Put(caller, "web", {1}), IsError(Code::kPermissionDenied));
    EXPECT_THAT(service_->ListObjects(caller, {}), IsError(Code::kPermissionDenied));
    EXPECT_THAT(service_->DeleteObject(caller, "web"), IsError(Code::kPermissionDenied));
  }
}

TEST_F(ObjectsTest, ChangesAreRecordedWithTheNameAndNotTheValue) {
  ASSERT_THAT(Put(Admin(), "web", ToBytes(AsBytes("value"))), IsOk());
  EXPECT_EQ(LastRecord().operation, "object.put");
  EXPECT_EQ(LastRecord().detail, "web (certificate)");
  ASSERT_THAT(service_->DeleteObject(Admin(), "web"), IsOk());
  EXPECT_EQ(LastRecord().operation, "object.delete");
  EXPECT_EQ(LastRecord().detail, "web");
}

TEST_F(ObjectsTest, WhatDoesNotFitIsRefused) {
  EXPECT_THAT(Put(Admin(), "a/b", {1}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(Put(Admin(), "", {1}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(Put(Admin(), "a", Bytes(65'537)), IsError(Code::kResourceExhausted));
  EXPECT_THAT(Put(Admin(), "a", Bytes(65'536)), IsOk());
  for (const char* kind : {"", "Upper", "a b", "123456789012345678901234567890123"}) {
    EXPECT_THAT(service_->PutObject(Admin(), {"a", kind, {}, {}}), IsError(Code::kInvalidArgument));
  }
  EXPECT_THAT(service_->ListObjects(Admin(), {.prefix = {}, .after = {}, .limit = 1001}),
              IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::service
