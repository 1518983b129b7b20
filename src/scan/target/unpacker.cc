// SPDX-License-Identifier: Apache-2.0
#include "scan/target/unpacker.h"

#include <fmt/format.h>

#include "scan/archive/tar_reader.h"
#include "scan/content/decompress.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kHead = TarReader::kHeadBytes;
constexpr std::string_view kUnnamed = "content";  // what a compressed file that is no archive holds

}  // namespace

bool Unpacker::Wanted(std::string_view path, ByteSpan head) const {
  const FileKind kind = KindOf(head);
  return IsArchive(kind) || visitor_.Wants(path, kind, head);
}

void Unpacker::ShowAt(const std::string& path, const ContentPtr& content, std::size_t depth) {
  const auto head = ReadUpTo(*content, 0, kHead);
  if (!head) return visitor_.OnProblem(path, head.error());
  const FileView file{path, content, *head, KindOf(*head)};
  visitor_.OnCounted(file.kind, content->size());
  if (visitor_.Wants(path, file.kind, file.head)) visitor_.OnFile(file);
  if (!IsArchive(file.kind)) return;
  const Status done = Inside(file, depth);
  if (!done) visitor_.OnProblem(path, done.error());
}

Status Unpacker::Inside(const FileView& file, std::size_t depth) {
  if (depth >= budget_.limits().depth) {
    return ResourceExhausted(
        fmt::format("archives lie more than {} deep in one another", budget_.limits().depth));
  }
  if (file.kind == FileKind::kZip) return InsideZip(file.path, file.content, depth);
  if (file.kind == FileKind::kTar) return InsideTar(file.path, StreamOf(file.content), depth);
  return InsideCompressed(file, depth);
}

Status Unpacker::InsideTar(const std::string& path, ByteStreamPtr stream, std::size_t depth) {
  TarReader tar(std::move(stream), budget_);
  while (auto entry = TRY(tar.Next())) {
    const std::string inner = JoinArchive(path, entry->path.text);
    if (entry->path.climbed) {
      visitor_.OnProblem(inner,
                         InvalidArgument("its name in the archive leaves the archive's root"));
    }
    if (entry->type == TarType::kSparse) {
      visitor_.OnProblem(inner, Unsupported("a sparse entry of a tar archive is not put together"));
    }
    if (entry->type != TarType::kFile && entry->type != TarType::kOther) continue;
    FileKind kind = FileKind::kEmpty;
    const auto wanted = [&](ByteSpan head) {
      kind = KindOf(head);
      return Wanted(inner, head);
    };
    const ContentPtr body = TRY(tar.Body(*entry, wanted, scratch_));
    if (body == nullptr) {
      visitor_.OnCounted(kind, entry->size);
    } else {
      ShowAt(inner, body, depth + 1);
    }
  }
  return {};
}

void Unpacker::ShowZipEntry(const std::string& archive, ZipReader& zip, const ZipEntry& entry,
                            std::size_t depth) {
  const std::string inner = JoinArchive(archive, entry.path.text);
  if (entry.path.climbed) {
    visitor_.OnProblem(inner, InvalidArgument("its name in the archive leaves the archive's root"));
  }
  if (entry.is_folder && entry.record.size == 0) return;
  FileKind kind = FileKind::kEmpty;
  const auto wanted = [&](ByteSpan head) {
    kind = KindOf(head);
    return Wanted(inner, head);
  };
  const auto body = zip.Body(entry, wanted, scratch_);
  if (!body) return visitor_.OnProblem(inner, body.error());
  if (*body == nullptr) return visitor_.OnCounted(kind, entry.record.size);
  ShowAt(inner, *body, depth + 1);
}

Status Unpacker::InsideZip(const std::string& path, const ContentPtr& content, std::size_t depth) {
  ZipReader zip = TRY(ZipReader::Open(content, budget_));
  while (true) {
    const auto entry = zip.Next();
    if (!entry && entry.error().code() == Code::kInvalidArgument) {
      visitor_.OnProblem(path, entry.error());
      continue;
    }
    if (!entry) return entry.error();
    if (!*entry) return {};
    ShowZipEntry(path, zip, **entry, depth);
  }
}

/// Most compressed files are manual pages and the like: only the beginning is unpacked of those.
Status Unpacker::InsideCompressed(const FileView& file, std::size_t depth) {
  const Compression compression = CompressionOf(file.head);
  Bytes head(kHead);
  {
    auto stream = TRY(Decompress(compression, StreamOf(file.content), budget_));
    head.resize(TRY(ReadFull(*stream, head)));
  }
  const std::string inner = JoinArchive(file.path, kUnnamed);
  if (!Wanted(inner, head)) return {};
  auto stream = TRY(Decompress(compression, StreamOf(file.content), budget_));
  if (KindOf(head) == FileKind::kTar) return InsideTar(file.path, std::move(stream), depth);
  ShowAt(inner, TRY(KeepAll(*stream, {}, scratch_)), depth + 1);
  return {};
}

}  // namespace vallum::scan
