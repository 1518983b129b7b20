// SPDX-License-Identifier: Apache-2.0
#include "p11/mechanism/cipher.h"

#include <algorithm>

#include "p11/mechanism/parameter.h"

namespace vallum::p11 {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kLargestMessage = 64 << 20;
constexpr CK_ULONG kLargestAad = 1 << 20;

/// Mode is an AES mode with its parameter, copied.
struct Mode {
  Scheme scheme{};
  Bytes iv;
  Bytes aad;
  std::size_t tag_size = 0;
  std::uint8_t* iv_out = nullptr;  ///< where the caller wants the IV that the module makes

  module::CipherParameters parameters() const {
    return {.scheme = scheme, .iv = iv, .aad = aad, .tag_size = tag_size == 0 ? 16 : tag_size};
  }
};

Done ReadGcm(Mode& mode, ByteSpan parameter, Direction direction) {
  const auto given = TRY(ReadParameter<CK_GCM_PARAMS>(parameter));
  const ByteSpan iv = TRY(ReadPart(given.pIv, given.ulIvLen, 256));
  mode.aad = ToBytes(TRY(ReadPart(given.pAAD, given.ulAADLen, kLargestAad)));
  if (given.ulTagBits % 8 != 0 || given.ulTagBits > 128) return Fail(CKR_MECHANISM_PARAM_INVALID);
  mode.tag_size = given.ulTagBits / 8;
  if (direction == Direction::kEncrypt && given.ulIvBits == 0 && iv.size() == 12) {
    mode.iv_out = given.pIv;
    return {};
  }
  if (iv.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
  mode.iv = ToBytes(iv);
  return {};
}

Done ReadCcm(Mode& mode, ByteSpan parameter) {
  const auto given = TRY(ReadParameter<CK_CCM_PARAMS>(parameter));
  mode.iv = ToBytes(TRY(ReadPart(given.pNonce, given.ulNonceLen, 13)));
  mode.aad = ToBytes(TRY(ReadPart(given.pAAD, given.ulAADLen, kLargestAad)));
  if (mode.iv.empty() || given.ulMACLen > 16) return Fail(CKR_MECHANISM_PARAM_INVALID);
  mode.tag_size = given.ulMACLen;
  return {};
}

Ck<Mode> ReadMode(const MechanismRow& row, ByteSpan parameter, Direction direction) {
  Mode mode;
  mode.scheme = row.scheme;
  switch (row.scheme) {
    case Scheme::kAesEcb:
      if (!parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
      return mode;
    case Scheme::kAesCbc:
    case Scheme::kAesCbcPad:
      if (parameter.size() != kBlock) return Fail(CKR_MECHANISM_PARAM_INVALID);
      mode.iv = ToBytes(parameter);
      return mode;
    case Scheme::kAesCtr: {
      const auto given = TRY(ReadParameter<CK_AES_CTR_PARAMS>(parameter));
      if (given.ulCounterBits != 128) return Fail(CKR_MECHANISM_PARAM_INVALID);
      mode.iv.assign(std::begin(given.cb), std::end(given.cb));
      return mode;
    }
    case Scheme::kAesGcm:
      TRY(ReadGcm(mode, parameter, direction));
      return mode;
    default:
      TRY(ReadCcm(mode, parameter));
      return mode;
  }
}

class AesCipher final : public Cipher {
 public:
  AesCipher(module::Module& module, UsableKeyRef key, Mode mode, Direction direction,
            MoreInvocations more)
      : module_(module),
        key_(std::move(key)),
        mode_(std::move(mode)),
        direction_(direction),
        more_(std::move(more)) {}

  std::size_t Room(std::size_t size) const override {
    if (direction_ == Direction::kDecrypt) return size;
    if (mode_.scheme == Scheme::kAesCbcPad) return size / kBlock * kBlock + kBlock;
    return size + mode_.tag_size;
  }
  Ck<Output> AtOnce(ByteSpan input) override {
    return direction_ == Direction::kEncrypt ? Encrypt(input) : Decrypt(input);
  }
  Ck<std::size_t> UpdateRoom(std::size_t size) override {
    if (mode_.tag_size != 0) return std::size_t{0};
    TRY(Begin());
    return encrypting_ != nullptr ? encrypting_->UpdateRoom(size) : decrypting_->UpdateRoom(size);
  }
  Ck<std::size_t> Update(ByteSpan input, MutableByteSpan output) override;
  Ck<std::size_t> FinishRoom() override;
  Ck<Output> Finish() override;

 private:
  Done Begin();
  Ck<Output> Encrypt(ByteSpan input);
  Ck<Output> Decrypt(ByteSpan input);
  template <typename T>
  static Ck<T> Made(Result<T> result, CK_RV length_error) {
    if (!result && result.error().code() == Code::kVerifyFailed)
      return Fail(CKR_ENCRYPTED_DATA_INVALID);
    return As(std::move(result), Code::kInvalidArgument, length_error);
  }

  module::Module& module_;
  UsableKeyRef key_;
  Mode mode_;
  Direction direction_;
  MoreInvocations more_;
  std::unique_ptr<module::EncryptionStream> encrypting_;
  std::unique_ptr<module::DecryptionStream> decrypting_;
  SecretBuffer gathered_;  ///< of a mode with a tag
};

Ck<Output> AesCipher::Encrypt(ByteSpan input) {
  auto made = key_->Encrypt(mode_.parameters(), input);
  if (!made && made.error().code() == Code::kInvocationLimit) {
    TRY(more_());
    made = key_->Encrypt(mode_.parameters(), input);
  }
  module::Encrypted encrypted = Note(TRY(Made(std::move(made), CKR_DATA_LEN_RANGE)));
  if (mode_.iv_out != nullptr) std::ranges::copy(encrypted.iv, mode_.iv_out);
  Append(encrypted.data, encrypted.tag);
  Output output;
  output.open = std::move(encrypted.data);
  return output;
}

Ck<Output> AesCipher::Decrypt(ByteSpan input) {
  if (input.size() < mode_.tag_size) return Fail(CKR_ENCRYPTED_DATA_LEN_RANGE);
  const std::size_t size = input.size() - mode_.tag_size;
  auto made = key_->Decrypt(mode_.parameters(), input.first(size), input.subspan(size));
  if (!made && made.error().code() == Code::kVerifyFailed && mode_.tag_size != 0) {
    return Fail(CKR_AEAD_DECRYPT_FAILED);
  }
  Output output;
  output.secret = Note(TRY(Made(std::move(made), CKR_ENCRYPTED_DATA_LEN_RANGE)));
  return output;
}

Done AesCipher::Begin() {
  if (encrypting_ != nullptr || decrypting_ != nullptr) return {};
  if (direction_ == Direction::kEncrypt) {
    encrypting_ = TRY(module_.BeginEncryption(TRY(key_->Local()), mode_.parameters()));
  } else {
    decrypting_ = TRY(module_.BeginDecryption(TRY(key_->Local()), mode_.parameters()));
  }
  return {};
}

Ck<std::size_t> AesCipher::Update(ByteSpan input, MutableByteSpan output) {
  if (mode_.tag_size != 0) {
    if (input.size() > kLargestMessage - gathered_.size()) return Fail(CKR_DATA_LEN_RANGE);
    TRY(gathered_.Append(input));
    return std::size_t{0};
  }
  TRY(Begin());
  if (encrypting_ != nullptr) return Made(encrypting_->Update(input, output), CKR_DATA_LEN_RANGE);
  return Made(decrypting_->Update(input, output), CKR_ENCRYPTED_DATA_LEN_RANGE);
}

Ck<std::size_t> AesCipher::FinishRoom() {
  if (mode_.tag_size != 0) {
    const std::size_t size = gathered_.size();
    return direction_ == Direction::kEncrypt ? size + mode_.tag_size : size;
  }
  TRY(Begin());
  return encrypting_ != nullptr ? encrypting_->FinishRoom() : decrypting_->FinishRoom();
}

Ck<Output> AesCipher::Finish() {
  if (mode_.tag_size != 0) return AtOnce(gathered_.span());
  Output output;
  const std::size_t room = TRY(FinishRoom());
  if (encrypting_ != nullptr) {
    output.open.resize(room);
    const auto end = Note(TRY(Made(encrypting_->Finish(output.open), CKR_DATA_LEN_RANGE)));
    output.open.resize(end.size);
    return output;
  }
  SecretBytes whole = TRY(SecretBytes::Create(room));
  const std::size_t size =
      Note(TRY(Made(decrypting_->Finish({}, whole.mutable_span()), CKR_ENCRYPTED_DATA_LEN_RANGE)));
  output.secret = TRY(SecretBytes::CopyOf(whole.span().first(size)));
  return output;
}

class OaepCipher final : public Cipher {
 public:
  OaepCipher(UsableKeyRef key, Scheme scheme, std::size_t size, Direction direction)
      : key_(std::move(key)), scheme_(scheme), size_(size), direction_(direction) {}

  std::size_t Room(std::size_t) const override { return size_; }
  Ck<Output> AtOnce(ByteSpan input) override {
    Output output;
    if (direction_ == Direction::kEncrypt) {
      output.open = Note(
          TRY(As(key_->EncryptOaep(scheme_, input), Code::kInvalidArgument, CKR_DATA_LEN_RANGE)));
      return output;
    }
    if (input.size() != size_) return Fail(CKR_ENCRYPTED_DATA_LEN_RANGE);
    auto made = key_->DecryptOaep(scheme_, input);
    if (!made && made.error().code() == Code::kVerifyFailed)
      return Fail(CKR_ENCRYPTED_DATA_INVALID);
    output.secret = Note(TRY(std::move(made)));
    return output;
  }
  Ck<std::size_t> UpdateRoom(std::size_t) override { return std::size_t{0}; }
  Ck<std::size_t> Update(ByteSpan input, MutableByteSpan) override {
    if (input.size() > size_ - gathered_.size()) return Fail(CKR_DATA_LEN_RANGE);
    TRY(gathered_.Append(input));
    return std::size_t{0};
  }
  Ck<std::size_t> FinishRoom() override { return size_; }
  Ck<Output> Finish() override { return AtOnce(gathered_.span()); }

 private:
  UsableKeyRef key_;
  Scheme scheme_;
  std::size_t size_;
  Direction direction_;
  SecretBuffer gathered_;
};

Ck<Scheme> ReadOaep(ByteSpan parameter) {
  const auto given = TRY(ReadParameter<CK_RSA_PKCS_OAEP_PARAMS>(parameter));
  // The module's OAEP has an empty label.
  if (given.ulSourceDataLen != 0) return Fail(CKR_MECHANISM_PARAM_INVALID);
  if (given.hashAlg == CKM_SHA256 && given.mgf == CKG_MGF1_SHA256) return Scheme::kRsaOaepSha256;
  if (given.hashAlg == CKM_SHA384 && given.mgf == CKG_MGF1_SHA384) return Scheme::kRsaOaepSha384;
  if (given.hashAlg == CKM_SHA512 && given.mgf == CKG_MGF1_SHA512) return Scheme::kRsaOaepSha512;
  return Fail(CKR_MECHANISM_PARAM_INVALID);
}

class GcmMessages final : public MessageCipher {
 public:
  GcmMessages(UsableKeyRef key, MoreInvocations more)
      : key_(std::move(key)), more_(std::move(more)) {}

  Ck<Bytes> Encrypt(MutableByteSpan iv, MutableByteSpan tag, bool own_iv, ByteSpan aad,
                    ByteSpan plaintext) override {
    const module::CipherParameters parameters{.scheme = Scheme::kAesGcm,
                                              .iv = own_iv ? ByteSpan() : ByteSpan(iv),
                                              .aad = aad,
                                              .tag_size = tag.size()};
    auto made = key_->Encrypt(parameters, plaintext);
    if (!made && made.error().code() == Code::kInvocationLimit) {
      TRY(more_());
      made = key_->Encrypt(parameters, plaintext);
    }
    module::Encrypted done =
        Note(TRY(As(std::move(made), Code::kInvalidArgument, CKR_MECHANISM_PARAM_INVALID)));
    std::ranges::copy(done.iv, iv.begin());
    std::ranges::copy(done.tag, tag.begin());
    return std::move(done.data);
  }

  Ck<SecretBytes> Decrypt(ByteSpan iv, ByteSpan tag, ByteSpan aad, ByteSpan ciphertext) override {
    auto made = key_->Decrypt(
        {.scheme = Scheme::kAesGcm, .iv = iv, .aad = aad, .tag_size = tag.size()}, ciphertext, tag);
    if (!made && made.error().code() == Code::kVerifyFailed) return Fail(CKR_AEAD_DECRYPT_FAILED);
    return Note(TRY(As(std::move(made), Code::kInvalidArgument, CKR_MECHANISM_PARAM_INVALID)));
  }

 private:
  UsableKeyRef key_;
  MoreInvocations more_;
};

Ck<UsableKeyRef> KeyOf(const Object& key) {
  return TRY(As(key.material->UseFirst(), Code::kUnsupported, CKR_KEY_TYPE_INCONSISTENT));
}

}  // namespace

Ck<std::unique_ptr<Cipher>> BeginCipher(module::Module& module, const MechanismRow& row,
                                        ByteSpan parameter, const Object& key, Direction direction,
                                        MoreInvocations more) {
  if (row.kind == Kind::kRsaOaep) {
    const Scheme scheme = TRY(ReadOaep(parameter));
    const Algorithm algorithm = key.material->forms().front().algorithm;
    const std::size_t size = algorithm == Algorithm::kRsa2048   ? 256
                             : algorithm == Algorithm::kRsa3072 ? 384
                                                                : 512;
    return std::unique_ptr<Cipher>(
        std::make_unique<OaepCipher>(TRY(KeyOf(key)), scheme, size, direction));
  }
  Mode mode = TRY(ReadMode(row, parameter, direction));
  return std::unique_ptr<Cipher>(std::make_unique<AesCipher>(
      module, TRY(KeyOf(key)), std::move(mode), direction, std::move(more)));
}

Ck<std::unique_ptr<MessageCipher>> BeginMessages(const MechanismRow& row, const Object& key,
                                                 MoreInvocations more) {
  if (row.scheme != Scheme::kAesGcm) return Fail(CKR_MECHANISM_INVALID);
  return std::unique_ptr<MessageCipher>(
      std::make_unique<GcmMessages>(TRY(KeyOf(key)), std::move(more)));
}

}  // namespace vallum::p11
