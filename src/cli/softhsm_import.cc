// SPDX-License-Identifier: Apache-2.0
#include "cli/softhsm_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json.h"
#include "cli/pin_source.h"
#include "cli/softhsm_objects.h"
#include "cli/softhsm_reader.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kKeySize = 32;

/// Tally counts objects and attributes before and after.
struct Tally {
  std::int64_t found = 0;
  std::int64_t taken = 0;
  std::int64_t attributes_found = 0;
  std::int64_t attributes_same = 0;
  std::vector<std::string> left;       ///< what was not taken, and why
  std::vector<std::string> different;  ///< attributes that are others now
};

/// Importer fills Vallum's token.
class Importer {
 public:
  Importer(Cryptoki& library, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE by)
      : library_(library), session_(session), by_(by) {}

  void Take(const ForeignObject& object) {
    ++tally_.found;
    const auto made = object.left_out.empty()
                          ? Make(object)
                          : Result<CK_OBJECT_HANDLE>(Unsupported(object.left_out));
    if (!made) {
      tally_.left.push_back(Describe(object) + ": " + made.error().message());
      return;
    }
    ++tally_.taken;
    Compare(object, *made);
  }
  const Tally& tally() const { return tally_; }

 private:
  Result<CK_OBJECT_HANDLE> Make(const ForeignObject& object) {
    const bool secret =
        object.object_class == CKO_PRIVATE_KEY || object.object_class == CKO_SECRET_KEY;
    CkAttributes given = {CkNumber(CKA_CLASS, object.object_class), CkFlag(CKA_TOKEN, true)};
    for (const CkAttribute& one : object.attributes) {
      // AES keys say their size themselves.
      if (one.type == CKA_VALUE_LEN && KeyTypeOf(object) == CKK_AES) continue;
      given.push_back(one);
    }
    if (!secret) return library_.Create(session_, given);
    auto made = library_.Unwrap(session_, CKM_AES_KEY_WRAP_KWP, by_, object.wrapped, given);
    if (made || object.object_class == CKO_SECRET_KEY) return made;
    return MakeFromNumbers(object, given);
  }

  // SoftHSM2 2.6 wraps a private key with zeros behind it, which the module takes for damage. So the wrapped
  // bytes are opened as a secret of this session, and the key is made of the numbers in them.
  Result<CK_OBJECT_HANDLE> MakeFromNumbers(const ForeignObject& object, const CkAttributes& given) {
    const CK_OBJECT_HANDLE carrier = TRY(library_.Unwrap(
        session_, CKM_AES_KEY_WRAP_KWP, by_, object.wrapped,
        {CkNumber(CKA_CLASS, CKO_SECRET_KEY), CkNumber(CKA_KEY_TYPE, CKK_GENERIC_SECRET),
         CkFlag(CKA_TOKEN, false), CkFlag(CKA_EXTRACTABLE, true), CkFlag(CKA_SENSITIVE, false),
         CkFlag(CKA_SIGN, false), CkFlag(CKA_VERIFY, false), CkFlag(CKA_DERIVE, true)}));
    auto opened = library_.SecretValue(session_, carrier);
    TRY(library_.Destroy(session_, carrier));
    const SecretBytes der = TRY(std::move(opened));
    return library_.Create(session_, given, TRY(Pkcs8Parts(der.span(), KeyTypeOf(object))));
  }

  static CK_KEY_TYPE KeyTypeOf(const ForeignObject& object) {
    const auto at = std::ranges::find(object.attributes, CKA_KEY_TYPE, &CkAttribute::type);
    return at == object.attributes.end() ? CKK_VENDOR_DEFINED
                                         : CkNumberOf(at->value).value_or(CKK_VENDOR_DEFINED);
  }

  void Compare(const ForeignObject& object, CK_OBJECT_HANDLE made) {
    for (const CkAttribute& one : object.attributes) {
      ++tally_.attributes_found;
      if (library_.Attribute(session_, made, one.type) == one.value) {
        ++tally_.attributes_same;
      } else {
        tally_.different.push_back(CkAttributeName(one.type) + " of " + Describe(object));
      }
    }
  }

  Cryptoki& library_;
  CK_SESSION_HANDLE session_;
  CK_OBJECT_HANDLE by_;
  Tally tally_;
};

void Print(Output& out, const Tally& tally) {
  std::string json;
  JsonWriter writer(json);
  writer.BeginObject().Name("found").Integer(tally.found).Name("taken").Integer(tally.taken);
  writer.Name("attributes_found").Integer(tally.attributes_found);
  writer.Name("attributes_same").Integer(tally.attributes_same);
  for (const auto& [name, list] :
       {std::pair{"not_taken", &tally.left}, std::pair{"different", &tally.different}}) {
    writer.Name(name).BeginArray();
    for (const std::string& one : *list) writer.String(one);
    writer.EndArray();
  }
  writer.EndObject();
  out.Json(json);
  for (const std::string& one : tally.left) out.Bad("not taken: " + one);
  for (const std::string& one : tally.different) out.Bad("different now: " + one);
  out.Fields({{"objects", fmt::format("{} found, {} taken", tally.found, tally.taken)},
              {"attributes", fmt::format("{} found, {} the same in the token",
                                         tally.attributes_found, tally.attributes_same)}});
}

}  // namespace

Result<ExitCode> ImportSoftHsm(Context& context, const TokenChoice& to, const std::string& pin_file,
                               const SoftHsmSource& from) {
  SoftHsmReader reader = TRY(SoftHsmReader::Start(from));
  const auto library = TRY(OpenVallumTokens(to));
  const Cryptoki::Token token = TRY(ChooseToken(*library, to.label));
  const SecretBytes pin = TRY(ReadPin(pin_file, "the user's PIN of Vallum's token", "--pin-file"));
  const CK_SESSION_HANDLE session = TRY(library->OpenSession(token.slot));
  TRY(library->Login(session, CKU_USER, pin));
  const SecretBytes key = TRY(library->Random(session, kKeySize));
  Importer importer(*library, session, TRY(library->EnterAes(session, key)));
  TRY(reader.Give(key));
  while (auto object = TRY(reader.Next())) importer.Take(*object);
  const Tally& tally = importer.tally();
  Print(context.out(), tally);
  const bool all = tally.left.empty() && tally.different.empty();
  return all ? ExitCode::kOk : ExitCode::kNegative;
}

}  // namespace vallum::cli
