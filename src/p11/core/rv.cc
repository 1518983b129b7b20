// SPDX-License-Identifier: Apache-2.0
#include "p11/core/rv.h"

namespace vallum::p11 {

CK_RV RvOf(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return CKR_ARGUMENTS_BAD;
    case Code::kUnsupported:
      return CKR_MECHANISM_INVALID;
    case Code::kNotFound:
      return CKR_OBJECT_HANDLE_INVALID;
    case Code::kAlreadyExists:
      return CKR_TEMPLATE_INCONSISTENT;
    case Code::kConflict:
      return CKR_FUNCTION_FAILED;
    case Code::kPermissionDenied:
      return CKR_TOKEN_WRITE_PROTECTED;
    case Code::kUnauthenticated:
      return CKR_USER_NOT_LOGGED_IN;
    case Code::kKeyState:
      return CKR_KEY_HANDLE_INVALID;
    case Code::kKeyUsage:
      return CKR_KEY_FUNCTION_NOT_PERMITTED;
    case Code::kNotExportable:
      return CKR_KEY_UNEXTRACTABLE;
    case Code::kNotApproved:
      return CKR_OPERATION_NOT_VALIDATED;
    case Code::kVerifyFailed:
      return CKR_SIGNATURE_INVALID;
    case Code::kInvocationLimit:
      return CKR_KEY_EXHAUSTED;
    case Code::kSelfTestFailed:
      return CKR_FIPS_SELF_TEST_FAILED;
    case Code::kResourceExhausted:
      return CKR_HOST_MEMORY;
    case Code::kStorageFull:
      return CKR_DEVICE_MEMORY;
    case Code::kStorageVersion:
      return CKR_TOKEN_NOT_RECOGNIZED;
    case Code::kModuleState:
    case Code::kIntegrity:
    case Code::kProvider:
    case Code::kEntropy:
    case Code::kUnavailable:
    case Code::kStorage:
    case Code::kTimeout:
    case Code::kNetwork:
    case Code::kTls:
      return CKR_DEVICE_ERROR;
    case Code::kConfiguration:
    case Code::kInternal:
      return CKR_GENERAL_ERROR;
  }
  return CKR_GENERAL_ERROR;
}

}  // namespace vallum::p11
