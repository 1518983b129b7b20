// SPDX-License-Identifier: Apache-2.0
// EXPECT: conversion from|no viable conversion
#include <string>

#include "base/secret.h"

void Use(const vallum::SecretBuffer& secret) {
#ifdef MUST_NOT_COMPILE
  std::string text = secret;
  (void)text;
#else
  (void)secret;
#endif
}
