// SPDX-License-Identifier: Apache-2.0
#include "cli/softhsm_objects.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

ForeignObject Sample() {
  ForeignObject object;
  object.object_class = CKO_PRIVATE_KEY;
  object.attributes = {{CKA_LABEL, {'w', 'e', 'b'}}, {CKA_ID, {1}}};
  object.wrapped = Bytes(40, 7);
  return object;
}

TEST(SoftHsmObjectsTest, AnObjectComesBack) {
  const auto back = DecodeObject(EncodeObject(Sample()));
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->object_class, CKO_PRIVATE_KEY);
  EXPECT_EQ(back->wrapped, Bytes(40, 7));
  ASSERT_EQ(back->attributes.size(), 2u);
  EXPECT_EQ(back->attributes[1].value, Bytes{1});
  EXPECT_EQ(Describe(*back), "private key \"web\" (id 01)");
}

TEST(SoftHsmObjectsTest, EveryOtherLengthIsRefused) {
  Bytes whole = EncodeObject(Sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(DecodeObject(ByteSpan(whole).first(size)), IsError(Code::kInvalidArgument)) << size;
  }
  whole.push_back(0);
  EXPECT_THAT(DecodeObject(whole), IsError(Code::kInvalidArgument));
}

TEST(SoftHsmObjectsTest, OnlyKnownClassesAreCarried) {
  EXPECT_TRUE(AttributesOfClass(CKO_MECHANISM).empty());
  EXPECT_FALSE(AttributesOfClass(CKO_DATA).empty());
  EXPECT_EQ(CkAttributeName(CKA_LABEL), "CKA_LABEL");
}

}  // namespace
}  // namespace vallum::cli
