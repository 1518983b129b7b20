// SPDX-License-Identifier: Apache-2.0
// Checkpoints (C2SP tlog-checkpoint) as signed notes (C2SP signed-note) with Ed25519 signatures.
// Internal to src/audit.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_log.h"
#include "audit/merkle.h"

namespace vallum::audit {

/// NoteKey names the log's public key: "<name>+<id in hex>+<base64 of 0x01 and the key>".
struct NoteKey {
  std::string name;
  std::array<std::uint8_t, 4> id{};
  Bytes public_key;  ///< Ed25519, 32 raw bytes
};

/// MakeNoteKey is kInvalidArgument for a name that a note cannot carry or a key of another length.
Result<NoteKey> MakeNoteKey(const Sha256Function& sha256, std::string_view name,
                            ByteSpan public_key);
std::string FormatNoteKey(const NoteKey& key);
/// ParseNoteKey checks that the id is that of name and key; kInvalidArgument otherwise.
Result<NoteKey> ParseNoteKey(const Sha256Function& sha256, std::string_view text);

struct TreeHead {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
};

/// FormatTreeHead is the note's text, which is what is signed: three lines.
std::string FormatTreeHead(const TreeHead& head);
/// FormatCheckpoint adds the blank line and the signature line.
std::string FormatCheckpoint(const TreeHead& head, const NoteKey& key, ByteSpan signature);

struct SignedTreeHead {
  TreeHead head;
  std::string text;  ///< as signed
  struct Signature {
    std::string name;
    std::array<std::uint8_t, 4> key_id{};
    Bytes signature;
  };
  std::vector<Signature> signatures;

  /// Find returns the signature made with `key`; kIntegrity when there is none.
  Result<Bytes> Find(const NoteKey& key) const;
};

/// ParseCheckpoint is strict, and kIntegrity on anything that is no checkpoint of ours.
Result<SignedTreeHead> ParseCheckpoint(std::string_view note);

}  // namespace vallum::audit
