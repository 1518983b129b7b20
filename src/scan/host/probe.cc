// SPDX-License-Identifier: Apache-2.0
// A mapped file that was deleted or replaced is read as it is in memory, and what has its name now beside
// it, so that the two can be compared.
#include "scan/host/probe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "scan/host/kernel.h"
#include "scan/host/process.h"
#include "scan/target/unpacker.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kOpenSsl = "OpenSSL";
constexpr std::string_view kGone = " (deleted)";
constexpr std::size_t kNamed = 5;  // processes in one evidence
/// Settings that a namespace's processes may read, beside what they have mapped.
constexpr auto kSettings = std::to_array<std::string_view>(
    {"etc/ssl/openssl.cnf", "etc/ssl/fipsmodule.cnf", "etc/pki/tls/openssl.cnf",
     "etc/pki/tls/fipsmodule.cnf", "usr/lib/ssl/openssl.cnf", "etc/crypto-policies/config",
     "etc/crypto-policies/state/current"});

std::string LabelOf(const Process& process) {
  return fmt::format("process {} ({})", process.pid, process.name);
}

class Prober {
 public:
  explicit Prober(const ProbeOptions& options)
      : options_(options),
        collector_(options.scan.hasher, options.scan.on_progress),
        budget_(options.scan.walk.limits),
        unpacker_(budget_, options.scan.walk.scratch, collector_) {}

  Result<ScanReport> Run() {
    own_ = TRY(ReadProcess(options_.proc / "self", 0)).mount_namespace;
    const auto pids = options_.pids.empty() ? TRY(ListProcesses(options_.proc)) : options_.pids;
    for (const std::uint32_t pid : pids) {
      if (options_.pids.empty() && pid == static_cast<std::uint32_t>(::getpid())) continue;
      auto process = ReadProcess(options_.proc / std::to_string(pid), pid);
      if (process) {
        if (!process->executable.empty()) Look(*std::move(process));
      } else if (!options_.pids.empty() && process.error().code() == Code::kNotFound) {
        return NotFound(fmt::format("there is no process {}", pid));
      } else if (process.error().code() != Code::kNotFound) {
        collector_.OnProblem(fmt::format("process {}", pid), process.error());
      }
    }
    std::vector<FileFacts> answers;
    if (options_.ask) answers = AskRuntimes(*options_.ask, collector_);
    ScanReport report;
    report.collected = std::move(collector_).Finish();
    for (FileFacts& one : answers) report.collected.files.push_back(std::move(one));
    Finish(report);
    return report;
  }

 private:
  struct Seen {
    Process process;
    std::vector<std::string> labels;  ///< of its files, as they are in the report
  };

  std::string PathOf(const Process& process, std::string_view path) const {
    std::string label = process.mount_namespace == own_ ? "" : LabelOf(process) + "!";
    return label.append(path.substr(std::min(path.find_first_not_of('/'), path.size())));
  }

  void Look(Process process) {
    Seen seen{std::move(process), {}};
    seen.labels.reserve(seen.process.files.size());
    for (const MappedFile& file : seen.process.files) {
      seen.labels.push_back(Show(seen.process, file));
    }
    if (options_.pids.empty() && namespaces_.insert(seen.process.mount_namespace).second) {
      for (const std::string_view path : kSettings) ShowOnDisk(seen.process, path);
    }
    processes_.push_back(std::move(seen));
  }

  /// Shows what is mapped, when no process before had it, and returns what it is called.
  std::string Show(const Process& process, const MappedFile& file) {
    auto& label = shown_[{file.device, file.inode}];
    if (!label.empty()) return label;
    label = PathOf(process, file.path);
    if (file.deleted) label += kGone;
    if (!labels_.insert(label).second) label += fmt::format(" [{} {}]", file.device, file.inode);
    const auto content = OpenMapped(options_.proc / std::to_string(process.pid), file);
    if (content) {
      unpacker_.Show(label, *content);
    } else if (content.error().code() != Code::kNotFound || file.deleted) {
      collector_.OnProblem(label, content.error());
    }
    if (file.deleted) ShowOnDisk(process, file.path);
    return label;
  }

  void ShowOnDisk(const Process& process, std::string_view path) {
    const std::string label = PathOf(process, path);
    const auto content = OpenInRoot(options_.proc / std::to_string(process.pid), path);
    if (content && labels_.insert(label).second) unpacker_.Show(label, *content);
  }

  void Finish(ScanReport& report) {
    auto& files = report.collected.files;
    std::map<std::string, FileFacts*, std::less<>> by_path;
    for (FileFacts& one : files) by_path[one.path] = &one;
    TellReplaced(by_path);
    std::vector<FileFacts> more;
    more.reserve(processes_.size() + 1);
    for (const Seen& seen : processes_) more.push_back(Summarise(seen, by_path, report));
    if (options_.pids.empty()) more.push_back({"(kernel)", 0, "", ReadKernel(options_.proc)});
    for (FileFacts& one : more) {
      if (!one.facts.empty()) files.push_back(std::move(one));
    }
  }

  using ByPath = std::map<std::string, FileFacts*, std::less<>>;

  /// Only what has cryptography in it: programs replace other files of theirs while they run.
  void TellReplaced(const ByPath& by_path) {
    std::map<std::string, std::vector<std::string>> users;
    for (const Seen& seen : processes_) {
      for (const std::string& label : seen.labels) {
        if (label.find(kGone) != label.npos) users[label].push_back(LabelOf(seen.process));
      }
    }
    for (auto& [label, names] : users) {
      const auto mapped = by_path.find(label);
      if (mapped == by_path.end() || mapped->second->facts.empty()) continue;
      const auto disk = by_path.find(label.substr(0, label.find(kGone)));
      const std::size_t count = names.size();
      if (count > kNamed) names.resize(kNamed);
      const Fact first = mapped->second->facts.front();
      mapped->second->facts.push_back(
          {FactKind::kMappedReplaced, first.product, first.version, Confidence::kExact,
           fmt::format("{} processes have it in memory ({}); {}", count, fmt::join(names, ", "),
                       disk == by_path.end() ? "nothing of that name has cryptography now"
                                             : Difference(*mapped->second, *disk->second))});
    }
  }

  static std::string Difference(const FileFacts& mapped, const FileFacts& disk) {
    if (mapped.sha256 == disk.sha256) return "the file of that name now is the same";
    const Fact& now = disk.facts.front();
    return fmt::format("the file of that name now is another one: {} {}", now.product, now.version);
  }

  /// What one process has, for the report, and what is wrong with it as a whole.
  FileFacts Summarise(const Seen& seen, const ByPath& by_path, ScanReport& report) {
    ProcessUse use{.pid = seen.process.pid,
                   .name = seen.process.name,
                   .executable = PathOf(seen.process, seen.process.executable),
                   .products = {},
                   .modules = {}};
    bool has_openssl = false, has_module = false;
    for (const std::string& label : seen.labels) {
      const auto found = by_path.find(label);
      if (found == by_path.end()) continue;
      for (const Fact& fact : found->second->facts) {
        if (fact.kind == FactKind::kFipsModule) {
          use.modules.push_back(label);
          has_module = has_module || fact.product.starts_with(kOpenSsl);
        } else if (fact.kind == FactKind::kIsLibrary || fact.kind == FactKind::kContains) {
          use.products.push_back(fact.product);
          // libssl has no version, and no cryptography of its own.
          has_openssl = has_openssl || (fact.product == kOpenSsl && !fact.version.empty());
        }
      }
    }
    std::sort(use.products.begin(), use.products.end());
    use.products.erase(std::unique(use.products.begin(), use.products.end()), use.products.end());
    FileFacts facts{LabelOf(seen.process), 0, "", seen.process.environment};
    if (has_openssl && !has_module) {
      facts.facts.push_back({FactKind::kProcessWithoutModule, std::string(kOpenSsl), "",
                             Confidence::kExact,
                             "it has libcrypto in memory, and no FIPS provider"});
    }
    if (!use.products.empty() || !use.modules.empty()) report.processes.push_back(std::move(use));
    return facts;
  }

  const ProbeOptions& options_;
  Collector collector_;
  Budget budget_;
  Unpacker unpacker_;
  std::string own_;  // the mount namespace of this process
  std::map<std::pair<std::string, std::uint64_t>, std::string> shown_;  // by device and inode
  std::set<std::string, std::less<>> labels_;
  std::set<std::string> namespaces_;
  std::vector<Seen> processes_;
};

}  // namespace

Result<ScanReport> Probe(const ProbeOptions& options) {
  const CertificateTable certificates = TRY(CertificateTable::BuiltIn());
  ScanReport report = TRY(Prober(options).Run());
  report.target = "host";
  report.type = TargetType::kHost;
  report.options = options.scan.evaluation;
  report.table_as_of = certificates.newest();
  report.evaluation = Evaluate(report.collected.files, certificates, options.scan.evaluation);
  Accept(options.scan.exceptions, options.scan.evaluation.as_of, report.evaluation);
  return report;
}

}  // namespace vallum::scan
