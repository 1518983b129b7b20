// SPDX-License-Identifier: Apache-2.0
// Cryptoki: a PKCS #11 library loaded at run time, Vallum's own or another maker's.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/pkcs8_parts.h"
#include "p11/cryptoki/cryptoki.h"

namespace vallum::cli {

/// CkError says what a library's answer means and what to do; `doing` says what was being done.
Error CkError(CK_RV answer, std::string_view doing);

/// CkAttribute is one attribute with its value.
struct CkAttribute {
  CK_ATTRIBUTE_TYPE type = 0;
  Bytes value;
};
using CkAttributes = std::vector<CkAttribute>;

/// Cryptoki is an initialised library; not thread-safe. Its errors are those of CkError.
class Cryptoki {
 public:
  /// Load is kNotFound when the library cannot be loaded. `argument` goes to C_Initialize as pReserved; empty
  /// is none.
  static Result<std::unique_ptr<Cryptoki>> Load(const std::filesystem::path& library,
                                                const std::string& argument);
  ~Cryptoki();
  Cryptoki(const Cryptoki&) = delete;
  Cryptoki& operator=(const Cryptoki&) = delete;

  struct Token {
    CK_SLOT_ID slot = 0;
    CK_FLAGS flags = 0;
    std::string label;
    std::string serial;
    std::string model;
    bool initialised() const { return (flags & CKF_TOKEN_INITIALIZED) != 0; }
  };
  Result<std::vector<Token>> Tokens();

  /// InitToken pads the label with blanks.
  Status InitToken(CK_SLOT_ID slot, const SecretBytes& pin, std::string_view label);
  Result<CK_SESSION_HANDLE> OpenSession(CK_SLOT_ID slot);
  Status Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, const SecretBytes& pin);
  Status InitPin(CK_SESSION_HANDLE session, const SecretBytes& pin);
  Status SetPin(CK_SESSION_HANDLE session, const SecretBytes& from, const SecretBytes& to);

  Result<std::vector<CK_OBJECT_HANDLE>> Find(CK_SESSION_HANDLE session, const CkAttributes& wanted);
  /// Attribute is nothing when the object has none of that type, or keeps it to itself.
  std::optional<Bytes> Attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                 CK_ATTRIBUTE_TYPE type);
  /// EnterAes makes a session key of a known value, for wrapping and unwrapping.
  Result<CK_OBJECT_HANDLE> EnterAes(CK_SESSION_HANDLE session, const SecretBytes& value);
  /// Create makes an object; `secret` are attributes that stay where they are.
  Result<CK_OBJECT_HANDLE> Create(CK_SESSION_HANDLE session, const CkAttributes& given,
                                  const std::vector<CkView>& secret = {});
  Status Destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object);
  /// SecretValue is the CKA_VALUE of a key that gives it away.
  Result<SecretBytes> SecretValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);
  /// Wrap and Unwrap go by AES-KWP (RFC 5649), which some libraries know by another number.
  Result<Bytes> Wrap(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE by,
                     CK_OBJECT_HANDLE key);
  Result<CK_OBJECT_HANDLE> Unwrap(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism,
                                  CK_OBJECT_HANDLE by, ByteSpan wrapped, const CkAttributes& given);
  Result<SecretBytes> Random(CK_SESSION_HANDLE session, std::size_t size);

 private:
  explicit Cryptoki(CK_FUNCTION_LIST_PTR functions) : functions_(functions) {}
  CK_FUNCTION_LIST_PTR functions_;
};

/// Values as Cryptoki lays them out in memory.
CkAttribute CkFlag(CK_ATTRIBUTE_TYPE type, bool value);
CkAttribute CkNumber(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
/// CkNumberOf is nothing for a value of another size.
std::optional<CK_ULONG> CkNumberOf(ByteSpan value);

}  // namespace vallum::cli
