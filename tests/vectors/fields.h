// SPDX-License-Identifier: Apache-2.0
// Fields: one JSON object of a vector file, which remembers what was read of it.
//
//   Bytes key = fields.Hex("key");
//   fields.Ignore({"keyPem"});              // the key again, in another form
//   fields.Problem()                        // "member \"tagLen\" was not used"
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"

namespace vallum::vectors {

/// Fields views a document, which must outlive it. Reading what is not there, or is of another type,
/// gives an empty value and is remembered as the problem. Not thread-safe.
class Fields {
 public:
  explicit Fields(JsonValue value);

  /// Has does not count as reading.
  bool Has(std::string_view name) const;
  std::string_view Text(std::string_view name);
  std::int64_t Integer(std::string_view name);
  bool Flag(std::string_view name);
  /// Hex decodes digits of either case.
  Bytes Hex(std::string_view name);
  /// HexOr is `otherwise` when there is no such member.
  Bytes HexOr(std::string_view name, Bytes otherwise = {});
  /// Bits reads a number of bits that must be whole bytes, as bytes.
  std::size_t Bits(std::string_view name);
  std::vector<std::string_view> Texts(std::string_view name);
  /// Object returns a member's own Fields, the same each time; they are part of Problem.
  Fields& Object(std::string_view name);
  /// Objects returns the Fields of an array of objects; they are not part of Problem.
  std::vector<Fields> Objects(std::string_view name);

  /// Ignore marks members as used, those that are there: they say again what another member says, or
  /// are not about the algorithm.
  void Ignore(std::initializer_list<std::string_view> names);
  /// IgnoreAll gives up on the object: its case was not run.
  void IgnoreAll();

  /// Problem is the first thing that went wrong, or a member that was not used; empty when fine.
  std::string Problem() const;

 private:
  struct Entry {
    std::string name;
    JsonValue value;
    bool used = false;
  };
  Entry* Find(std::string_view name);
  void Fail(std::string_view name, std::string_view what);
  /// The member, marked; null and a problem when it is missing.
  const JsonValue* Take(std::string_view name);

  std::vector<Entry> entries_;
  std::vector<std::pair<std::string, std::unique_ptr<Fields>>> objects_;
  std::string problem_;
};

}  // namespace vallum::vectors
