#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# PORT chooses where nginx listens; 8444 when it is not set.
source "$(dirname "$0")/../token.sh"
cd "$work"
port=${PORT:-8444}
key='pkcs11:token=example;object=web;type=private'
pkcs11-tool --module "$module" --login --pin 1234 --keypairgen --key-type EC:secp256r1 --id 01 --label web > keys
sed -e "s|@MODULE@|$module|" -e "s|@ENGINE@|$(echo /usr/lib/*/engines-3/pkcs11.so)|" "$here/openssl.cnf" > openssl.cnf
export OPENSSL_CONF=$work/openssl.cnf
openssl req -new -x509 -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -engine pkcs11 -keyform engine \
  -key "$key" -out web.crt
sed -e "s|@WORK@|$work|g" -e "s|@PORT@|$port|" -e "s|@KEY@|$key|" -e "s|@USER@|$(id -un)|" "$here/nginx.conf" > nginx.conf
/usr/sbin/nginx -c "$work/nginx.conf" -e "$work/error.log" &
trap 'kill %1; wait; rm -rf "$work"' EXIT
OPENSSL_CONF='' curl --silent --show-error --retry 10 --retry-connrefused --retry-delay 1 --cacert web.crt "https://localhost:$port/"
