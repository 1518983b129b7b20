// SPDX-License-Identifier: Apache-2.0
// Any PKCS #11 library under the same load, through its C functions alone. Prints figures as JSON.
//
//   vallum-p11-bench LIBRARY start            dlopen, C_Initialize, C_Login on a token that is there
//   vallum-p11-bench LIBRARY run OBJECTS      makes a token, fills it, and measures
//
// Where the tokens are says the library's own configuration. PINs are 12345678 and 1234.
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "p11/cryptoki/cryptoki.h"

namespace {

constexpr double kSeconds = 0.6;
constexpr int kCreations = 200;
constexpr int kFinds = 51;

CK_FUNCTION_LIST_PTR g_library = nullptr;

void Check(CK_RV answer, const char* what) {
  if (answer == CKR_OK) return;
  std::fprintf(stderr, "vallum-p11-bench: %s: 0x%lx\n", what, answer);
  std::exit(1);
}

double Wall() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double ThreadCpu() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

CK_UTF8CHAR_PTR Text(std::string_view text) {
  return reinterpret_cast<CK_UTF8CHAR_PTR>(const_cast<char*>(text.data()));
}

/// Attributes is a template that owns its values.
class Attributes {
 public:
  Attributes& Flag(CK_ATTRIBUTE_TYPE type, bool value) {
    return Add(type, std::string(1, value ? '\1' : '\0'));
  }
  Attributes& Number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    return Add(type, std::string(reinterpret_cast<const char*>(&value), sizeof(value)));
  }
  Attributes& Add(CK_ATTRIBUTE_TYPE type, std::string value) {
    values_.push_back({type, std::move(value)});
    return *this;
  }
  CK_ATTRIBUTE_PTR data() {
    raw_.clear();
    for (auto& [type, value] : values_) raw_.push_back({type, value.data(), value.size()});
    return raw_.data();
  }
  CK_ULONG size() const { return values_.size(); }

 private:
  std::vector<std::pair<CK_ATTRIBUTE_TYPE, std::string>> values_;
  std::vector<CK_ATTRIBUTE> raw_;
};

void Load(const char* path) {
  void* const handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const auto get = handle == nullptr
                       ? nullptr
                       : reinterpret_cast<CK_C_GetFunctionList>(dlsym(handle, "C_GetFunctionList"));
  Check(get == nullptr ? CKR_GENERAL_ERROR : get(&g_library), path);
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  Check(g_library->C_Initialize(&arguments), "C_Initialize");
}

CK_SLOT_ID FindSlot(bool initialised) {
  std::array<CK_SLOT_ID, 64> slots{};
  CK_ULONG count = slots.size();
  Check(g_library->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    Check(g_library->C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
    if (((info.flags & CKF_TOKEN_INITIALIZED) != 0) == initialised) return slots[i];
  }
  Check(CKR_SLOT_ID_INVALID, "finding a slot");
  return 0;
}

CK_SESSION_HANDLE OpenSession(CK_SLOT_ID slot) {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  Check(g_library->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                 &session),
        "C_OpenSession");
  return session;
}

CK_SESSION_HANDLE MakeToken() {
  std::string label(32, ' ');
  Check(g_library->C_InitToken(FindSlot(false), Text("12345678"), 8, Text(label)), "C_InitToken");
  const CK_SESSION_HANDLE session = OpenSession(FindSlot(true));
  Check(g_library->C_Login(session, CKU_SO, Text("12345678"), 8), "C_Login");
  Check(g_library->C_InitPIN(session, Text("1234"), 4), "C_InitPIN");
  Check(g_library->C_Logout(session), "C_Logout");
  Check(g_library->C_Login(session, CKU_USER, Text("1234"), 4), "C_Login");
  return session;
}

CK_OBJECT_HANDLE MakeKey(CK_SESSION_HANDLE session, bool on_token) {
  Attributes given;
  given.Number(CKA_VALUE_LEN, 32).Flag(CKA_TOKEN, on_token).Flag(CKA_PRIVATE, true);
  given.Flag(CKA_ENCRYPT, true).Flag(CKA_DECRYPT, true).Add(CKA_LABEL, "made");
  CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  Check(g_library->C_GenerateKey(session, &how, given.data(), given.size(), &key), "C_GenerateKey");
  return key;
}

CK_OBJECT_HANDLE MakePair(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism, Attributes open) {
  Attributes secret;
  secret.Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, true).Flag(CKA_SIGN, true);
  open.Flag(CKA_TOKEN, true).Flag(CKA_VERIFY, true);
  CK_MECHANISM how{mechanism, nullptr, 0};
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  Check(g_library->C_GenerateKeyPair(session, &how, open.data(), open.size(), secret.data(),
                                     secret.size(), &public_key, &private_key),
        "C_GenerateKeyPair");
  return private_key;
}

void Sign(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key) {
  std::array<CK_BYTE, 32> data{};
  std::array<CK_BYTE, 512> signature{};
  CK_ULONG size = signature.size();
  CK_MECHANISM how{mechanism, nullptr, 0};
  Check(g_library->C_SignInit(session, &how, key), "C_SignInit");
  Check(g_library->C_Sign(session, data.data(), data.size(), signature.data(), &size), "C_Sign");
}

// A library that makes the IVs gets no bits of one; one that does not gets another each time.
void EncryptGcm(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, bool makes_iv) {
  static thread_local std::array<CK_BYTE, 12> iv{};
  if (!makes_iv) ++iv[0], iv[1] = static_cast<CK_BYTE>(iv[1] + (iv[0] == 0 ? 1 : 0));
  std::array<CK_BYTE, 64> data{};
  std::array<CK_BYTE, 96> sealed{};
  CK_ULONG size = sealed.size();
  CK_GCM_PARAMS gcm{iv.data(), iv.size(), makes_iv ? 0UL : 96UL, nullptr, 0, 128};
  CK_MECHANISM how{CKM_AES_GCM, &gcm, sizeof(gcm)};
  Check(g_library->C_EncryptInit(session, &how, key), "C_EncryptInit");
  Check(g_library->C_Encrypt(session, data.data(), data.size(), sealed.data(), &size), "C_Encrypt");
}

double CpuMicroseconds(const std::function<void()>& operation) {
  for (int i = 0; i < 16; ++i) operation();
  double best = 1e9;
  for (int turn = 0; turn < 5; ++turn) {
    const double begin = ThreadCpu();
    int calls = 0;
    for (; ThreadCpu() - begin < kSeconds / 5; calls += 16) {
      for (int i = 0; i < 16; ++i) operation();
    }
    best = std::min(best, (ThreadCpu() - begin) * 1e6 / calls);
  }
  return best;
}

// CPU for a call while another thread does the same with a session of its own.
double CpuOfTwo(CK_SLOT_ID slot, CK_OBJECT_HANDLE key) {
  std::array<double, 2> each{};
  std::vector<std::thread> threads;
  threads.reserve(each.size());
  for (double& one : each) {
    threads.emplace_back([&one, slot, key] {
      const CK_SESSION_HANDLE session = OpenSession(slot);
      one = CpuMicroseconds([&] { Sign(session, CKM_ECDSA, key); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return std::max(each[0], each[1]);
}

void Fill(CK_SESSION_HANDLE session, int objects) {
  for (int i = 0; i < objects; ++i) {
    Attributes note;
    note.Number(CKA_CLASS, CKO_DATA).Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, false);
    note.Add(CKA_LABEL, "object " + std::to_string(i)).Add(CKA_VALUE, "value");
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    Check(g_library->C_CreateObject(session, note.data(), note.size(), &object), "C_CreateObject");
  }
}

struct Finding {
  double median = 0;
  double slowest = 0;
};
Finding FindByLabel(CK_SESSION_HANDLE session, int objects) {
  std::vector<double> times;
  for (int i = 0; i < kFinds; ++i) {
    Attributes wanted;
    wanted.Add(CKA_LABEL, "object " + std::to_string(i * 7919L % objects));
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    CK_ULONG count = 0;
    const double begin = Wall();
    Check(g_library->C_FindObjectsInit(session, wanted.data(), 1), "C_FindObjectsInit");
    Check(g_library->C_FindObjects(session, &object, 1, &count), "C_FindObjects");
    Check(g_library->C_FindObjectsFinal(session), "C_FindObjectsFinal");
    times.push_back((Wall() - begin) * 1e6);
    if (count != 1) Check(CKR_GENERAL_ERROR, "finding an object that is there");
  }
  std::ranges::sort(times);
  return {times[times.size() / 2], times.back()};
}

int Run(int objects) {
  const CK_SESSION_HANDLE session = MakeToken();
  CK_INFO info{};
  Check(g_library->C_GetInfo(&info), "C_GetInfo");
  const bool makes_iv = std::memcmp(info.manufacturerID, "Vallum", 6) == 0;
  const CK_OBJECT_HANDLE ec = MakePair(
      session, CKM_EC_KEY_PAIR_GEN,
      Attributes().Add(CKA_EC_PARAMS, std::string("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10)));
  const CK_OBJECT_HANDLE rsa = MakePair(session, CKM_RSA_PKCS_KEY_PAIR_GEN,
                                        Attributes()
                                            .Number(CKA_MODULUS_BITS, 2048)
                                            .Add(CKA_PUBLIC_EXPONENT, std::string("\1\0\1", 3)));
  const CK_OBJECT_HANDLE aes = MakeKey(session, true);
  const double ecdsa = CpuMicroseconds([&] { Sign(session, CKM_ECDSA, ec); });
  const double signing = CpuMicroseconds([&] { Sign(session, CKM_SHA256_RSA_PKCS, rsa); });
  const double gcm = CpuMicroseconds([&] { EncryptGcm(session, aes, makes_iv); });
  const double two = CpuOfTwo(FindSlot(true), ec);
  const double begin = Wall();
  for (int i = 0; i < kCreations; ++i) MakeKey(session, true);
  const double create = (Wall() - begin) * 1e6 / kCreations;
  Fill(session, objects);
  const Finding found = FindByLabel(session, objects);
  std::printf(
      "{\"ecdsa_p256_us\": %.3f, \"rsa_2048_us\": %.3f, \"gcm_64_us\": %.3f, "
      "\"ecdsa_p256_two_us\": %.3f, \"create_us\": %.1f, \"find_us\": %.2f, "
      "\"find_slowest_us\": %.2f}\n",
      ecdsa, signing, gcm, two, create, found.median, found.slowest);
  return 0;
}

int Start(const char* path) {
  const double begin = Wall();
  Load(path);
  const CK_SESSION_HANDLE session = OpenSession(FindSlot(true));
  Check(g_library->C_Login(session, CKU_USER, Text("1234"), 4), "C_Login");
  std::printf("{\"start_ms\": %.2f}\n", (Wall() - begin) * 1e3);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[2]) == "start") return Start(argv[1]);
  if (argc != 4 || std::string_view(argv[2]) != "run") {
    std::fprintf(stderr, "vallum-p11-bench LIBRARY start | run OBJECTS\n");
    return 2;
  }
  int objects = 0;
  const std::string_view count(argv[3]);
  if (std::from_chars(count.data(), count.data() + count.size(), objects).ec != std::errc() ||
      objects < 1) {
    std::fprintf(stderr, "vallum-p11-bench: how many objects?\n");
    return 2;
  }
  Load(argv[1]);
  return Run(objects);
}
