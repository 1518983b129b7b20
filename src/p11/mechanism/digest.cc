// SPDX-License-Identifier: Apache-2.0
#include "p11/mechanism/digest.h"

namespace vallum::p11 {
namespace {

class LocalDigester final : public Digester {
 public:
  LocalDigester(std::unique_ptr<module::Module::Digest> digest, std::size_t size)
      : digest_(std::move(digest)), size_(size) {}
  std::size_t size() const override { return size_; }
  Done Update(ByteSpan part) override {
    TRY(digest_->Update(part));
    return {};
  }
  Ck<Bytes> Finish() override { return Note(TRY(digest_->FinishApproved())); }

 private:
  std::unique_ptr<module::Module::Digest> digest_;
  std::size_t size_;
};

}  // namespace

Ck<std::unique_ptr<Digester>> BeginDigest(module::Module& module, const MechanismRow& row,
                                          ByteSpan parameter) {
  if (!parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
  const HashFacts* hash = FindHash(row.hash);
  auto digest = TRY(module.BeginDigest(hash->digest));
  return std::unique_ptr<Digester>(std::make_unique<LocalDigester>(std::move(digest), hash->size));
}

}  // namespace vallum::p11
