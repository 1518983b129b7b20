// SPDX-License-Identifier: Apache-2.0
// Visitor: who looks at the files of a target while it is walked.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "scan/content/content.h"
#include "scan/target/file_kind.h"

namespace vallum::scan {

/// FileView is one file. The path is the one inside the target, with "!" between an archive and what is
/// in it; it comes from strangers and may hold any byte but NUL.
struct FileView {
  const std::string& path;
  const ContentPtr& content;
  ByteSpan head;  ///< the first bytes, at most 512
  FileKind kind;
};

/// Visitor is called from several threads at once.
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// Wants says whether the file is of interest; if not, its bytes are not read. Archives that the
  /// walk can open are opened in any case.
  virtual bool Wants(std::string_view path, FileKind kind, ByteSpan head) = 0;
  virtual void OnFile(const FileView& file) = 0;
  /// OnCounted is called once for every regular file, wanted or not.
  virtual void OnCounted(FileKind kind, std::uint64_t size) = 0;
  /// OnProblem: something at `path` could not be looked at, so it counts as not determined.
  virtual void OnProblem(std::string_view path, const Error& error) = 0;
  /// OnAlias: `path` is one more name of what `original` names.
  virtual void OnAlias(std::string_view path, std::string_view original) = 0;
  /// OnReplaced: a later entry took this path; what was seen under it is not there.
  virtual void OnReplaced(std::string_view path) = 0;
  /// OnEnvironment: a variable that a container of this image starts with, "NAME=value".
  virtual void OnEnvironment(std::string_view assignment) = 0;
};

}  // namespace vallum::scan
