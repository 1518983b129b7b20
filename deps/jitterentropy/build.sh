#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the jitterentropy library, a noise source of Vallum's module, from a pinned archive.
#
#   build.sh                     builds if needed, prints the prefix: include/ lib/
#   build.sh --print-prefix      prints the prefix, builds nothing
#   build.sh --fetch             fetches and checks the archive, prints its path
#
# VALLUM_CACHE            where archives and results are kept (default: .cache in the repository)
# VALLUM_JITTERENTROPY    which version of releases.txt (default: the newest)
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
cache=${VALLUM_CACHE:-$root/.cache}
logs=$root/build/logs
cc=${CC:-gcc}
dep=jitterentropy
. "$here/../fetch.sh"

# -O0: an optimised loop jitters less than the one that was assessed, and the source refuses to compile.
# No built-in timer thread: where the processor has no fine timer, the source is refused instead.
flags=(-O0 -fwrapv -fPIC -fvisibility=hidden -fstack-protector-strong --param ssp-buffer-size=4
  -Wall -Wextra -I. -Isrc)

cache_key() {
  { echo "$version $sha $(uname -m) ${flags[*]}"
    "$cc" -v 2>&1 | grep -E '^(gcc|clang|Target|Debian|Ubuntu).*'
    declare -f compile collect; } | sha256sum | cut -c1-24
}

# The library hands each raw time delta to its own health tests by one call, from one file to another:
# jent_stuck. That call goes to Vallum's vallum_jent_stuck instead, which tests the delta too and then
# calls jent_stuck. The source itself is not touched.
compile() {
  local archive_path=$1 tree=$2 log=$3 source
  mkdir -p "$tree"; tar -xzf "$archive_path" -C "$tree" --strip-components=1
  ( cd "$tree"
    unset CFLAGS CPPFLAGS LDFLAGS
    for source in src/*.c; do "$cc" "${flags[@]}" -c "$source" -o "${source%.c}.o" || exit 1; done
    objcopy --redefine-sym jent_stuck=vallum_jent_stuck src/jitterentropy-noise.o &&
      nm src/jitterentropy-noise.o | grep -q ' U vallum_jent_stuck$' &&
      ar rcsD libvallum_jitterentropy.a src/*.o
  ) >"$log" 2>&1 || die "the build failed; the last errors:
$(grep -E 'rror' "$log" | tail -n 8 | cut -c1-200)
The whole log is $log"
}

collect() {
  local tree=$1 out=$2
  mkdir -p "$out/include" "$out/lib"
  cp "$tree"/jitterentropy.h "$tree"/jitterentropy-base-user.h "$out/include/"
  cp "$tree"/libvallum_jitterentropy.a "$out/lib/"
  cp "$tree"/LICENSE.bsd "$out/"
  printf '%s\n' "$version" >"$out/VERSION"
}

build_into() {
  local out=$1 work log source
  source=$(fetch); mkdir -p "$logs"
  work=$(mktemp -d "${TMPDIR:-/tmp}/vallum-jitterentropy.XXXXXX")
  log=$logs/jitterentropy-$(basename "$work").log
  compile "$source" "$work/tree" "$log"
  collect "$work/tree" "$out"
  rm -rf "$work"
}

read_release "${VALLUM_JITTERENTROPY:-}"
upstream=https://github.com/smuellerDD/jitterentropy-library/archive/refs/tags/v$version.tar.gz
debian_package=jitterentropy-library debian_suites="forky sid" debian_security=""
prefix=$cache/jitterentropy/$(cache_key)
case ${1:-} in
  '') ensure "$prefix" "jitterentropy $version" ;;
  --print-prefix) echo "$prefix" ;;
  --fetch) fetch ;;
  *) die "unknown option $1; see the top of deps/jitterentropy/build.sh" ;;
esac
