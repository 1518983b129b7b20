// SPDX-License-Identifier: Apache-2.0
// Signatures of message after message under one initialisation, and verification of a signature that is
// known before its message.
#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"
#include "p11/abi/select.h"
#include "p11/mechanism/sign.h"

namespace vallum::p11 {
namespace {

// No mechanism here has parameters of a single message.
template <typename Op>
Done CheckMessage(const std::unique_ptr<Op>& operation, const void* parameter, CK_ULONG size) {
  if (operation == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  if (parameter != nullptr || size != 0) return Fail(CKR_MECHANISM_PARAM_INVALID);
  return {};
}

template <typename Op>
Done Begin(Session& session, const std::unique_ptr<Op>& operation, const void* parameter,
           CK_ULONG size) {
  TRY(CheckMessage(operation, parameter, size));
  if (session.message_under_way) return Fail(CKR_OPERATION_ACTIVE);
  session.message_under_way = true;
  return {};
}

/// Next feeds a piece of the message that is under way; a piece that fails ends the operation.
template <typename Op>
Done Next(Session& session, std::unique_ptr<Op>& operation, const void* parameter,
          CK_ULONG parameter_size, ByteSpan piece) {
  TRY(CheckMessage(operation, parameter, parameter_size));
  if (!session.message_under_way) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  Done fed = operation->Update(piece);
  if (!fed) {
    operation.reset();
    session.message_under_way = false;
  }
  return fed;
}

template <typename Op>
Done End(Session& session, std::unique_ptr<Op>& operation) {
  if (operation == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  if (session.message_under_way) return Fail(CKR_OPERATION_ACTIVE);
  operation.reset();
  return {};
}

// Which of the two directions is under way is one flag: only one of them at a time.
Done MayBegin(const Session& session) {
  if (session.message_signer == nullptr && session.message_verifier == nullptr) return {};
  return Fail(CKR_OPERATION_ACTIVE);
}

template <typename Make>
Done GiveSignature(Session& session, CK_BYTE_PTR out, CK_ULONG_PTR size, Make&& make) {
  Signer& signer = *session.message_signer;
  if (TRY(WishOf(out, size, signer.size())) == Wish::kSize) return {};
  const Ck<Bytes> made = make(signer);
  session.message_under_way = false;
  session.last_approved = made && signer.approved();
  Give(TRY(made), out, size);
  return {};
}

}  // namespace

namespace calls {

CK_RV MessageSignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                      CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(MayBegin(session));
    const Selected selected =
        TRY(Select(session, pMechanism, CKF_MESSAGE_SIGN, hKey, CKO_PRIVATE_KEY, CKA_SIGN));
    session.message_signer =
        TRY(BeginSign(session.slot.module(), *selected.row, selected.parameter, *selected.key));
    session.message_under_way = false;
    return {};
  });
}

CK_RV SignMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen,
                  CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
                  CK_ULONG_PTR pulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(CheckMessage(session.message_signer, pParameter, ulParameterLen));
    if (session.message_under_way) return Fail(CKR_OPERATION_ACTIVE);
    const ByteSpan data = TRY(View(pData, ulDataLen));
    return GiveSignature(session, pSignature, pulSignatureLen,
                         [&](Signer& signer) { return signer.Sign(data); });
  });
}

CK_RV SignMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter,
                       CK_ULONG ulParameterLen) {
  return InSession(hSession, [&](Session& session) {
    return Begin(session, session.message_signer, pParameter, ulParameterLen);
  });
}

CK_RV SignMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen,
                      CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
                      CK_ULONG_PTR pulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    const ByteSpan data = TRY(View(pData, ulDataLen));
    const bool last = pulSignatureLen != nullptr;
    // Asked for the size, it takes no data yet: the same piece comes again with room for the signature.
    const bool asked = last && session.message_signer != nullptr && session.message_under_way &&
                       (pSignature == nullptr || *pulSignatureLen < session.message_signer->size());
    if (!asked) {
      TRY(Next(session, session.message_signer, pParameter, ulParameterLen, data));
      if (!last) return {};
    }
    return GiveSignature(session, pSignature, pulSignatureLen,
                         [](Signer& signer) { return signer.Finish(); });
  });
}

CK_RV MessageSignFinal(CK_SESSION_HANDLE hSession) {
  return InSession(hSession,
                   [&](Session& session) { return End(session, session.message_signer); });
}

CK_RV MessageVerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                        CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(MayBegin(session));
    const Selected selected =
        TRY(Select(session, pMechanism, CKF_MESSAGE_VERIFY, hKey, CKO_PUBLIC_KEY, CKA_VERIFY));
    session.message_verifier =
        TRY(BeginVerify(session.slot.module(), *selected.row, selected.parameter, *selected.key));
    session.message_under_way = false;
    return {};
  });
}

CK_RV VerifyMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen,
                    CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
                    CK_ULONG ulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(CheckMessage(session.message_verifier, pParameter, ulParameterLen));
    if (session.message_under_way) return Fail(CKR_OPERATION_ACTIVE);
    Verifier& verifier = *session.message_verifier;
    const Done verified =
        verifier.Verify(TRY(View(pData, ulDataLen)), TRY(View(pSignature, ulSignatureLen)));
    session.last_approved = verified && verifier.approved();
    return verified;
  });
}

CK_RV VerifyMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter,
                         CK_ULONG ulParameterLen) {
  return InSession(hSession, [&](Session& session) {
    return Begin(session, session.message_verifier, pParameter, ulParameterLen);
  });
}

CK_RV VerifyMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen,
                        CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature,
                        CK_ULONG ulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    const ByteSpan data = TRY(View(pData, ulDataLen));
    const ByteSpan signature = TRY(View(pSignature, ulSignatureLen));
    TRY(Next(session, session.message_verifier, pParameter, ulParameterLen, data));
    if (pSignature == nullptr) return {};
    session.message_under_way = false;
    const Done verified = session.message_verifier->Finish(signature);
    session.last_approved = verified && session.message_verifier->approved();
    return verified;
  });
}

CK_RV MessageVerifyFinal(CK_SESSION_HANDLE hSession) {
  return InSession(hSession,
                   [&](Session& session) { return End(session, session.message_verifier); });
}

}  // namespace calls
}  // namespace vallum::p11
