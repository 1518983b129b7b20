// SPDX-License-Identifier: Apache-2.0
// The built-in table of CMVP certificates: NIST's public facts with the day of each list, which versions
// a certificate covers as far as Security Policies say, and hashes of modules' files.
//
// The key is the number: one module's name can have several certificates. A status on a later day than
// the list's is computed from the sunset date and so is a prediction: dates are extended, and
// certificates end early.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/certificate/date.h"

namespace vallum::scan {

enum class CertificateStatus : std::uint8_t { kActive, kHistorical, kUnknown };
std::string_view CertificateStatusName(CertificateStatus status);

struct Certificate {
  std::uint32_t number = 0;
  std::string vendor;
  std::string module;
  std::string standard;
  std::string level;
  CertificateStatus listed = CertificateStatus::kUnknown;  ///< on the day of the list
  std::optional<Day> sunset;
  Day as_of;

  /// StatusOn is historical once the sunset has passed, unknown while active without a sunset date.
  CertificateStatus StatusOn(Day day) const;
  /// ExpiresWithin: active on `day`, and no longer `days` later.
  bool ExpiresWithin(Day day, unsigned days) const;
};

/// How a file's hash stands to a certificate.
enum class FileStanding : std::uint8_t { kCandidate, kLikely };
struct FileMatch {
  std::uint32_t certificate;
  FileStanding standing;
};

/// CertificateTable is a value; reading it is thread-safe.
class CertificateTable {
 public:
  struct Texts {
    std::string_view certificates;
    std::string_view newer;  ///< replaces rows of the first
    std::string_view versions;
    std::string_view files;
  };
  /// Parse is kConfiguration with the line when a text is not in its form.
  static Result<CertificateTable> Parse(const Texts& texts);
  /// BuiltIn is the table that this program was built with.
  static Result<CertificateTable> BuiltIn();

  const Certificate* Find(std::uint32_t number) const;
  /// ForVersion names the certificates that cover exactly this version; empty when none is known.
  std::vector<std::uint32_t> ForVersion(std::string_view product, std::string_view version) const;
  /// ForFile names the certificates that the file of this hash (hexadecimal) is said to belong to.
  std::vector<FileMatch> ForFile(std::string_view sha256) const;
  /// SuccessorOf is the newest certificate of the same vendor's module of the same name, versions in the name
  /// aside, that is active on `day` and ends later. That is a guess by names; nothing when there is none.
  std::optional<std::uint32_t> SuccessorOf(std::uint32_t number, Day day) const;
  /// newest is the day of the newest row.
  Day newest() const { return newest_; }
  std::size_t size() const { return certificates_.size(); }

 private:
  Status AddCertificates(std::string_view text);
  Status AddVersions(std::string_view text);
  Status AddFiles(std::string_view text);
  std::map<std::uint32_t, Certificate> certificates_;
  std::multimap<std::pair<std::string, std::string>, std::uint32_t, std::less<>> versions_;
  std::multimap<std::string, FileMatch, std::less<>> files_;
  Day newest_;
};

}  // namespace vallum::scan
