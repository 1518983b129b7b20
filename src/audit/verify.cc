// SPDX-License-Identifier: Apache-2.0
// Two trees are built side by side: one from the entries, one from the hash tiles. While they agree
// they are one. Where they part, the signed root says which of the two was altered.
#include "audit/verify.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include "audit/layout.h"
#include "audit/merkle.h"
#include "audit/note.h"
#include "base/file.h"

namespace vallum::audit {
namespace {

namespace fs = std::filesystem;

std::string EntryName(std::uint64_t index) { return "entry " + std::to_string(index); }

class Verifier {
 public:
  Verifier(fs::path folder, const VerifyCrypto& crypto,
           const std::function<void(std::uint64_t, std::uint64_t)>& progress)
      : folder_(std::move(folder)), crypto_(crypto), progress_(progress) {}

  Result<VerifyReport> Run(std::string_view verifier_key);

 private:
  Status CheckCheckpoint(std::string_view verifier_key);
  Status ReadBundles();
  Status ReadBundle(std::uint64_t index, ByteSpan bytes);
  Result<std::vector<Hash>> ReadStored(const std::string& path) const;
  Status CompareWithTile(std::uint64_t index, std::span<const Hash> leaves);
  Status AddLeaves(std::uint64_t index, std::span<const Hash> leaves, std::span<const Hash> stored);
  Status CheckUpperTile(const FullTile& tile);
  Status CheckRoot() const;
  Status CheckFiles() const;
  Status CheckFile(const std::string& path) const;
  Status CheckPartialTile(const std::string& path, const PlacedTile& tile) const;
  std::string StoredPath(std::uint64_t index, std::size_t entries) const;

  const fs::path folder_;
  const VerifyCrypto& crypto_;
  const std::function<void(std::uint64_t, std::uint64_t)>& progress_;

  TreeHead head_;
  std::uint64_t entries_ = 0;                    ///< read, signed or not
  TileEdge from_entries_;                        ///< over the entries under the checkpoint
  std::optional<TileEdge> from_tiles_;           ///< since the two parted
  std::optional<std::uint64_t> first_mismatch_;  ///< entry
  std::string mismatch_path_;                    ///< of the tile that disagrees
  std::optional<Error> upper_mismatch_;
};

Status Verifier::CheckCheckpoint(std::string_view verifier_key) {
  const NoteKey key = TRY(ParseNoteKey(crypto_.sha256, verifier_key));
  const auto note = ReadFile(folder_ / kCheckpointPath);
  if (!note && note.error().code() == Code::kNotFound) {
    return Integrity(
        "the log has no checkpoint; name the log's folder, or restore it from a backup");
  }
  if (!note) return note.error();
  const SignedTreeHead checkpoint = TRY(ParseCheckpoint(AsText(*note)));
  const Bytes signature = TRY(checkpoint.Find(key));
  if (!crypto_.verify(key.public_key, AsBytes(checkpoint.text), signature)) {
    return Integrity("the checkpoint's signature is wrong: the checkpoint was altered");
  }
  if (checkpoint.head.origin != key.name) {
    return Integrity("the checkpoint is for the log \"" + checkpoint.head.origin + "\", not \"" +
                     key.name + "\"");
  }
  head_ = checkpoint.head;
  return {};
}

Status Verifier::ReadBundles() {
  for (std::uint64_t index = 0;; ++index) {
    const auto bytes = ReadFile(folder_ / EntriesPath(index), kMaxBundleBytes);
    if (!bytes && bytes.error().code() == Code::kNotFound) break;
    if (!bytes) return bytes.error();
    TRY(ReadBundle(index, *bytes));
    if (progress_) progress_(std::min(entries_, head_.size), head_.size);
    if (entries_ < (index + 1) * kTileWidth) break;
  }
  if (entries_ >= head_.size) return {};
  return Integrity("the log was cut off: its checkpoint counts " + std::to_string(head_.size) +
                   " entries, " + EntryName(entries_) + " and later ones are missing");
}

Status Verifier::ReadBundle(std::uint64_t index, ByteSpan bytes) {
  const Bundle bundle = SplitBundle(bytes);
  std::vector<Hash> leaves;
  for (const ByteSpan entry : bundle.entries) {
    leaves.push_back(TRY(LeafHash(crypto_.sha256, entry)));
    const std::uint64_t number = entries_++;
    if (number >= head_.size && !Decode(AsText(entry))) {
      return Integrity(EntryName(number) + ", after the checkpoint, is no audit record");
    }
  }
  TRY(CompareWithTile(index, leaves));
  if (bundle.used == bytes.size()) return {};
  const std::string where = EntriesPath(index) + " at byte " + std::to_string(bundle.used);
  if (entries_ >= head_.size && IsTornTail(bytes.subspan(bundle.used))) {
    return Integrity(where + ": " + EntryName(entries_) +
                     " is incomplete; after a crash, start the server once to cut it off");
  }
  return Integrity(where + ": there is something that is no entry where " + EntryName(entries_) +
                   " should be");
}

// The file that has the hashes of a bundle with so many entries, or nothing.
std::string Verifier::StoredPath(std::uint64_t index, std::size_t entries) const {
  const std::string full = TilePath(0, index);
  std::error_code error;
  const bool under_checkpoint = (index + 1) * kTileWidth <= head_.size;
  if (under_checkpoint || fs::exists(folder_ / full, error)) return full;
  const std::uint64_t first = index * kTileWidth;
  if (head_.size <= first || entries == 0) return "";
  return PartialTilePath(index, head_.size - first);
}

Result<std::vector<Hash>> Verifier::ReadStored(const std::string& path) const {
  if (path.empty()) return std::vector<Hash>();
  const auto bytes = ReadFile(folder_ / path);
  if (!bytes) return Integrity(path + " is missing or cannot be read");
  std::vector<Hash> hashes = ParseTile(*bytes, ParseTilePath(path)->width);
  if (hashes.empty()) return Integrity(path + " does not have its size: it was altered");
  return hashes;
}

Status Verifier::CompareWithTile(std::uint64_t index, std::span<const Hash> leaves) {
  const std::string path = StoredPath(index, leaves.size());
  const std::vector<Hash> stored = TRY(ReadStored(path));
  const std::size_t common = std::min(stored.size(), leaves.size());
  std::size_t same = 0;
  while (same < common && stored[same] == leaves[same]) ++same;
  if (same < common && !first_mismatch_) {
    first_mismatch_ = index * kTileWidth + same;
    mismatch_path_ = path;
    from_tiles_ = from_entries_;
  }
  if (stored.size() <= leaves.size()) return AddLeaves(index, leaves, stored);
  const std::string lacks = EntriesPath(index) + " has fewer entries than " + path;
  if (!first_mismatch_) return Integrity(EntryName(entries_) + " is missing: " + lacks);
  return Integrity(EntryName(*first_mismatch_) + " does not match its hash in " + mismatch_path_ +
                   ", and " + lacks);
}

Status Verifier::AddLeaves(std::uint64_t index, std::span<const Hash> leaves,
                           std::span<const Hash> stored) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (index * kTileWidth + i >= head_.size) return {};
    TRY(from_entries_.Add(crypto_.sha256, 0, leaves[i],
                          [this](const FullTile& tile) { return CheckUpperTile(tile); }));
    if (!from_tiles_) continue;
    const Hash& hash = i < stored.size() ? stored[i] : leaves[i];
    TRY(from_tiles_->Add(crypto_.sha256, 0, hash, [](const FullTile&) { return Status(); }));
  }
  return {};
}

Status Verifier::CheckUpperTile(const FullTile& tile) {
  if (tile.level == 0 || upper_mismatch_ || first_mismatch_) return {};
  const std::string path = TilePath(tile.level, tile.index);
  const auto bytes = ReadFile(folder_ / path);
  if (!bytes || *bytes != TileBytes(tile.hashes)) {
    upper_mismatch_ = Integrity(path + " was altered: it does not match the tiles below it");
  }
  return {};
}

Status Verifier::CheckRoot() const {
  const bool entries_are_right = TRY(from_entries_.Root(crypto_.sha256)) == head_.root;
  if (!first_mismatch_) {
    if (!entries_are_right) {
      return Integrity(
          "entries and tiles do not lead to the checkpoint's root: they were replaced "
          "together, from " +
          EntryName(0) + " on nothing is proven");
    }
    return upper_mismatch_ ? Status(*upper_mismatch_) : Status();
  }
  const std::string entry = EntryName(*first_mismatch_);
  if (entries_are_right) {
    return Integrity(mismatch_path_ + " was altered: it does not match " + entry +
                     ", which the checkpoint confirms");
  }
  const std::string mismatch = entry + " does not match its hash in " + mismatch_path_;
  if (TRY(from_tiles_->Root(crypto_.sha256)) != head_.root) return Integrity(mismatch);
  return Integrity(mismatch + ", which the checkpoint confirms: the entry was altered");
}

Status Verifier::CheckFiles() const {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_directory(error) && !at->is_symlink(error)) continue;
    TRY(CheckFile(at->path().lexically_relative(folder_).generic_string()));
  }
  if (error) return Storage("reading " + folder_.string() + ": " + error.message());
  return {};
}

Status Verifier::CheckFile(const std::string& path) const {
  if (path == kCheckpointPath || path == kLockPath) return {};
  if (fs::path(path).filename().string().starts_with(kTemporaryPrefix)) return {};
  const auto tile = ParseTilePath(path);
  if (tile && tile->width < kTileWidth) return CheckPartialTile(path, *tile);
  // Bundles and tiles that are no more than the entries need have been read already.
  const unsigned below = tile && tile->level ? 8 * (*tile->level + 1) : 8;
  const std::uint64_t whole = tile && below < 64 ? entries_ >> below : 0;
  const bool last_bundle = tile && !tile->level && tile->index == whole;
  if (tile && (tile->index < whole || last_bundle)) return {};
  return Integrity(path + " does not belong to the log; remove it, or find out who put it there");
}

Status Verifier::CheckPartialTile(const std::string& path, const PlacedTile& tile) const {
  const Bytes stored = TRY(ReadFile(folder_ / path));
  const auto bytes = ReadFile(folder_ / EntriesPath(tile.index), kMaxBundleBytes);
  if (!bytes) return Integrity(path + " has no entries that it belongs to; remove it");
  const Bundle bundle = SplitBundle(*bytes);
  std::vector<Hash> leaves;
  for (const ByteSpan entry : bundle.entries) {
    leaves.push_back(TRY(LeafHash(crypto_.sha256, entry)));
  }
  const bool fits = leaves.size() >= tile.width;
  if (fits && stored == TileBytes(std::span(leaves).first(tile.width))) return {};
  return Integrity(path + " was altered: it does not match " + EntriesPath(tile.index));
}

Result<VerifyReport> Verifier::Run(std::string_view verifier_key) {
  TRY(CheckCheckpoint(verifier_key));
  TRY(ReadBundles());
  TRY(CheckRoot());
  TRY(CheckFiles());
  return VerifyReport{.size = head_.size,
                      .unsigned_tail = entries_ - head_.size,
                      .origin = head_.origin,
                      .root_hash = ToBase64(head_.root)};
}

}  // namespace

Result<VerifyReport> VerifyLog(const fs::path& directory, std::string_view verifier_key,
                               const VerifyCrypto& crypto,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  return Verifier(directory, crypto, progress).Run(verifier_key);
}

}  // namespace vallum::audit
