// SPDX-License-Identifier: Apache-2.0
// Digests, signatures, MACs, random numbers.
#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"
#include "p11/abi/select.h"
#include "p11/mechanism/digest.h"
#include "p11/mechanism/sign.h"

namespace vallum::p11 {
namespace {

constexpr CK_ULONG kMostRandom = 1 << 20;
constexpr std::size_t kLargestSignature = 1 << 16;

// An operation ends with its result, whatever that is, and lives on only while its size is asked for.
template <typename Op, typename Run>
Done RunToEnd(Session& session, std::unique_ptr<Op>& operation, Run&& run) {
  Done done = run(*operation);
  session.last_approved = done && operation->approved();
  operation.reset();
  return done;
}

template <typename Op>
Done Started(const std::unique_ptr<Op>& operation) {
  if (operation == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  return {};
}

/// Output of a size that is known before: C_Sign, C_SignFinal, C_Digest, C_DigestFinal.
template <typename Op, typename Make>
Done GiveSized(Session& session, std::unique_ptr<Op>& operation, CK_BYTE_PTR out, CK_ULONG_PTR size,
               Make&& make) {
  TRY(Started(operation));
  const auto wish = WishOf(out, size, operation->size());
  if (KeepsGoing(wish)) return wish ? Done() : Done(wish.error());
  return RunToEnd(session, operation, [&](Op& running) -> Done {
    TRY(wish);
    Give(TRY(make(running)), out, size);
    return {};
  });
}

template <typename Op>
Done Feed(std::unique_ptr<Op>& operation, CK_BYTE_PTR part, CK_ULONG size) {
  TRY(Started(operation));
  const auto bytes = View(part, size);
  Done fed = bytes ? operation->Update(*bytes) : Done(bytes.error());
  if (!fed) operation.reset();
  return fed;
}

}  // namespace

namespace calls {

CK_RV DigestInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.digester != nullptr) return Fail(CKR_OPERATION_ACTIVE);
    const Selected selected = TRY(SelectMechanism(pMechanism, CKF_DIGEST));
    session.digester = TRY(BeginDigest(session.slot.module(), *selected.row, selected.parameter));
    return {};
  });
}

CK_RV Digest(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pDigest,
             CK_ULONG_PTR pulDigestLen) {
  return InSession(hSession, [&](Session& session) {
    return GiveSized(session, session.digester, pDigest, pulDigestLen,
                     [&](Digester& digester) -> Ck<Bytes> {
                       TRY(digester.Update(TRY(View(pData, ulDataLen))));
                       return digester.Finish();
                     });
  });
}

CK_RV DigestUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return InSession(hSession,
                   [&](Session& session) { return Feed(session.digester, pPart, ulPartLen); });
}

CK_RV DigestFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pDigest, CK_ULONG_PTR pulDigestLen) {
  return InSession(hSession, [&](Session& session) {
    return GiveSized(session, session.digester, pDigest, pulDigestLen,
                     [](Digester& digester) { return digester.Finish(); });
  });
}

CK_RV SignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.signer != nullptr) return Fail(CKR_OPERATION_ACTIVE);
    const Selected selected =
        TRY(Select(session, pMechanism, CKF_SIGN, hKey, CKO_PRIVATE_KEY, CKA_SIGN));
    session.signer =
        TRY(BeginSign(session.slot.module(), *selected.row, selected.parameter, *selected.key));
    return {};
  });
}

CK_RV Sign(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen,
           CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen) {
  return InSession(hSession, [&](Session& session) {
    return GiveSized(
        session, session.signer, pSignature, pulSignatureLen,
        [&](Signer& signer) -> Ck<Bytes> { return signer.Sign(TRY(View(pData, ulDataLen))); });
  });
}

CK_RV SignUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return InSession(hSession,
                   [&](Session& session) { return Feed(session.signer, pPart, ulPartLen); });
}

CK_RV SignFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen) {
  return InSession(hSession, [&](Session& session) {
    return GiveSized(session, session.signer, pSignature, pulSignatureLen,
                     [](Signer& signer) { return signer.Finish(); });
  });
}

CK_RV VerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.verifier != nullptr) return Fail(CKR_OPERATION_ACTIVE);
    const Selected selected =
        TRY(Select(session, pMechanism, CKF_VERIFY, hKey, CKO_PUBLIC_KEY, CKA_VERIFY));
    session.verifier =
        TRY(BeginVerify(session.slot.module(), *selected.row, selected.parameter, *selected.key));
    return {};
  });
}

CK_RV Verify(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen,
             CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(Started(session.verifier));
    return RunToEnd(session, session.verifier, [&](Verifier& verifier) -> Done {
      return verifier.Verify(TRY(View(pData, ulDataLen)), TRY(View(pSignature, ulSignatureLen)));
    });
  });
}

CK_RV VerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return InSession(hSession,
                   [&](Session& session) { return Feed(session.verifier, pPart, ulPartLen); });
}

CK_RV VerifyFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(Started(session.verifier));
    return RunToEnd(session, session.verifier, [&](Verifier& verifier) -> Done {
      return verifier.Finish(TRY(View(pSignature, ulSignatureLen)));
    });
  });
}

CK_RV VerifySignatureInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                          CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.signature_verifier != nullptr) return Fail(CKR_OPERATION_ACTIVE);
    const ByteSpan signature = TRY(View(pSignature, ulSignatureLen));
    if (signature.size() > kLargestSignature) return Fail(CKR_SIGNATURE_LEN_RANGE);
    const Selected selected =
        TRY(Select(session, pMechanism, CKF_VERIFY, hKey, CKO_PUBLIC_KEY, CKA_VERIFY));
    session.signature_verifier =
        TRY(BeginVerify(session.slot.module(), *selected.row, selected.parameter, *selected.key));
    session.expected_signature = ToBytes(signature);
    return {};
  });
}

CK_RV VerifySignature(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(Started(session.signature_verifier));
    return RunToEnd(session, session.signature_verifier, [&](Verifier& verifier) -> Done {
      return verifier.Verify(TRY(View(pData, ulDataLen)), session.expected_signature);
    });
  });
}

CK_RV VerifySignatureUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen) {
  return InSession(hSession, [&](Session& session) {
    return Feed(session.signature_verifier, pPart, ulPartLen);
  });
}

CK_RV VerifySignatureFinal(CK_SESSION_HANDLE hSession) {
  return InSession(hSession, [&](Session& session) -> Done {
    TRY(Started(session.signature_verifier));
    return RunToEnd(session, session.signature_verifier, [&](Verifier& verifier) {
      return verifier.Finish(session.expected_signature);
    });
  });
}

CK_RV GenerateRandom(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pRandomData, CK_ULONG ulRandomLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (pRandomData == nullptr || ulRandomLen > kMostRandom) return Fail(CKR_ARGUMENTS_BAD);
    const auto indicator = TRY(session.slot.module().Random({pRandomData, ulRandomLen}));
    session.last_approved = indicator.approved();
    return {};
  });
}

}  // namespace calls
}  // namespace vallum::p11
