// SPDX-License-Identifier: Apache-2.0
// The tests of the C functions on an embedded token.
#include "p11/api_testing.h"

namespace vallum::p11 {

const bool TestToken::kKeepsPairs = false;

void TestToken::Start(const std::filesystem::path& folder) {
  setenv("VALLUM_PKCS11", (folder / "token.db").c_str(), 1);
}

void TestToken::Initialise() {
  std::string label = "test";
  label.resize(32, ' ');
  ASSERT_EQ(C_InitToken(0, Text("12345678"), 8, Text(label)), CKR_OK);
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  ASSERT_EQ(C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
            CKR_OK);
  ASSERT_EQ(C_Login(session, CKU_SO, Text("12345678"), 8), CKR_OK);
  ASSERT_EQ(C_InitPIN(session, Text("1234"), 4), CKR_OK);
  ASSERT_EQ(C_CloseSession(session), CKR_OK);
}

void TestToken::Stop() {}

}  // namespace vallum::p11
