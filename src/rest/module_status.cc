// SPDX-License-Identifier: Apache-2.0
#include "rest/module_status.h"

#include "base/clock.h"
#include "rest/codec.h"

namespace vallum::rest {
namespace {

void Count(JsonWriter& json, std::string_view name, std::uint64_t value) {
  json.Name(name).Integer(static_cast<std::int64_t>(value));
}

void WriteProvider(JsonWriter& json, const module::ModuleStatus& status) {
  json.Name("provider").BeginObject();
  json.Name("name").String(status.provider.name);
  json.Name("version").String(status.provider_version);
  json.Name("sha256").String(status.provider.sha256);
  json.Name("certificate").String(status.provider.certificate);
  json.EndObject();
}

void WriteIntegrity(JsonWriter& json, const module::IntegrityStatus& integrity) {
  json.Name("integrity").BeginObject();
  json.Name("sealed").Bool(integrity.sealed);
  json.Name("microseconds").Integer(integrity.microseconds);
  Count(json, "bytes", integrity.bytes);
  json.Name("objects").BeginArray();
  for (const module::BoundaryObject& object : integrity.objects) {
    json.BeginObject().Name("name").String(object.name);
    json.Name("path").String(object.path.string());
    json.Name("sha256").String(object.file_sha256);
    json.Name("sealed_mac").String(object.sealed_mac).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteHealthTests(JsonWriter& json, const module::EntropyStatus& entropy) {
  Count(json, "samples", entropy.samples);
  Count(json, "repetition_alarms", entropy.repetition_alarms);
  Count(json, "proportion_alarms", entropy.proportion_alarms);
  Count(json, "source_alarms", entropy.source_alarms);
  Count(json, "discarded_blocks", entropy.discarded_blocks);
  Count(json, "repetition_cutoff", entropy.repetition_cutoff);
  Count(json, "proportion_cutoff", entropy.proportion_cutoff);
  Count(json, "proportion_window", entropy.proportion_window);
  Count(json, "alpha_log2", entropy.alpha_log2);
}

void WriteEntropy(JsonWriter& json, const module::EntropyStatus& entropy) {
  json.Name("entropy").BeginObject();
  json.Name("source").String(module::Name(entropy.source));
  json.Name("caveat").String(module::Caveat(entropy.source));
  json.Name("failure").String(entropy.failure);
  json.Name("start_up_passed").Bool(entropy.start_up_passed);
  json.Name("start_up_microseconds").Integer(entropy.start_up_microseconds);
  WriteHealthTests(json, entropy);
  Count(json, "bytes_delivered", entropy.bytes_delivered);
  json.EndObject();
}

void WriteCause(JsonWriter& json, std::string_view name,
                const std::optional<module::ErrorCause>& cause) {
  if (!cause) return;
  json.Name(name).BeginObject();
  json.Name("code").String(CodeName(cause->code));
  json.Name("test").String(cause->test);
  json.Name("message").String(cause->message);
  json.Name("provider_error").String(cause->provider_error);
  json.Name("time").String(FormatTime(cause->time));
  json.EndObject();
}

// What failed first, for good or passing.
void WriteErrors(JsonWriter& json, const module::ModuleStatus& status) {
  json.Name("first_error").String(status.first_error);
  WriteCause(json, "cause", status.cause);
  Count(json, "soft_errors", status.soft_errors);
  WriteCause(json, "soft_cause", status.soft_cause);
}

void WriteTests(JsonWriter& json, const module::ModuleStatus& status) {
  json.Name("self_tests");
  WriteSelfTests(json, status.self_tests);
  json.Name("self_tests_ended").String(FormatTime(status.self_tests_ended));
  json.Name("conditional_tests").BeginArray();
  for (const module::ConditionalTestCount& test : status.conditional_tests) {
    json.BeginObject().Name("name").String(test.name);
    Count(json, "passed", test.passed);
    Count(json, "failed", test.failed);
    json.Name("last_microseconds").Integer(test.last_microseconds).EndObject();
  }
  json.EndArray();
}

std::string_view AdviceOn(const module::ModuleStatus& status) {
  if (status.state == module::State::kErrorHard) return "restart the server: it tests itself again";
  if (status.state != module::State::kUninitialised) return "";
  return status.last_zeroisation ? "its keys were zeroised; restart the server to unseal it again"
                                 : "it is not unsealed; restart the server";
}

}  // namespace

void WriteZeroisation(JsonWriter& json, const module::ZeroiseReport& report) {
  json.BeginObject();
  Count(json, "objects", report.objects);
  Count(json, "bytes", report.bytes);
  Count(json, "lent", report.lent);
  json.Name("verified").Bool(report.verified);
  json.Name("started").String(FormatTime(report.started));
  json.Name("finished").String(FormatTime(report.finished));
  json.EndObject();
}

// Requirement: version-json
void WriteModule(JsonWriter& json, const service::Service::StatusReport& report) {
  const module::ModuleStatus& status = report.module;
  json.BeginObject();
  json.Name("state").String(module::Name(status.state));
  json.Name("advice").String(AdviceOn(status));
  json.Name("policy").String(module::Name(status.policy));
  json.Name("version").String(status.module_version);
  WriteProvider(json, status);
  WriteIntegrity(json, status.integrity);
  WriteEntropy(json, status.entropy);
  WriteErrors(json, status);
  WriteTests(json, status);
  json.Name("provider_load_microseconds").Integer(status.provider_load_microseconds);
  json.Name("start_microseconds").Integer(status.start_microseconds);
  if (status.last_zeroisation) {
    json.Name("last_zeroisation");
    WriteZeroisation(json, *status.last_zeroisation);
  }
  json.Name("services").BeginObject();
  Count(json, "approved", status.services_approved);
  Count(json, "not_approved", status.services_not_approved);
  json.EndObject();
  json.Name("seal").String(report.seal);
  json.Name("seal_risk").String(report.seal_risk);
  Count(json, "audit_size", report.audit_size);
  json.Name("validated").Bool(false);
  json.EndObject();
}

}  // namespace vallum::rest
