// SPDX-License-Identifier: Apache-2.0
// Library, sessions, logins, PINs, forks: as an application sees them.
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "p11/abi/lists.h"
#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

using SessionApiTest = ApiTest;

TEST_F(SessionApiTest, EveryInterfaceOfTheStandardIsThereAndNewestFirst) {
  CK_ULONG count = 0;
  ASSERT_EQ(C_GetInterfaceList(nullptr, &count), CKR_OK);
  std::vector<CK_INTERFACE> all(count);
  ASSERT_EQ(C_GetInterfaceList(all.data(), &count), CKR_OK);
  ASSERT_EQ(count, 3u);
  EXPECT_EQ(static_cast<CK_VERSION*>(all[0].pFunctionList)->minor, 2);
  CK_INTERFACE_PTR one = nullptr;
  CK_VERSION version = {2, 40};
  ASSERT_EQ(C_GetInterface(Text("PKCS 11"), &version, &one, 0), CKR_OK);
  EXPECT_EQ(one->pFunctionList, &kFunctions240);
  version = {9, 9};
  EXPECT_NE(C_GetInterface(nullptr, &version, &one, 0), CKR_OK);
  EXPECT_NE(C_GetInterface(Text("Other"), nullptr, &one, 0), CKR_OK);
}

TEST_F(SessionApiTest, CallsBeforeInitialisationAreRefused) {
  ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
  CK_INFO info;
  EXPECT_EQ(C_GetInfo(&info), CKR_CRYPTOKI_NOT_INITIALIZED);
  EXPECT_EQ(C_CloseSession(session_), CKR_CRYPTOKI_NOT_INITIALIZED);
  EXPECT_EQ(C_Finalize(nullptr), CKR_CRYPTOKI_NOT_INITIALIZED);
  ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
  EXPECT_EQ(C_Initialize(nullptr), CKR_CRYPTOKI_ALREADY_INITIALIZED);
}

TEST_F(SessionApiTest, MutexCallbacksWithoutSystemLocksCannotBeServed) {
  ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.CreateMutex = [](CK_VOID_PTR_PTR) -> CK_RV { return CKR_OK; };
  EXPECT_EQ(C_Initialize(&arguments), CKR_ARGUMENTS_BAD);
  arguments.DestroyMutex = arguments.LockMutex =
      arguments.UnlockMutex = [](CK_VOID_PTR) -> CK_RV { return CKR_OK; };
  EXPECT_EQ(C_Initialize(&arguments), CKR_CANT_LOCK);
  arguments.flags = CKF_OS_LOCKING_OK;
  EXPECT_EQ(C_Initialize(&arguments), CKR_OK);
}

TEST_F(SessionApiTest, NullPointersAreRefused) {
  EXPECT_EQ(C_GetInfo(nullptr), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_GetSlotList(CK_FALSE, nullptr, nullptr), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_GetTokenInfo(0, nullptr), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, nullptr), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_Login(session_, CKU_USER, nullptr, 4), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_FindObjectsInit(session_, nullptr, 1), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_SignInit(session_, nullptr, 1), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_GenerateRandom(session_, nullptr, 8), CKR_ARGUMENTS_BAD);
}

TEST_F(SessionApiTest, AClosedSessionsHandleIsNeverGoodAgain) {
  const CK_SESSION_HANDLE closed = Open();
  ASSERT_EQ(C_CloseSession(closed), CKR_OK);
  EXPECT_EQ(C_CloseSession(closed), CKR_SESSION_HANDLE_INVALID);
  for (int i = 0; i < 100; ++i) EXPECT_NE(Open(), closed);
}

TEST_F(SessionApiTest, TheLoginIsThatOfTheTokenAndEndsWithItsLastSession) {
  CK_SESSION_INFO info;
  const CK_SESSION_HANDLE reader = Open(0);
  ASSERT_EQ(C_GetSessionInfo(reader, &info), CKR_OK);
  EXPECT_EQ(info.state, CKS_RO_USER_FUNCTIONS);
  EXPECT_EQ(Login(), CKR_USER_ALREADY_LOGGED_IN);
  EXPECT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
  ASSERT_EQ(C_CloseAllSessions(0), CKR_OK);
  session_ = Open();
  ASSERT_EQ(C_GetSessionInfo(session_, &info), CKR_OK);
  EXPECT_EQ(info.state, CKS_RW_PUBLIC_SESSION);
}

TEST_F(SessionApiTest, TheOfficerNeedsReadWriteSessionsOnly) {
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  const CK_SESSION_HANDLE reader = Open(0);
  EXPECT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_SESSION_READ_ONLY_EXISTS);
  ASSERT_EQ(C_CloseSession(reader), CKR_OK);
  ASSERT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_OK);
  CK_SESSION_HANDLE another = CK_INVALID_HANDLE;
  EXPECT_EQ(C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &another),
            CKR_SESSION_READ_WRITE_SO_EXISTS);
}

TEST_F(SessionApiTest, ALoginWithANameIsOneWithout) {
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  EXPECT_EQ(C_LoginUser(session_, CKU_USER, Text("1234"), 4, Text("me"), 2), CKR_USER_TYPE_INVALID);
  EXPECT_EQ(C_LoginUser(session_, CKU_USER, Text("1234"), 4, nullptr, 2), CKR_ARGUMENTS_BAD);
  EXPECT_EQ(C_LoginUser(session_, CKU_USER, Text("0000"), 4, nullptr, 0), CKR_PIN_INCORRECT);
  EXPECT_EQ(C_LoginUser(session_, CKU_USER, Text("1234"), 4, nullptr, 0), CKR_OK);
}

TEST_F(SessionApiTest, WhoWaitsForASlotsEventWaitsForTheEnd) {
  CK_SLOT_ID slot = 0;
  EXPECT_EQ(C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr), CKR_NO_EVENT);
  std::atomic<bool> waits{false};
  std::atomic<CK_RV> answer{CKR_OK};
  std::thread waiter([&] {
    waits = true;
    answer = C_WaitForSlotEvent(0, &slot, nullptr);
  });
  while (!waits) std::this_thread::yield();
  usleep(20'000);
  EXPECT_EQ(answer.load(), CKR_OK) << "did not wait";
  EXPECT_EQ(C_Finalize(nullptr), CKR_OK);
  waiter.join();
  EXPECT_EQ(answer.load(), CKR_CRYPTOKI_NOT_INITIALIZED);
}

TEST_F(SessionApiTest, AChangedPinIsTheOnlyOneThatWorks) {
  EXPECT_EQ(C_SetPIN(session_, Text("9999"), 4, Text("4321"), 4), CKR_PIN_INCORRECT);
  EXPECT_EQ(C_SetPIN(session_, Text("1234"), 4, Text("432"), 3), CKR_PIN_LEN_RANGE);
  ASSERT_EQ(C_SetPIN(session_, Text("1234"), 4, Text("4321"), 4), CKR_OK);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  EXPECT_EQ(Login("1234"), CKR_PIN_INCORRECT);
  EXPECT_EQ(Login("4321"), CKR_OK);
}

TEST_F(SessionApiTest, TenWrongPinsLockTheUserOutUntilTheOfficerSetsANewOne) {
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  CK_TOKEN_INFO info;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(Login("0000"), CKR_PIN_INCORRECT) << i;
    ASSERT_EQ(C_GetTokenInfo(0, &info), CKR_OK);
    EXPECT_EQ((info.flags & CKF_USER_PIN_FINAL_TRY) != 0, i == 8) << i;
  }
  EXPECT_NE(info.flags & CKF_USER_PIN_LOCKED, 0u);
  EXPECT_EQ(Login(), CKR_PIN_LOCKED);
  ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
  ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
  session_ = Open();
  EXPECT_EQ(Login(), CKR_PIN_LOCKED);
  ASSERT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_OK);
  ASSERT_EQ(C_InitPIN(session_, Text("5678"), 4), CKR_OK);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  EXPECT_EQ(Login("5678"), CKR_OK);
}

TEST_F(SessionApiTest, ATokenIsInitialisedAnewOnlyWithTheOfficersPinAndWithoutSessions) {
  std::string label(32, ' ');
  EXPECT_EQ(C_InitToken(0, Text("12345678"), 8, Text(label)), CKR_SESSION_EXISTS);
  TestTemplate data;
  data.Number(CKA_CLASS, CKO_DATA).Flag(CKA_TOKEN, true).Value(CKA_LABEL, "gone");
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  ASSERT_EQ(C_CreateObject(session_, data.data(), data.size(), &object), CKR_OK);
  ASSERT_EQ(C_CloseAllSessions(0), CKR_OK);
  EXPECT_EQ(C_InitToken(0, Text("87654321"), 8, Text(label)), CKR_PIN_INCORRECT);
  ASSERT_EQ(C_InitToken(0, Text("12345678"), 8, Text(label)), CKR_OK);
  session_ = Open();
  EXPECT_TRUE(Find(TestTemplate()).empty());
  EXPECT_EQ(Login(), CKR_USER_PIN_NOT_INITIALIZED);
}

TEST_F(SessionApiTest, AForkedChildInitialisesAnewAndTheParentGoesOn) {
  const Pair pair =
      MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256), TestTemplate().Flag(CKA_TOKEN, true));
  const CK_MECHANISM how{CKM_ECDSA_SHA256, nullptr, 0};
  const pid_t child = fork();
  if (child == 0) {
    CK_INFO info;
    if (C_GetInfo(&info) != CKR_CRYPTOKI_NOT_INITIALIZED) _exit(1);
    if (C_Initialize(nullptr) != CKR_OK) _exit(2);
    session_ = Open();
    if (Login() != CKR_OK) _exit(3);
    const auto found = Find(TestTemplate().Number(CKA_CLASS, CKO_PRIVATE_KEY));
    if (found.size() != 1) _exit(4);
    _exit(Sign(how, found[0], AsBytes("child")).size() == 64 ? 0 : 5);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  const Bytes signature = Sign(how, pair.private_key, AsBytes("parent"));
  EXPECT_EQ(Verify(how, pair.public_key, AsBytes("parent"), signature), CKR_OK);
}

TEST_F(SessionApiTest, AnotherProcessSeesObjectsAndTheirEnd) {
  const CK_OBJECT_HANDLE key =
      Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_TOKEN, true).Value(CKA_LABEL, "shared"));
  const pid_t child = fork();
  if (child == 0) {
    if (C_Initialize(nullptr) != CKR_OK) _exit(1);
    session_ = Open();
    if (Login() != CKR_OK) _exit(2);
    const auto found = Find(TestTemplate().Value(CKA_LABEL, "shared"));
    if (found.size() != 1) _exit(3);
    _exit(C_DestroyObject(session_, found[0]) == CKR_OK ? 0 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(Find(TestTemplate().Value(CKA_LABEL, "shared")).empty());
  CK_ULONG size = 0;
  EXPECT_EQ(C_GetObjectSize(session_, key, &size), CKR_OBJECT_HANDLE_INVALID);
}

TEST_F(SessionApiTest, ThreadsWithSessionsOfTheirOwnDoNotMeet) {
  const Pair pair = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const CK_SESSION_HANDLE mine = Open(0);
      CK_MECHANISM how{CKM_ECDSA_SHA256, nullptr, 0};
      for (int round = 0; round < 50; ++round) {
        Bytes signature(64);
        CK_ULONG size = signature.size();
        CK_BYTE data[] = "data";
        if (C_SignInit(mine, &how, pair.private_key) == CKR_OK &&
            C_Sign(mine, data, 4, signature.data(), &size) == CKR_OK) {
          ++good;
        }
      }
      C_CloseSession(mine);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good.load(), 200);
}

}  // namespace
}  // namespace vallum::p11
