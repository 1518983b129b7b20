// SPDX-License-Identifier: Apache-2.0
// Makes an AES key in the token, encrypts with an IV that the module makes, and decrypts: encrypt MODULE PIN
#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "p11/cryptoki/cryptoki.h"

namespace {

void Check(CK_RV answer, const char* what) {
  if (answer == CKR_OK) return;
  std::fprintf(stderr, "%s: 0x%lx\n", what, answer);
  std::exit(1);
}

CK_FUNCTION_LIST_PTR Load(const char* module) {
  void* const library = dlopen(module, RTLD_NOW);
  if (library == nullptr) Check(CKR_GENERAL_ERROR, module);
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST_PTR functions = nullptr;
  Check(get(&functions), "C_GetFunctionList");
  Check(functions->C_Initialize(nullptr), "C_Initialize");
  return functions;
}

CK_OBJECT_HANDLE MakeKey(CK_FUNCTION_LIST_PTR p11, CK_SESSION_HANDLE session) {
  CK_BBOOL yes = CK_TRUE;
  CK_ULONG size = 32;
  std::array<CK_ATTRIBUTE, 2> key_template = {
      {{CKA_TOKEN, &yes, sizeof(yes)}, {CKA_VALUE_LEN, &size, sizeof(size)}}};
  CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  Check(p11->C_GenerateKey(session, &how, key_template.data(), key_template.size(), &key),
        "C_GenerateKey");
  return key;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  CK_FUNCTION_LIST_PTR const p11 = Load(argv[1]);
  CK_SLOT_ID slot = 0;
  CK_ULONG count = 1;
  Check(p11->C_GetSlotList(CK_TRUE, &slot, &count), "C_GetSlotList");
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  Check(p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
        "C_OpenSession");
  Check(p11->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR_PTR>(argv[2]),
                     std::strlen(argv[2])),
        "C_Login");
  const CK_OBJECT_HANDLE key = MakeKey(p11, session);

  // ulIvBits 0: there is room for an IV, and the module fills it.
  std::array<CK_BYTE, 12> iv{};
  CK_GCM_PARAMS gcm{iv.data(), iv.size(), 0, nullptr, 0, 128};
  CK_MECHANISM how{CKM_AES_GCM, &gcm, sizeof(gcm)};
  std::array<CK_BYTE, 14> message = {'w', 'h', 'a', 't', ' ', 'i', 's',
                                     ' ', 's', 'e', 'c', 'r', 'e', 't'};
  std::array<CK_BYTE, 30> sealed{};
  CK_ULONG size = sealed.size();
  Check(p11->C_EncryptInit(session, &how, key), "C_EncryptInit");
  Check(p11->C_Encrypt(session, message.data(), message.size(), sealed.data(), &size), "C_Encrypt");

  gcm.ulIvBits = 96;
  std::array<CK_BYTE, 14> opened{};
  CK_ULONG opened_size = opened.size();
  Check(p11->C_DecryptInit(session, &how, key), "C_DecryptInit");
  Check(p11->C_Decrypt(session, sealed.data(), size, opened.data(), &opened_size), "C_Decrypt");
  std::printf("%s\n", opened == message ? "Decrypted OK" : "something else came back");
  p11->C_Finalize(nullptr);
  return opened == message ? 0 : 1;
}
