// SPDX-License-Identifier: Apache-2.0
// From facts to findings, and to the list of modules that an assessor asks for.
#pragma once

#include <string>
#include <vector>

#include "scan/certificate/certificate_table.h"
#include "scan/fact/fact.h"
#include "scan/rule/rule.h"

namespace vallum::scan {

/// FileFacts is what was seen in one file.
struct FileFacts {
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;  ///< hexadecimal; empty when it was not hashed
  Facts facts;
};

struct Finding {
  RuleId rule;
  Severity severity;  ///< the rule's, lower for weak evidence
  std::string path;
  std::string product;
  std::string version;
  std::string sha256;  ///< of the file; empty when it was not hashed
  Confidence confidence;
  std::string evidence;
};

/// WorseFirst orders findings: by severity, then by path and rule.
bool WorseFirst(const Finding& a, const Finding& b);

/// AcceptedFinding is a finding that an exception covers (exception/exceptions.h).
struct AcceptedFinding {
  Finding finding;
  std::string reason;
  std::string owner;
  Day expires;
};

/// ModuleUse is one module in one file, with what is known of its certificates.
struct ModuleUse {
  std::string path;
  std::string product;
  std::string version;
  std::string sha256;
  std::vector<std::uint32_t> certificates;
  bool by_hash = false;  ///< else by version
  CertificateStatus status = CertificateStatus::kUnknown;
};

struct EvaluationOptions {
  Day as_of;
  unsigned expiring_days = 180;
};

struct Evaluation {
  std::vector<Finding> findings;          ///< worst first
  std::vector<AcceptedFinding> accepted;  ///< worst first
  std::vector<ModuleUse> modules;         ///< by path
};

/// Evaluate applies every rule. Pure.
Evaluation Evaluate(const std::vector<FileFacts>& files, const CertificateTable& certificates,
                    const EvaluationOptions& options);

}  // namespace vallum::scan
