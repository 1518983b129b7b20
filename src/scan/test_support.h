// SPDX-License-Identifier: Apache-2.0
// What the scanner's tests share: archives made here and by the machine's own tools, and a visitor
// that remembers.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "scan/content/content.h"
#include "scan/content/decompress.h"
#include "scan/target/visitor.h"

namespace vallum::scan {

/// ContentOf is the text as a content.
ContentPtr ContentOf(std::string_view text);
/// AllOf reads a whole content.
std::string AllOf(const Content& content);
/// ReadAll reads a stream to its end.
Result<std::string> ReadAll(ByteStream& stream);

/// Compress makes a file of that kind with the library that made the format.
Bytes Compress(Compression compression, ByteSpan bytes);

/// RunShell runs a command line in `folder`; a test that calls it fails when the command does.
void RunShell(const std::filesystem::path& folder, const std::string& command);
void WriteTestFile(const std::filesystem::path& path, std::string_view text);

/// TarBuilder writes ustar archives, right and wrong ones.
class TarBuilder {
 public:
  TarBuilder& Add(char type, std::string_view name, std::string_view content,
                  std::string_view link = "");
  TarBuilder& File(std::string_view name, std::string_view content) {
    return Add('0', name, content);
  }
  TarBuilder& Folder(std::string_view name) { return Add('5', name, ""); }
  TarBuilder& HardLink(std::string_view name, std::string_view to) {
    return Add('1', name, "", to);
  }
  /// Finish adds the two empty blocks.
  Bytes Finish() const;
  const Bytes& unfinished() const { return bytes_; }

 private:
  Bytes bytes_;
};

/// Recorder remembers what it was shown: the text of each file that is no archive, by path.
class Recorder final : public Visitor {
 public:
  bool Wants(std::string_view path, FileKind kind, ByteSpan head) override;
  void OnFile(const FileView& file) override;
  void OnCounted(FileKind kind, std::uint64_t size) override;
  void OnProblem(std::string_view path, const Error& error) override;
  void OnAlias(std::string_view path, std::string_view original) override;
  void OnReplaced(std::string_view path) override;
  void OnEnvironment(std::string_view assignment) override;

  /// Files is everything shown, links resolved.
  std::map<std::string, std::string> Files() const;
  std::multimap<std::string, Code> problems;
  std::vector<std::string> environment;
  std::uint64_t counted = 0;

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> aliases_;
};

}  // namespace vallum::scan
