// SPDX-License-Identifier: Apache-2.0
#include "cli/cryptoki.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <cstring>

namespace vallum::cli {
namespace {

constexpr CK_ULONG kLargestValue = 1 << 20;
constexpr std::size_t kLabelSize = 32;

CK_BYTE_PTR Pointer(ByteSpan bytes) { return const_cast<CK_BYTE_PTR>(bytes.data()); }

Status Done(CK_RV answer, std::string_view doing) {
  if (answer == CKR_OK) return {};
  return CkError(answer, doing);
}

template <std::size_t size>
std::string Trimmed(const CK_BYTE (&text)[size]) {
  std::string trimmed(reinterpret_cast<const char*>(text), size);
  trimmed.erase(trimmed.find_last_not_of(std::string_view(" \0", 2)) + 1);
  return trimmed;
}

std::vector<CK_ATTRIBUTE> Template(const CkAttributes& given) {
  std::vector<CK_ATTRIBUTE> attributes;
  attributes.reserve(given.size());
  for (const CkAttribute& one : given) {
    attributes.push_back({one.type, Pointer(one.value), one.value.size()});
  }
  return attributes;
}

}  // namespace

Error CkError(CK_RV answer, std::string_view doing) {
  const auto say = [&](Code code, std::string_view what) {
    return Error(code, fmt::format("{}: {}", doing, what));
  };
  switch (answer) {
    case CKR_PIN_INCORRECT:
      return say(Code::kPermissionDenied, "the PIN is wrong");
    case CKR_PIN_LOCKED:
      return say(
          Code::kPermissionDenied,
          "ten wrong PINs in a row locked this PIN; the officer sets the user a new one with "
          "`vallum token unlock`");
    case CKR_PIN_LEN_RANGE:
      return say(Code::kInvalidArgument, "a PIN has 4 to 255 bytes");
    case CKR_USER_PIN_NOT_INITIALIZED:
      return say(Code::kKeyState, "the user has no PIN yet; `vallum token unlock` sets one");
    case CKR_TOKEN_NOT_INITIALIZED:
    case CKR_TOKEN_NOT_RECOGNIZED:
      return say(Code::kNotFound, "there is no token; `vallum token init` makes one");
    case CKR_DEVICE_ERROR:
      return say(Code::kStorage,
                 "the token cannot be read or written, or was altered; restore its file");
    default:
      return say(Code::kUnsupported, fmt::format("the library answered {:#x} (CKR_...)", answer));
  }
}

CkAttribute CkFlag(CK_ATTRIBUTE_TYPE type, bool value) {
  return {type, {static_cast<std::uint8_t>(value ? CK_TRUE : CK_FALSE)}};
}

CkAttribute CkNumber(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  Bytes bytes(sizeof(value));
  std::memcpy(bytes.data(), &value, sizeof(value));
  return {type, std::move(bytes)};
}

std::optional<CK_ULONG> CkNumberOf(ByteSpan value) {
  CK_ULONG number = 0;
  if (value.size() != sizeof(number)) return std::nullopt;
  std::memcpy(&number, value.data(), sizeof(number));
  return number;
}

Result<std::unique_ptr<Cryptoki>> Cryptoki::Load(const std::filesystem::path& library,
                                                 const std::string& argument) {
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return NotFound(fmt::format("{} cannot be loaded", library.string()));
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(dlsym(handle, "C_GetFunctionList"));
  CK_FUNCTION_LIST_PTR functions = nullptr;
  if (get == nullptr || get(&functions) != CKR_OK) {
    return InvalidArgument(fmt::format("{} is no PKCS #11 library", library.string()));
  }
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  if (!argument.empty()) arguments.pReserved = const_cast<char*>(argument.c_str());
  TRY(Done(functions->C_Initialize(&arguments), "starting the PKCS #11 library"));
  return std::unique_ptr<Cryptoki>(new Cryptoki(functions));
}

Cryptoki::~Cryptoki() { functions_->C_Finalize(nullptr); }

Result<std::vector<Cryptoki::Token>> Cryptoki::Tokens() {
  std::array<CK_SLOT_ID, 256> slots{};
  CK_ULONG count = slots.size();
  TRY(Done(functions_->C_GetSlotList(CK_TRUE, slots.data(), &count), "listing the slots"));
  std::vector<Token> tokens;
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    TRY(Done(functions_->C_GetTokenInfo(slots[i], &info), "reading a token"));
    tokens.push_back({slots[i], info.flags, Trimmed(info.label), Trimmed(info.serialNumber),
                      Trimmed(info.model)});
  }
  return tokens;
}

Status Cryptoki::InitToken(CK_SLOT_ID slot, const SecretBytes& pin, std::string_view label) {
  if (label.size() > kLabelSize) return InvalidArgument("a label has at most 32 bytes");
  std::string padded(label);
  padded.resize(kLabelSize, ' ');
  return Done(
      functions_->C_InitToken(slot, Pointer(pin.span()), pin.size(), Pointer(AsBytes(padded))),
      "making the token");
}

Result<CK_SESSION_HANDLE> Cryptoki::OpenSession(CK_SLOT_ID slot) {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  TRY(Done(functions_->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                     &session),
           "opening a session"));
  return session;
}

Status Cryptoki::Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, const SecretBytes& pin) {
  return Done(functions_->C_Login(session, user, Pointer(pin.span()), pin.size()), "logging in");
}

Status Cryptoki::InitPin(CK_SESSION_HANDLE session, const SecretBytes& pin) {
  return Done(functions_->C_InitPIN(session, Pointer(pin.span()), pin.size()),
              "setting the user's PIN");
}

Status Cryptoki::SetPin(CK_SESSION_HANDLE session, const SecretBytes& from, const SecretBytes& to) {
  return Done(functions_->C_SetPIN(session, Pointer(from.span()), from.size(), Pointer(to.span()),
                                   to.size()),
              "changing the PIN");
}

Result<std::vector<CK_OBJECT_HANDLE>> Cryptoki::Find(CK_SESSION_HANDLE session,
                                                     const CkAttributes& wanted) {
  auto attributes = Template(wanted);
  TRY(Done(functions_->C_FindObjectsInit(session, attributes.data(), attributes.size()),
           "searching the token"));
  std::vector<CK_OBJECT_HANDLE> all;
  std::array<CK_OBJECT_HANDLE, 256> some{};
  CK_ULONG count = 0;
  CK_RV answer = CKR_OK;
  while ((answer = functions_->C_FindObjects(session, some.data(), some.size(), &count)) ==
             CKR_OK &&
         count != 0) {
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  functions_->C_FindObjectsFinal(session);
  TRY(Done(answer, "searching the token"));
  return all;
}

std::optional<Bytes> Cryptoki::Attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                         CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE one{type, nullptr, 0};
  if (functions_->C_GetAttributeValue(session, object, &one, 1) != CKR_OK ||
      one.ulValueLen > kLargestValue) {
    return std::nullopt;
  }
  Bytes value(one.ulValueLen);
  one.pValue = value.data();
  if (functions_->C_GetAttributeValue(session, object, &one, 1) != CKR_OK) return std::nullopt;
  value.resize(one.ulValueLen);
  return value;
}

Result<CK_OBJECT_HANDLE> Cryptoki::EnterAes(CK_SESSION_HANDLE session, const SecretBytes& value) {
  return Create(session,
                {CkNumber(CKA_CLASS, CKO_SECRET_KEY), CkNumber(CKA_KEY_TYPE, CKK_AES),
                 CkFlag(CKA_TOKEN, false), CkFlag(CKA_WRAP, true), CkFlag(CKA_UNWRAP, true)},
                {{CKA_VALUE, value.span()}});
}

Result<CK_OBJECT_HANDLE> Cryptoki::Create(CK_SESSION_HANDLE session, const CkAttributes& given,
                                          const std::vector<CkView>& secret) {
  auto attributes = Template(given);
  for (const CkView& one : secret) {
    attributes.push_back({one.type, Pointer(one.value), one.value.size()});
  }
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  TRY(Done(functions_->C_CreateObject(session, attributes.data(), attributes.size(), &object),
           "making an object"));
  return object;
}

Status Cryptoki::Destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
  return Done(functions_->C_DestroyObject(session, object), "destroying an object");
}

Result<SecretBytes> Cryptoki::SecretValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
  CK_ATTRIBUTE one{CKA_VALUE, nullptr, 0};
  TRY(Done(functions_->C_GetAttributeValue(session, key, &one, 1), "reading a key"));
  if (one.ulValueLen > kLargestValue) return InvalidArgument("the key is too long");
  SecretBytes value = TRY(SecretBytes::Create(one.ulValueLen));
  one.pValue = value.mutable_span().data();
  TRY(Done(functions_->C_GetAttributeValue(session, key, &one, 1), "reading a key"));
  return value;
}

Result<Bytes> Cryptoki::Wrap(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                             CK_OBJECT_HANDLE by, CK_OBJECT_HANDLE key) {
  CK_MECHANISM how{mechanism, nullptr, 0};
  CK_ULONG size = 0;
  TRY(Done(functions_->C_WrapKey(session, &how, by, key, nullptr, &size), "wrapping the key"));
  Bytes wrapped(size);
  TRY(Done(functions_->C_WrapKey(session, &how, by, key, wrapped.data(), &size),
           "wrapping the key"));
  wrapped.resize(size);
  return wrapped;
}

Result<CK_OBJECT_HANDLE> Cryptoki::Unwrap(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                                          CK_OBJECT_HANDLE by, ByteSpan wrapped,
                                          const CkAttributes& given) {
  auto attributes = Template(given);
  CK_MECHANISM how{mechanism, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  TRY(Done(functions_->C_UnwrapKey(session, &how, by, Pointer(wrapped), wrapped.size(),
                                   attributes.data(), attributes.size(), &key),
           "unwrapping the key"));
  return key;
}

Result<SecretBytes> Cryptoki::Random(CK_SESSION_HANDLE session, std::size_t size) {
  SecretBytes random = TRY(SecretBytes::Create(size));
  TRY(Done(functions_->C_GenerateRandom(session, random.mutable_span().data(), size),
           "making random bytes"));
  return random;
}

}  // namespace vallum::cli
