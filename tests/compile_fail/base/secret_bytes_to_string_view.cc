// SPDX-License-Identifier: Apache-2.0
// EXPECT: conversion from|no viable conversion
#include <string_view>

#include "base/secret.h"

void Use(const vallum::SecretBytes& secret) {
#ifdef MUST_NOT_COMPILE
  std::string_view text = secret;
  (void)text;
#else
  (void)secret;
#endif
}
