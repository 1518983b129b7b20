#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source "$(dirname "$0")/../token.sh"
cd "$work"
printf 'name = Vallum\nlibrary = %s\nslotListIndex = 0\n' "$module" > vallum.cfg
keytool -genkeypair -keyalg EC -groupname secp256r1 -alias java -dname CN=java -validity 2 -storetype PKCS11 -keystore NONE \
  -storepass 1234 -addprovider SunPKCS11 -providerArg vallum.cfg
java "$here/Sign.java" vallum.cfg 1234
