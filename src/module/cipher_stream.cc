// SPDX-License-Identifier: Apache-2.0
// Multi-part encryption and decryption: the two faces of one CipherMessage.
#include "module/cipher_message.h"

namespace vallum::module {
namespace {

using ossl::Direction;

class Encryption final : public EncryptionStream {
 public:
  explicit Encryption(CipherMessage message) : message_(std::move(message)) {}
  std::size_t UpdateRoom(std::size_t size) const override { return message_.UpdateRoom(size); }
  std::size_t FinishRoom() const override { return message_.FinishRoom(); }
  Result<std::size_t> Update(ByteSpan plaintext, MutableByteSpan ciphertext) override {
    return message_.Update(plaintext, ciphertext);
  }
  Result<Approved<EncryptionEnd>> Finish(MutableByteSpan ciphertext) override {
    CipherEnd end = TRY(message_.Finish({}, ciphertext));
    return Approved<EncryptionEnd>{{end.size, message_.iv(), std::move(end.tag)}, end.indicator};
  }

 private:
  CipherMessage message_;
};

class Decryption final : public DecryptionStream {
 public:
  explicit Decryption(CipherMessage message) : message_(std::move(message)) {}
  std::size_t UpdateRoom(std::size_t size) const override { return message_.UpdateRoom(size); }
  std::size_t FinishRoom() const override { return message_.FinishRoom(); }
  Result<std::size_t> Update(ByteSpan ciphertext, MutableByteSpan plaintext) override {
    return message_.Update(ciphertext, plaintext);
  }
  Result<Approved<std::size_t>> Finish(ByteSpan tag, MutableByteSpan plaintext) override {
    const CipherEnd end = TRY(message_.Finish(tag, plaintext));
    return Approved<std::size_t>{end.size, end.indicator};
  }

 private:
  CipherMessage message_;
};

}  // namespace

Result<std::unique_ptr<EncryptionStream>> Module::BeginEncryption(
    KeyRef key, const CipherParameters& parameters) {
  return std::make_unique<Encryption>(
      TRY(CipherMessage::Begin(*impl_, std::move(key), parameters, Direction::kEncrypt)));
}

Result<std::unique_ptr<DecryptionStream>> Module::BeginDecryption(
    KeyRef key, const CipherParameters& parameters) {
  return std::make_unique<Decryption>(
      TRY(CipherMessage::Begin(*impl_, std::move(key), parameters, Direction::kDecrypt)));
}

}  // namespace vallum::module
