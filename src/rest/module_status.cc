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

void WriteZeroisation(JsonWriter& json, const module::ModuleStatus& status) {
  if (!status.last_zeroisation) return;
  json.Name("last_zeroisation").BeginObject();
  Count(json, "objects", status.last_zeroisation->objects);
  Count(json, "bytes", status.last_zeroisation->bytes);
  json.Name("verified").Bool(status.last_zeroisation->verified);
  json.Name("finished").String(FormatTime(status.last_zeroisation->finished));
  json.EndObject();
}

}  // namespace

// Requirement: version-json
void WriteModule(JsonWriter& json, const service::Service::StatusReport& report) {
  const module::ModuleStatus& status = report.module;
  json.BeginObject();
  json.Name("state").String(module::Name(status.state));
  json.Name("policy").String(module::Name(status.policy));
  json.Name("version").String(status.module_version);
  WriteProvider(json, status);
  WriteIntegrity(json, status.integrity);
  WriteEntropy(json, status.entropy);
  json.Name("first_error").String(status.first_error);
  Count(json, "soft_errors", status.soft_errors);
  json.Name("self_tests");
  WriteSelfTests(json, status.self_tests);
  json.Name("provider_load_microseconds").Integer(status.provider_load_microseconds);
  json.Name("start_microseconds").Integer(status.start_microseconds);
  WriteZeroisation(json, status);
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
