// SPDX-License-Identifier: Apache-2.0
#include "module/cipher_message.h"

#include <algorithm>
#include <utility>

namespace vallum::module {
namespace {

bool Gathers(const CipherRules& rules) {
  return rules.least_tag != 0 || rules.mode == ossl::Mode::kXts;
}

Error UsedUp() {
  return InvalidArgument("this message is finished, or a step of it failed; begin another");
}

}  // namespace

Request CipherMessage::request() const {
  const bool encrypts = direction_ == ossl::Direction::kEncrypt;
  return {.operation = encrypts ? Operation::kEncrypt : Operation::kDecrypt,
          .key = key_.get(),
          .scheme = rules_->scheme};
}

std::size_t CipherMessage::FinishRoom() const {
  return gathers() ? gathered_.size() : ossl::kAesBlock;
}

Result<CipherMessage> CipherMessage::Begin(Module::Impl& impl, KeyRef key,
                                           const CipherParameters& parameters,
                                           ossl::Direction direction) {
  const bool encrypts = direction == ossl::Direction::kEncrypt;
  ServiceCall call(impl, {.operation = encrypts ? Operation::kEncrypt : Operation::kDecrypt,
                          .key = key.get(),
                          .scheme = parameters.scheme});
  TRY(call.Begin());
  const CipherRules* scheme = FindCipherRules(call.scheme());
  const bool tagged = encrypts || (scheme != nullptr && scheme->least_tag != 0);
  const CipherRules* rules =
      TRY(OpenCipherCall(call, {direction, parameters, tagged ? parameters.tag_size : 0}));
  CipherMessage message(impl, std::move(key), *rules, direction);
  TRY(call.Examine(message.Open(parameters)));
  message.reasons_ = TRY(call.EndPart());
  return message;
}

Status CipherMessage::Open(const CipherParameters& parameters) {
  const bool encrypts = direction_ == ossl::Direction::kEncrypt;
  iv_ = encrypts ? TRY(TakeIv(*impl_, *key_, *rules_, parameters.iv)) : ToBytes(parameters.iv);
  aad_ = ToBytes(parameters.aad);
  tag_size_ = parameters.tag_size;
  if (Gathers(*rules_)) return {};
  const ossl::CipherKey* cipher = TRY(key_->aes()->Cipher(rules_->mode));
  stream_ = TRY(cipher->Begin(direction_, iv_, FillOf(rules_->scheme)));
  return {};
}

Result<std::size_t> CipherMessage::Update(ByteSpan in, MutableByteSpan out) {
  if (out.size() < UpdateRoom(in.size()))
    return InvalidArgument("the room for output is too small");
  if (std::exchange(done_, true)) return UsedUp();
  ServiceCall call(*impl_, request());
  TRY(call.Begin());
  TRY(call.Resume(reasons_));
  const Result<std::size_t> written = call.Examine(Take(in, out));
  const Result<std::uint32_t> reasons = call.EndPart();
  if (!written || !reasons) {
    Wipe(out.data(), out.size());
    return written ? Result<std::size_t>(reasons.error()) : written;
  }
  reasons_ = *reasons;
  done_ = false;
  return *written;
}

Result<std::size_t> CipherMessage::Take(ByteSpan in, MutableByteSpan out) {
  total_ += in.size();
  if (total_ > rules_->most_data) return CheckDataSize(*rules_, direction_, total_).error();
  if (!gathers()) return stream_->Update(in, out);
  if (total_ > kLargestGathered) {
    return ResourceExhausted(
        "a message of this mode has at most 64 MiB in pieces; cut it in several");
  }
  TRY(gathered_.Append(in));
  return 0;
}

Result<CipherEnd> CipherMessage::Finish(ByteSpan tag, MutableByteSpan out) {
  if (out.size() < FinishRoom()) return InvalidArgument("the room for output is too small");
  if (std::exchange(done_, true)) return UsedUp();
  ServiceCall call(*impl_, request());
  TRY(call.Begin());
  TRY(call.Resume(reasons_));
  CipherEnd end;
  const Result<std::size_t> size = call.Examine(End(tag, out, end.tag));
  const Result<Indicator> indicator = size ? call.End() : Result<Indicator>(size.error());
  if (!indicator) {
    Wipe(out.data(), out.size());
    return indicator.error();
  }
  end.size = *size;
  end.indicator = *indicator;
  return end;
}

Result<std::size_t> CipherMessage::End(ByteSpan tag, MutableByteSpan out, Bytes& made_tag) {
  TRY(CheckDataSize(*rules_, direction_, total_));
  const bool checks = direction_ == ossl::Direction::kDecrypt && rules_->least_tag != 0;
  if (tag.size() != (checks ? tag_size_ : 0)) {
    return InvalidArgument("the tag does not have the size that was named at the beginning");
  }
  if (gathers()) return EndGathered(tag, out, made_tag);
  return stream_->Finish(out);
}

Result<std::size_t> CipherMessage::EndGathered(ByteSpan tag, MutableByteSpan out, Bytes& made_tag) {
  const CipherParameters parameters{
      .scheme = rules_->scheme, .iv = iv_, .aad = aad_, .tag_size = tag_size_};
  if (direction_ == ossl::Direction::kDecrypt) {
    return DecryptAny(*key_, *rules_, parameters, gathered_.span(), tag,
                      out.first(gathered_.size()));
  }
  Encrypted sealed{.iv = iv_, .data = {}, .tag = {}};
  TRY(EncryptAny(*key_, *rules_, parameters, gathered_.span(), sealed));
  gathered_.Clear();
  std::ranges::copy(sealed.data, out.begin());
  iv_ = std::move(sealed.iv);
  made_tag = std::move(sealed.tag);
  return sealed.data.size();
}

}  // namespace vallum::module
