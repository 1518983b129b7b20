// SPDX-License-Identifier: Apache-2.0
// Sequences of calls of Cryptoki, well-formed in memory and in nothing else: any handle, template, mechanism,
// order and length, on a token with keys in it. Nothing may crash, and the library must answer afterwards.
#include <stdlib.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "p11/cryptoki/cryptoki.h"
#include "p11/mechanism/table.h"

namespace {

using vallum::Bytes;
using vallum::ByteSpan;

/// Input gives numbers and bytes for as long as there are any, then zeros.
class Input {
 public:
  explicit Input(ByteSpan bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }
  Bytes Take(std::size_t most) {
    const ByteSpan taken = rest_.first(std::min(most, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return vallum::ToBytes(taken);
  }

 private:
  ByteSpan rest_;
};

CK_UTF8CHAR_PTR Text(const char* text) {
  return reinterpret_cast<CK_UTF8CHAR_PTR>(const_cast<char*>(text));
}

/// The token, made once; one session stays open, so that the login does.
struct Host {
  Host() {
    std::string folder = "/tmp/vallum-fuzz-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) abort();
    setenv("VALLUM_PKCS11", (folder + "/token.db").c_str(), 1);
    const std::string label(32, ' ');
    if (C_Initialize(nullptr) != CKR_OK) abort();
    if (C_InitToken(0, Text("12345678"), 8, Text(label.c_str())) != CKR_OK) abort();
    C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session);
    C_Login(session, CKU_SO, Text("12345678"), 8);
    C_InitPIN(session, Text("1234"), 4);
    C_Logout(session);
    if (C_Login(session, CKU_USER, Text("1234"), 4) != CKR_OK) abort();
    MakeKeys();
  }

  // Keys to use, so that sequences need not make one first.
  void MakeKeys() {
    CK_ULONG size = 32;
    CK_BYTE curve[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    CK_ATTRIBUTE secret[] = {{CKA_VALUE_LEN, &size, sizeof(size)}};
    CK_ATTRIBUTE open[] = {{CKA_EC_PARAMS, curve, sizeof(curve)}};
    for (const CK_MECHANISM_TYPE type : {CKM_AES_KEY_GEN, CKM_GENERIC_SECRET_KEY_GEN}) {
      CK_MECHANISM how{type, nullptr, 0};
      if (C_GenerateKey(session, &how, secret, 1, &keys.emplace_back()) != CKR_OK) abort();
    }
    CK_MECHANISM how{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    CK_OBJECT_HANDLE pair[2];
    if (C_GenerateKeyPair(session, &how, open, 1, nullptr, 0, &pair[0], &pair[1]) != CKR_OK)
      abort();
    keys.insert(keys.end(), {pair[0], pair[1]});
  }
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  std::vector<CK_OBJECT_HANDLE> keys;
};

constexpr std::array kTypes = {
    CKA_CLASS,        CKA_TOKEN,         CKA_PRIVATE,  CKA_LABEL,
    CKA_VALUE,        CKA_KEY_TYPE,      CKA_ID,       CKA_SENSITIVE,
    CKA_ENCRYPT,      CKA_DECRYPT,       CKA_SIGN,     CKA_VERIFY,
    CKA_WRAP,         CKA_UNWRAP,        CKA_DERIVE,   CKA_MODULUS,
    CKA_MODULUS_BITS, CKA_EC_PARAMS,     CKA_EC_POINT, CKA_VALUE_LEN,
    CKA_EXTRACTABLE,  CKA_PARAMETER_SET, CKA_SEED,     CKA_ALLOWED_MECHANISMS,
    CKA_START_DATE,   CKA_MODIFIABLE};

/// Calls is one sequence with what it made on the way.
class Calls {
 public:
  Calls(Input input, const Host& host)
      : in_(input), sessions_{host.session}, objects_(host.keys), inherited_(host.keys.size()) {}

  void Run() {
    while (!in_.empty() && steps_++ < 64) Step();
    for (std::size_t i = 1; i < sessions_.size(); ++i) C_CloseSession(sessions_[i]);
    C_SessionCancel(sessions_[0], ~CK_FLAGS{0});
    for (std::size_t i = inherited_; i < objects_.size(); ++i) {
      C_DestroyObject(sessions_[0], objects_[i]);
    }
  }

 private:
  CK_SESSION_HANDLE Session() {
    const std::uint8_t pick = in_.Byte();
    return pick == 255 ? pick : sessions_[pick % sessions_.size()];
  }
  CK_OBJECT_HANDLE Object() {
    const std::uint8_t pick = in_.Byte();
    return objects_.empty() || pick == 255 ? pick : objects_[pick % objects_.size()];
  }
  std::vector<CK_ATTRIBUTE> Template() {
    std::vector<CK_ATTRIBUTE> made;
    for (std::uint8_t count = in_.Byte() % 6; count > 0; --count) {
      Bytes& value = kept_.emplace_back();
      const CK_ATTRIBUTE_TYPE type = kTypes[in_.Byte() % kTypes.size()];
      const std::uint8_t form = in_.Byte();
      if (form < 128) value.assign(form % 2 == 0 ? 1 : sizeof(CK_ULONG), 0);
      if (form < 128) value[0] = in_.Byte();
      if (form >= 128) value = in_.Take(form % 48);
      made.push_back({type, value.empty() && form == 255 ? nullptr : value.data(), value.size()});
    }
    return made;
  }
  CK_MECHANISM Mechanism() {
    const auto& row = vallum::p11::kMechanisms[in_.Byte() % vallum::p11::kMechanisms.size()];
    Bytes& memory = kept_.emplace_back(in_.Take(32));
    memory.resize(32);
    if (row.mechanism == CKM_AES_GCM) {
      gcm_ = {memory.data(), in_.Byte() % 33u, in_.Byte(),
              memory.data(), in_.Byte() % 33u, in_.Byte()};
      return {row.mechanism, &gcm_, sizeof(gcm_)};
    }
    if (row.mechanism == CKM_AES_CCM) {
      ccm_ = {in_.Byte(),    memory.data(),    in_.Byte() % 33u,
              memory.data(), in_.Byte() % 33u, in_.Byte()};
      return {row.mechanism, &ccm_, sizeof(ccm_)};
    }
    if (row.mechanism == CKM_ECDH1_DERIVE) {
      ecdh_ = {in_.Byte(), in_.Byte() % 33u, memory.data(), in_.Byte() % 33u, memory.data()};
      return {row.mechanism, &ecdh_, sizeof(ecdh_)};
    }
    if (row.mechanism == CKM_RSA_PKCS_KEY_PAIR_GEN || row.mechanism == CKM_SLH_DSA_KEY_PAIR_GEN) {
      return {CKM_EC_KEY_PAIR_GEN, nullptr, 0};  // the others take long
    }
    const bool points = row.mechanism == CKM_RSA_PKCS_OAEP || row.mechanism == CKM_EDDSA ||
                        row.mechanism == CKM_ML_DSA || row.mechanism == CKM_SLH_DSA;
    if (points || in_.Byte() % 2 == 0) return {row.mechanism, nullptr, 0};
    return {row.mechanism, memory.data(), in_.Byte() % 33u};
  }
  void Keep(CK_RV rv, CK_OBJECT_HANDLE object) {
    if (rv == CKR_OK) objects_.push_back(object);
  }
  void Step();
  void MakeSomething(std::uint8_t what);
  void UseSomething(std::uint8_t what);
  void UseMessages(std::uint8_t which, CK_SESSION_HANDLE session, Bytes& data, Bytes& out);

  Input in_;
  std::vector<CK_SESSION_HANDLE> sessions_;
  std::vector<CK_OBJECT_HANDLE> objects_;
  std::size_t inherited_;
  std::vector<Bytes> kept_ = [] {
    std::vector<Bytes> room;
    room.reserve(1024);  // templates point into it
    return room;
  }();
  CK_GCM_PARAMS gcm_{};
  CK_CCM_PARAMS ccm_{};
  CK_ECDH1_DERIVE_PARAMS ecdh_{};
  int steps_ = 0;
};

void Calls::MakeSomething(std::uint8_t what) {
  const CK_SESSION_HANDLE session = Session();
  auto first = Template();
  auto second = Template();
  CK_MECHANISM how = Mechanism();
  CK_OBJECT_HANDLE one = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE other = CK_INVALID_HANDLE;
  Bytes data = in_.Take(64);
  switch (what % 8) {
    case 0:
      Keep(C_CreateObject(session, first.data(), first.size(), &one), one);
      break;
    case 1:
      Keep(C_GenerateKey(session, &how, first.data(), first.size(), &one), one);
      break;
    case 2: {
      const CK_RV rv = C_GenerateKeyPair(session, &how, first.data(), first.size(), second.data(),
                                         second.size(), &one, &other);
      Keep(rv, one);
      Keep(rv, other);
      break;
    }
    case 3:
      Keep(C_UnwrapKey(session, &how, Object(), data.data(), data.size(), first.data(),
                       first.size(), &one),
           one);
      break;
    case 4:
      Keep(C_DeriveKey(session, &how, Object(), first.data(), first.size(), &one), one);
      break;
    case 5:
      C_SetAttributeValue(session, Object(), first.data(), first.size());
      break;
    case 6:
      Keep(C_CopyObject(session, Object(), first.data(), first.size(), &one), one);
      break;
    default:
      C_GetAttributeValue(session, Object(), first.data(), first.size());
  }
}

void Calls::UseMessages(std::uint8_t which, CK_SESSION_HANDLE session, Bytes& data, Bytes& out) {
  CK_ULONG size = out.size();
  CK_ULONG_PTR const last = in_.Byte() % 2 == 0 ? &size : nullptr;
  switch (which % 8) {
    case 0:
      C_SignMessage(session, nullptr, 0, data.data(), data.size(), out.data(), &size);
      break;
    case 1:
      C_SignMessageBegin(session, nullptr, 0);
      break;
    case 2:
      C_SignMessageNext(session, nullptr, 0, data.data(), data.size(), out.data(), last);
      break;
    case 3:
      C_VerifyMessage(session, nullptr, 0, data.data(), data.size(), out.data(), out.size());
      break;
    case 4:
      C_VerifyMessageBegin(session, nullptr, 0);
      break;
    case 5:
      C_VerifyMessageNext(session, nullptr, 0, data.data(), data.size(), out.data(), out.size());
      break;
    case 6:
      C_MessageSignFinal(session);
      break;
    default:
      C_MessageVerifyFinal(session);
      C_VerifySignatureFinal(session);
  }
}

void Calls::UseSomething(std::uint8_t what) {
  const CK_SESSION_HANDLE session = Session();
  Bytes data = in_.Take(64);
  Bytes out(in_.Byte() * 4u);
  CK_ULONG size = out.size();
  CK_BYTE_PTR to = in_.Byte() % 4 == 0 ? nullptr : out.data();
  CK_MECHANISM how = Mechanism();
  using Init = CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM_PTR, CK_OBJECT_HANDLE);
  using InOut = CK_RV (*)(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR);
  using Out = CK_RV (*)(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG_PTR);
  using In = CK_RV (*)(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG);
  static constexpr std::array<Init, 8> kInits = {
      C_EncryptInit,        C_DecryptInit,        C_SignInit,        C_VerifyInit,
      C_MessageEncryptInit, C_MessageDecryptInit, C_MessageSignInit, C_MessageVerifyInit};
  static constexpr std::array<InOut, 6> kInOuts = {C_Encrypt, C_Decrypt,       C_Sign,
                                                   C_Digest,  C_EncryptUpdate, C_DecryptUpdate};
  static constexpr std::array<Out, 4> kOuts = {C_EncryptFinal, C_DecryptFinal, C_SignFinal,
                                               C_DigestFinal};
  static constexpr std::array<In, 6> kIns = {C_SignUpdate,      C_VerifyUpdate,
                                             C_DigestUpdate,    C_VerifyFinal,
                                             C_VerifySignature, C_VerifySignatureUpdate};
  const std::uint8_t which = in_.Byte();
  switch (what % 8) {
    case 0:
      kInits[which % kInits.size()](session, &how, Object());
      break;
    case 1:
      kInOuts[which % kInOuts.size()](session, data.data(), data.size(), to, &size);
      break;
    case 2:
      kOuts[which % kOuts.size()](session, to, &size);
      break;
    case 3:
      kIns[which % kIns.size()](session, data.data(), data.size());
      break;
    case 4:
      C_DigestInit(session, &how);
      break;
    case 5:
      C_Verify(session, data.data(), data.size(), out.data(), out.size());
      break;
    case 6:
      C_VerifySignatureInit(session, &how, Object(), out.data(), out.size());
      break;
    default:
      UseMessages(which, session, data, out);
  }
}

void Calls::Step() {
  const std::uint8_t what = in_.Byte();
  if (what < 100) return MakeSomething(what);
  if (what < 220) return UseSomething(what);
  CK_SESSION_HANDLE opened = CK_INVALID_HANDLE;
  auto wanted = Template();
  std::array<CK_OBJECT_HANDLE, 4> found{};
  CK_ULONG count = 0;
  switch (what % 4) {
    case 0:
      if (sessions_.size() < 4 && C_OpenSession(0, CKF_SERIAL_SESSION | in_.Byte() % 4, nullptr,
                                                nullptr, &opened) == CKR_OK) {
        sessions_.push_back(opened);
      }
      break;
    case 1:
      C_FindObjectsInit(Session(), wanted.data(), wanted.size());
      break;
    case 2:
      C_FindObjects(Session(), found.data(), found.size(), &count);
      C_FindObjectsFinal(Session());
      break;
    default:
      C_SessionCancel(Session(), in_.Byte() * 256u);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto* const host = new Host;
  Calls(Input({data, size}), *host).Run();
  CK_SESSION_INFO info;
  if (C_GetSessionInfo(host->session, &info) != CKR_OK || info.state != CKS_RW_USER_FUNCTIONS)
    abort();
  return 0;
}
