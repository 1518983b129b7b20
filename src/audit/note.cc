// SPDX-License-Identifier: Apache-2.0
#include "audit/note.h"

#include <algorithm>
#include <charconv>

namespace vallum::audit {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::size_t kPublicKeySize = 32;
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kMaxSignatures = 16;
constexpr std::string_view kDash = "\xe2\x80\x94 ";  // U+2014 and a space

Error NotACheckpoint() {
  return Integrity(
      "the checkpoint is not well-formed; it was altered: restore the log from a backup");
}

Error NotAVerifierKey() {
  return InvalidArgument("a verifier key is not \"<name>+<id>+<base64>\"; copy it whole");
}

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char character) {
    return character > ' ' && character < 0x7f && character != '+';
  });
}

Result<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || std::to_string(size) != text) return NotACheckpoint();
  return size;
}

// Takes one line, which must end with a newline, off the front of `text`.
Result<std::string_view> TakeLine(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return NotACheckpoint();
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

Result<TreeHead> ParseTreeHead(std::string_view text) {
  TreeHead head;
  head.origin = TRY(TakeLine(text));
  head.size = TRY(ParseSize(TRY(TakeLine(text))));
  const auto root = FromBase64(TRY(TakeLine(text)));
  if (head.origin.empty() || !root || root->size() != head.root.size() || !text.empty()) {
    return NotACheckpoint();
  }
  std::copy(root->begin(), root->end(), head.root.begin());
  return head;
}

Result<SignedTreeHead::Signature> ParseSignature(std::string_view line) {
  if (!line.starts_with(kDash)) return NotACheckpoint();
  line.remove_prefix(kDash.size());
  const std::string_view name = line.substr(0, line.find(' '));
  const auto bytes = FromBase64(line.substr(std::min(line.size(), name.size() + 1)));
  if (!IsName(name) || !bytes || bytes->size() <= kKeyIdSize) return NotACheckpoint();
  SignedTreeHead::Signature signature{.name = std::string(name), .key_id = {}, .signature = {}};
  std::copy_n(bytes->begin(), kKeyIdSize, signature.key_id.begin());
  signature.signature.assign(bytes->begin() + kKeyIdSize, bytes->end());
  return signature;
}

}  // namespace

Result<NoteKey> MakeNoteKey(const Sha256Function& sha256, std::string_view name,
                            ByteSpan public_key) {
  if (!IsName(name)) {
    return InvalidArgument("a log's name is empty or has a blank or a plus sign; rename it");
  }
  if (public_key.size() != kPublicKeySize) {
    return InvalidArgument("a log's public key is not the 32 bytes of an Ed25519 key");
  }
  constexpr std::uint8_t kSeparator[] = {'\n', kEd25519};
  const Hash hash = TRY(sha256({AsBytes(name), kSeparator, public_key}));
  NoteKey key{.name = std::string(name), .id = {}, .public_key = ToBytes(public_key)};
  std::copy_n(hash.begin(), kKeyIdSize, key.id.begin());
  return key;
}

std::string FormatNoteKey(const NoteKey& key) {
  Bytes typed{kEd25519};
  Append(typed, key.public_key);
  return key.name + "+" + ToHex(key.id) + "+" + ToBase64(typed);
}

Result<NoteKey> ParseNoteKey(const Sha256Function& sha256, std::string_view text) {
  const auto first = text.find('+');
  if (first == std::string_view::npos) return NotAVerifierKey();
  const auto second = text.find('+', first + 1);
  if (second == std::string_view::npos) return NotAVerifierKey();
  const auto typed = FromBase64(text.substr(second + 1));
  if (!typed || typed->empty() || typed->front() != kEd25519) return NotAVerifierKey();
  NoteKey key = TRY(MakeNoteKey(sha256, text.substr(0, first), ByteSpan(*typed).subspan(1)));
  if (ToHex(key.id) != text.substr(first + 1, second - first - 1)) return NotAVerifierKey();
  return key;
}

std::string FormatTreeHead(const TreeHead& head) {
  return head.origin + "\n" + std::to_string(head.size) + "\n" + ToBase64(head.root) + "\n";
}

std::string FormatCheckpoint(const TreeHead& head, const NoteKey& key, ByteSpan signature) {
  Bytes signed_by = ToBytes(key.id);
  Append(signed_by, signature);
  return FormatTreeHead(head) + "\n" + std::string(kDash) + key.name + " " + ToBase64(signed_by) +
         "\n";
}

Result<Bytes> SignedTreeHead::Find(const NoteKey& key) const {
  for (const Signature& one : signatures) {
    if (one.name == key.name && one.key_id == key.id) return one.signature;
  }
  return Integrity("the checkpoint is not signed by the key of \"" + key.name +
                   "\"; use the log's own verifier key");
}

Result<SignedTreeHead> ParseCheckpoint(std::string_view note) {
  const auto blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return NotACheckpoint();
  SignedTreeHead checkpoint;
  checkpoint.text = note.substr(0, blank + 1);
  checkpoint.head = TRY(ParseTreeHead(checkpoint.text));
  note.remove_prefix(blank + 2);
  while (!note.empty()) {
    checkpoint.signatures.push_back(TRY(ParseSignature(TRY(TakeLine(note)))));
    if (checkpoint.signatures.size() > kMaxSignatures) return NotACheckpoint();
  }
  if (checkpoint.signatures.empty()) return NotACheckpoint();
  return checkpoint;
}

}  // namespace vallum::audit
