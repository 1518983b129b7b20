#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source "$(dirname "$0")/../token.sh"
cd "$work"
echo "what is signed" > message
/usr/bin/python3 "$here/sign.py" "$module" message public.der signature.der
openssl dgst -sha256 -verify <(openssl pkey -pubin -inform DER -in public.der) -signature signature.der message
