// SPDX-License-Identifier: Apache-2.0
// Signatures and MACs with a key.
#include "rest/batch.h"
#include "rest/handlers.h"

namespace vallum::rest {
namespace {

using service::Service;

struct Input {
  SecretBytes data;
  bool is_digest = false;
  Bytes signature;

  service::SignInput View() const { return {data.span(), is_digest}; }
};

Result<Input> ReadMessage(ObjectReader& object) {
  Input input;
  input.data = TRY(object.SecretBase64("message"));
  return input;
}

Result<Input> ReadMessageOrDigest(ObjectReader& object) {
  const bool has_message = object.OptionalValue("message").has_value();
  Input input;
  input.is_digest = object.OptionalValue("digest").has_value();
  if (has_message == input.is_digest) {
    return InvalidArgument(R"(give exactly one of the members "message" and "digest")");
  }
  input.data = TRY(object.SecretBase64(input.is_digest ? "digest" : "message"));
  return input;
}

Result<Input> ReadSigned(ObjectReader& object) {
  Input input = TRY(ReadMessageOrDigest(object));
  input.signature = TRY(object.Base64("signature"));
  return input;
}

Result<Input> ReadMaced(ObjectReader& object) {
  Input input = TRY(ReadMessage(object));
  input.signature = TRY(object.Base64("mac"));
  return input;
}

Result<module::Scheme> ReadScheme(ObjectReader& body) {
  const auto name = TRY(body.OptionalString("scheme"));
  if (!name) return module::Scheme::kDefault;
  return module::ParseScheme(*name);
}

std::vector<Service::VerifyItem> VerifyItems(const std::vector<Input>& inputs) {
  std::vector<Service::VerifyItem> items;
  items.reserve(inputs.size());
  for (const Input& input : inputs) items.push_back({input.View(), input.signature});
  return items;
}

// Verified as this wire says it: a mismatch is an answer, not an error.
struct Verdict {
  bool valid = false;
};

// A mismatch comes without an indicator. Under policy `only` a verification that ran at all was
// approved; under the others nobody knows, and unknown is no.
Service::Batch<Verdict> Verdicts(Service::Batch<Service::Verified> results, module::Policy policy) {
  const module::Indicator mismatch{.approval = policy == module::Policy::kOnly
                                                   ? module::Approval::kApproved
                                                   : module::Approval::kUnset};
  Service::Batch<Verdict> verdicts;
  verdicts.reserve(results.size());
  for (auto& result : results) {
    if (result) {
      verdicts.emplace_back(service::Approved<Verdict>{{true}, result->indicator});
    } else if (result.error().code() == Code::kVerifyFailed) {
      verdicts.emplace_back(service::Approved<Verdict>{{false}, mismatch});
    } else {
      verdicts.emplace_back(std::move(result).error());
    }
  }
  return verdicts;
}

Status WriteVerdicts(Exchange& x, Shape shape, Service::Batch<Service::Verified> results) {
  auto verdicts = Verdicts(std::move(results), x.options().policy);
  return WriteItems(x, shape, verdicts, [](JsonWriter& json, const Verdict& verdict) {
    json.Name("valid").Bool(verdict.valid);
  });
}

}  // namespace

Status Sign(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto input = TRY(ReadItems<Input>(body, ReadMessageOrDigest));
  const module::Scheme scheme = TRY(ReadScheme(body));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  std::vector<service::SignInput> items;
  items.reserve(input.items.size());
  for (const Input& item : input.items) items.push_back(item.View());
  auto results = TRY(x.Use().Sign(x.caller(), {name, version}, scheme, items));
  return WriteItems(x, input.shape, results, [](JsonWriter& json, const service::Signed& made) {
    json.Name("signature").Base64(made.signature);
    json.Name("scheme").String(module::Name(made.scheme));
    json.Name("version").Integer(made.version);
  });
}

Status Verify(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto input = TRY(ReadItems<Input>(body, ReadSigned));
  const module::Scheme scheme = TRY(ReadScheme(body));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  auto results = TRY(x.Use().Verify(x.caller(), {name, version}, scheme, VerifyItems(input.items)));
  return WriteVerdicts(x, input.shape, std::move(results));
}

Status Mac(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto input = TRY(ReadItems<Input>(body, ReadMessage));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  std::vector<ByteSpan> items;
  items.reserve(input.items.size());
  for (const Input& item : input.items) items.push_back(item.data.span());
  auto results = TRY(x.Use().Mac(x.caller(), {name, version}, items));
  return WriteItems(x, input.shape, results, [](JsonWriter& json, const service::Signed& made) {
    json.Name("mac").Base64(made.signature);
    json.Name("version").Integer(made.version);
  });
}

Status VerifyMac(Exchange& x) {
  const std::string name = TRY(x.Parameter(0));
  const JsonDocument document = TRY(x.ParseBody());
  ObjectReader body(document.root());
  const auto input = TRY(ReadItems<Input>(body, ReadMaced));
  const std::uint32_t version = TRY(ReadVersion(body));
  TRY(body.Finish());

  auto results = TRY(x.Use().VerifyMac(x.caller(), {name, version}, VerifyItems(input.items)));
  return WriteVerdicts(x, input.shape, std::move(results));
}

}  // namespace vallum::rest
