// SPDX-License-Identifier: Apache-2.0
// Template: what an application gives as CK_ATTRIBUTE_PTR and a count, read with care.
#pragma once

#include <optional>
#include <vector>

#include "p11/core/attributes.h"
#include "p11/core/rules.h"
#include "p11/core/rv.h"

namespace vallum::p11 {

/// Template views the caller's memory; it lives no longer than the call that it came with.
class Template {
 public:
  struct Entry {
    CK_ATTRIBUTE_TYPE type;
    ByteSpan value;
  };

  /// Read is CKR_ARGUMENTS_BAD for a null pointer with a count or more than 256 attributes,
  /// CKR_ATTRIBUTE_VALUE_INVALID for a value without memory, CKR_TEMPLATE_INCONSISTENT when a type
  /// comes twice with different values.
  static Ck<Template> Read(CK_ATTRIBUTE_PTR attributes, CK_ULONG count);

  /// Without is the template without that attribute.
  Template Without(CK_ATTRIBUTE_TYPE type) const;
  std::optional<ByteSpan> Find(CK_ATTRIBUTE_TYPE type) const;
  Ck<std::optional<CK_ULONG>> Number(CK_ATTRIBUTE_TYPE type) const;
  const std::vector<Entry>& entries() const { return entries_; }

  /// Check holds every entry against the rules of `object_class`: CKR_ATTRIBUTE_TYPE_INVALID,
  /// CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_VALUE_INVALID. The result leaves key material out.
  Ck<Attributes> Check(CK_OBJECT_CLASS object_class, When when) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace vallum::p11
