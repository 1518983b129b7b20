# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the items' commands share. They run in the item's root; beside it, .. is free for sources.

# program PATH OPTIONS... <<<'C source': compiles a program; `main` is added when there is none.
program() {
  local out=$1 source; shift
  source=$(cat)
  [[ $source == *main\(* || " $* " == *" -c "* || " $* " == *" -shared "* ]] || source+=$'\nint main(void) { return 0; }'
  mkdir -p "$(dirname "$out")"
  printf '%s\n' "$source" >../source.c
  gcc -w -x c ../source.c -x none -o "$out" "$@"
}

# library PATH SONAME FUNCTION...: a shared library that defines the functions.
library() {
  local out=$1 soname=$2 one; shift 2
  for one in "$@"; do printf 'int %s(void) { return 1; }\n' "$one"; done | program "$out" -shared -fPIC -Wl,-soname,"$soname"
}

# go_program PATH 'SETTING=VALUE ...' FUNCTION...: what Go's linker writes of a build, and the names of its
# functions. The settings `none` leave the build information out.
go_program() {
  local out=$1 settings=$2 one text="path\\\\texample.org/tool\\\\n"; shift 2
  for one in $settings; do text+="build\\\\t$one\\\\n"; done
  {
    if [[ $settings != none ]]; then
      printf '%s' '__asm__(".section .go.buildinfo,\"aw\"\n.balign 16\n.ascii \"\\377 Go buildinf:\"\n' |
        sed 's/\\n\./\\n./g'
      printf '%s' '.byte 8,2\n.skip 16\n.uleb128 8\n.ascii \"go1.24.4\"\n.uleb128 2f-1f\n1:.skip 16,0x55\n'
      printf '.ascii \\"%s\\"\\n.skip 16,0x55\\n2:\\n.text\\n");\n' "$text"
    fi
    printf '%s' '__asm__(".section .gopclntab,\"a\"\n.byte 0xf1,0xff,0xff,0xff,0,0\n'
    for one in "$@"; do printf '.asciz \\"%s\\"\\n' "$one"; done
    printf '.text\\n");\n'
  } | program "$out" -O1
}

# fips_provider PATH VERSION: a file of the form of OpenSSL's FIPS provider, without any of its code.
fips_provider() {
  local out=$1
  printf 'const char n[] = "OpenSSL FIPS Provider"; const char v[] = "%s"; int OSSL_provider_init(void) { return n[0] + v[0]; }\n' \
    "$2" | program "$out" -shared -fPIC
}

# openssl_library PATH VERSION: a libcrypto.so.3 that only says what it is.
openssl_library() {
  local out=$1
  printf 'const char v[] = "OpenSSL %s 1 Jan 2026"; int OPENSSL_init_crypto(void) { return v[0]; }\n' "$2" |
    program "$out" -shared -fPIC -Wl,-soname,libcrypto.so.3
}

# zip ARCHIVE FOLDER: a zip archive of what is in the folder.
zip() {
  python3 - "$1" "$2" <<'PY'
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as out:
    for path in sorted(pathlib.Path(sys.argv[2]).rglob("*")):
        out.write(path, path.relative_to(sys.argv[2]))
PY
}

# patch FILE OFFSET BYTES: writes bytes (as printf's %b has them) over a part of a file.
patch() { printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# image ARCHIVE ENV... : the root as the one layer of a `docker save` archive beside it.
image() {
  local out=$1; shift
  (
    cd ..
    tar -cf layer.tar -C root .
    python3 - "$@" >config.json <<'PY'
import json, sys
print(json.dumps({"architecture": "amd64", "os": "linux", "config": {"Env": sys.argv[1:]}}))
PY
    echo '[{"Config":"config.json","Layers":["layer.tar"]}]' >manifest.json
    tar -cf "$out" layer.tar config.json manifest.json
  )
}

# java_class PATH TEXT: the head of a class file and one constant.
java_class() {
  mkdir -p "$(dirname "$1")"
  { printf '\312\376\272\276\0\0\0\064\0\2\1\0'; printf '%b' "\\x$(printf '%x' ${#2})"; printf '%s' "$2"; } >"$1"
}

# rust_program PATH PACKAGES: a program with the manifest that cargo-auditable puts in.
rust_program() {
  python3 - "$2" >../manifest <<'PY'
import sys, zlib
sys.stdout.buffer.write(zlib.compress(('{"packages":' + sys.argv[1] + ',"format":1}').encode()))
PY
  local out=$1
  program "$out" <<<"__asm__(\".section .dep-v0,\\\"a\\\"\\n.incbin \\\"$(realpath ../manifest)\\\"\\n.text\\n\");"
}
