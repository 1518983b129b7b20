// SPDX-License-Identifier: Apache-2.0
// Unpacker: shows a file to the visitor and, when it is an archive, everything inside, however deep.
#pragma once

#include <string>

#include "scan/archive/zip_reader.h"
#include "scan/content/budget.h"
#include "scan/content/byte_stream.h"
#include "scan/content/content.h"
#include "scan/target/visitor.h"

namespace vallum::scan {

/// Unpacker may be used from several threads at once. What it refers to must outlive it.
class Unpacker {
 public:
  Unpacker(Budget& budget, const Scratch& scratch, Visitor& visitor)
      : budget_(budget), scratch_(scratch), visitor_(visitor) {}

  /// Show counts the file, and shows it and what is in it. Every failure becomes a problem.
  void Show(const std::string& path, const ContentPtr& content) { ShowAt(path, content, 0); }
  /// Wanted says whether the bytes of a file that begins with `head` are needed at all.
  bool Wanted(std::string_view path, ByteSpan head) const;

 private:
  void ShowAt(const std::string& path, const ContentPtr& content, std::size_t depth);
  Status Inside(const FileView& file, std::size_t depth);
  Status InsideTar(const std::string& path, ByteStreamPtr stream, std::size_t depth);
  Status InsideZip(const std::string& path, const ContentPtr& content, std::size_t depth);
  Status InsideCompressed(const FileView& file, std::size_t depth);
  void ShowZipEntry(const std::string& archive, ZipReader& zip, const ZipEntry& entry,
                    std::size_t depth);

  Budget& budget_;
  const Scratch& scratch_;
  Visitor& visitor_;
};

}  // namespace vallum::scan
