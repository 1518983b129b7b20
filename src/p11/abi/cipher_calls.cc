// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption, at once, in pieces, by messages.
#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"
#include "p11/abi/select.h"
#include "p11/mechanism/cipher.h"
#include "p11/mechanism/parameter.h"

namespace vallum::p11 {
namespace {

MoreInvocations InvocationsOf(const Session& session, const ObjectRef& key) {
  return [&slot = session.slot, key]() -> Done {
    if (!key->material->is_stored()) return Fail(CKR_KEY_EXHAUSTED);
    return slot.token().GrantInvocations(key->material->id(), *TRY(key->material->OpenFirst()));
  };
}

Done Begin(Session& session, std::unique_ptr<Cipher>& cipher, CK_MECHANISM_PTR mechanism,
           CK_OBJECT_HANDLE key, Direction direction) {
  if (cipher != nullptr) return Fail(CKR_OPERATION_ACTIVE);
  const bool encrypts = direction == Direction::kEncrypt;
  const Selected selected = TRY(Select(session, mechanism, encrypts ? CKF_ENCRYPT : CKF_DECRYPT,
                                       key, encrypts ? CKO_PUBLIC_KEY : CKO_PRIVATE_KEY,
                                       encrypts ? CKA_ENCRYPT : CKA_DECRYPT));
  cipher = TRY(BeginCipher(session.slot.module(), *selected.row, selected.parameter, *selected.key,
                           direction, InvocationsOf(session, selected.key)));
  return {};
}

Done End(Session& session, std::unique_ptr<Cipher>& cipher, Done done) {
  session.last_approved = done && cipher->approved();
  cipher.reset();
  return done;
}

// The result is made once and kept until the caller has room for it.
template <typename Make>
Done GiveKept(Session& session, std::unique_ptr<Cipher>& cipher, std::size_t room, CK_BYTE_PTR out,
              CK_ULONG_PTR size, Make&& make) {
  if (size == nullptr) return End(session, cipher, Fail(CKR_ARGUMENTS_BAD));
  if (!cipher->finished && out == nullptr) {
    *size = room;
    return {};
  }
  if (!cipher->finished) {
    auto made = make(*cipher);
    if (!made) return End(session, cipher, made.error());
    cipher->kept = *std::move(made);
    cipher->finished = true;
  }
  const auto wish = WishOf(out, size, cipher->kept.span().size());
  if (KeepsGoing(wish)) return wish ? Done() : Done(wish.error());
  Give(cipher->kept.span(), out, size);
  return End(session, cipher, {});
}

Done AtOnce(Session& session, std::unique_ptr<Cipher>& cipher, CK_BYTE_PTR input,
            CK_ULONG input_size, CK_BYTE_PTR out, CK_ULONG_PTR size) {
  if (cipher == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  if (cipher->started) return Fail(CKR_OPERATION_ACTIVE);
  const auto bytes = View(input, input_size);
  if (!bytes) return End(session, cipher, bytes.error());
  return GiveKept(session, cipher, cipher->Room(bytes->size()), out, size,
                  [&](Cipher& running) { return running.AtOnce(*bytes); });
}

Done Step(Session& session, std::unique_ptr<Cipher>& cipher, CK_BYTE_PTR input, CK_ULONG input_size,
          CK_BYTE_PTR out, CK_ULONG_PTR size) {
  if (cipher == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  if (cipher->finished) return Fail(CKR_OPERATION_ACTIVE);
  const auto bytes = View(input, input_size);
  if (!bytes) return End(session, cipher, bytes.error());
  const auto room = cipher->UpdateRoom(bytes->size());
  if (!room) return End(session, cipher, room.error());
  // Without output a null pointer is no question.
  if (*room == 0 && size != nullptr) *size = 0;
  if (*room != 0 || size == nullptr) {
    const auto wish = WishOf(out, size, *room);
    if (KeepsGoing(wish)) return wish ? Done() : Done(wish.error());
    if (!wish) return End(session, cipher, wish.error());
  }
  cipher->started = true;
  const auto written = cipher->Update(*bytes, {out, *room});
  if (!written) return End(session, cipher, written.error());
  *size = *written;
  return {};
}

Done Last(Session& session, std::unique_ptr<Cipher>& cipher, CK_BYTE_PTR out, CK_ULONG_PTR size) {
  if (cipher == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
  const auto room = cipher->finished ? std::size_t{0} : cipher->FinishRoom();
  if (!room) return End(session, cipher, room.error());
  return GiveKept(session, cipher, *room, out, size,
                  [](Cipher& running) { return running.Finish(); });
}

Done BeginMessage(Session& session, std::unique_ptr<MessageCipher>& cipher,
                  CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key, CK_FLAGS flag,
                  CK_ATTRIBUTE_TYPE permission) {
  if (cipher != nullptr) return Fail(CKR_OPERATION_ACTIVE);
  const Selected selected = TRY(Select(session, mechanism, flag, key, CKO_SECRET_KEY, permission));
  cipher = TRY(BeginMessages(*selected.row, *selected.key, InvocationsOf(session, selected.key)));
  return {};
}

struct Message {
  MutableByteSpan iv;
  MutableByteSpan tag;
  bool own_iv = false;  ///< the module makes it
};

Ck<Message> ReadMessage(CK_VOID_PTR parameter, CK_ULONG size) {
  const auto given = TRY(ReadParameter<CK_GCM_MESSAGE_PARAMS>(TRY(View(parameter, size))));
  TRY(ReadPart(given.pIv, given.ulIvLen, 256));
  if (given.pIv == nullptr || given.pTag == nullptr || given.ulTagBits % 8 != 0 ||
      given.ulTagBits > 128) {
    return Fail(CKR_MECHANISM_PARAM_INVALID);
  }
  Message message{{given.pIv, given.ulIvLen}, {given.pTag, given.ulTagBits / 8}, false};
  message.own_iv = given.ivGenerator != CKG_NO_GENERATE;
  // The module makes an IV as a whole, at random.
  const bool made = given.ivGenerator == CKG_GENERATE || given.ivGenerator == CKG_GENERATE_RANDOM;
  if (message.own_iv && (!made || given.ulIvFixedBits != 0 || given.ulIvLen != 12)) {
    return Fail(CKR_MECHANISM_PARAM_INVALID);
  }
  return message;
}

}  // namespace

namespace calls {

CK_RV EncryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) {
    return Begin(session, session.encryption, pMechanism, hKey, Direction::kEncrypt);
  });
}

CK_RV Encrypt(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen,
              CK_BYTE_PTR pEncryptedData, CK_ULONG_PTR pulEncryptedDataLen) {
  return InSession(hSession, [&](Session& session) {
    return AtOnce(session, session.encryption, pData, ulDataLen, pEncryptedData,
                  pulEncryptedDataLen);
  });
}

CK_RV EncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen,
                    CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen) {
  return InSession(hSession, [&](Session& session) {
    return Step(session, session.encryption, pPart, ulPartLen, pEncryptedPart, pulEncryptedPartLen);
  });
}

CK_RV EncryptFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastEncryptedPart,
                   CK_ULONG_PTR pulLastEncryptedPartLen) {
  return InSession(hSession, [&](Session& session) {
    return Last(session, session.encryption, pLastEncryptedPart, pulLastEncryptedPartLen);
  });
}

CK_RV DecryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) {
    return Begin(session, session.decryption, pMechanism, hKey, Direction::kDecrypt);
  });
}

CK_RV Decrypt(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedData, CK_ULONG ulEncryptedDataLen,
              CK_BYTE_PTR pData, CK_ULONG_PTR pulDataLen) {
  return InSession(hSession, [&](Session& session) {
    return AtOnce(session, session.decryption, pEncryptedData, ulEncryptedDataLen, pData,
                  pulDataLen);
  });
}

CK_RV DecryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart,
                    CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen) {
  return InSession(hSession, [&](Session& session) {
    return Step(session, session.decryption, pEncryptedPart, ulEncryptedPartLen, pPart, pulPartLen);
  });
}

CK_RV DecryptFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastPart, CK_ULONG_PTR pulLastPartLen) {
  return InSession(hSession, [&](Session& session) {
    return Last(session, session.decryption, pLastPart, pulLastPartLen);
  });
}

CK_RV MessageEncryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                         CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) {
    return BeginMessage(session, session.message_encryption, pMechanism, hKey, CKF_MESSAGE_ENCRYPT,
                        CKA_ENCRYPT);
  });
}

CK_RV EncryptMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen,
                     CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen,
                     CK_BYTE_PTR pPlaintext, CK_ULONG ulPlaintextLen, CK_BYTE_PTR pCiphertext,
                     CK_ULONG_PTR pulCiphertextLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    MessageCipher* const cipher = session.message_encryption.get();
    if (cipher == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    const Message message = TRY(ReadMessage(pParameter, ulParameterLen));
    const ByteSpan aad = TRY(View(pAssociatedData, ulAssociatedDataLen));
    const ByteSpan plaintext = TRY(View(pPlaintext, ulPlaintextLen));
    if (TRY(WishOf(pCiphertext, pulCiphertextLen, plaintext.size())) == Wish::kSize) return {};
    Give(TRY(cipher->Encrypt(message.iv, message.tag, message.own_iv, aad, plaintext)), pCiphertext,
         pulCiphertextLen);
    session.last_approved = cipher->approved();
    return {};
  });
}

CK_RV MessageEncryptFinal(CK_SESSION_HANDLE hSession) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.message_encryption == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    session.message_encryption.reset();
    return {};
  });
}

CK_RV MessageDecryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                         CK_OBJECT_HANDLE hKey) {
  return InSession(hSession, [&](Session& session) {
    return BeginMessage(session, session.message_decryption, pMechanism, hKey, CKF_MESSAGE_DECRYPT,
                        CKA_DECRYPT);
  });
}

CK_RV DecryptMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen,
                     CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen,
                     CK_BYTE_PTR pCiphertext, CK_ULONG ulCiphertextLen, CK_BYTE_PTR pPlaintext,
                     CK_ULONG_PTR pulPlaintextLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    MessageCipher* const cipher = session.message_decryption.get();
    if (cipher == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    const Message message = TRY(ReadMessage(pParameter, ulParameterLen));
    const ByteSpan aad = TRY(View(pAssociatedData, ulAssociatedDataLen));
    const ByteSpan ciphertext = TRY(View(pCiphertext, ulCiphertextLen));
    if (TRY(WishOf(pPlaintext, pulPlaintextLen, ciphertext.size())) == Wish::kSize) return {};
    const SecretBytes plaintext = TRY(cipher->Decrypt(message.iv, message.tag, aad, ciphertext));
    Give(plaintext.span(), pPlaintext, pulPlaintextLen);
    session.last_approved = cipher->approved();
    return {};
  });
}

CK_RV MessageDecryptFinal(CK_SESSION_HANDLE hSession) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.message_decryption == nullptr) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    session.message_decryption.reset();
    return {};
  });
}

}  // namespace calls
}  // namespace vallum::p11
