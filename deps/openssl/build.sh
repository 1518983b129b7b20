#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds Vallum's private OpenSSL (libcrypto-vallum, libssl-vallum, fips.so) from a pinned archive.
#
#   build.sh                     builds if needed, prints the prefix: include/ lib/ lib/ossl-modules/
#   build.sh --print-prefix      prints the prefix, builds nothing
#   build.sh --fetch             fetches and checks the archive, prints its path
#   build.sh --build-into DIR    builds into DIR from a clean tree, past the cache (./dev repro-openssl)
#
# VALLUM_CACHE     where archives and results are kept (default: .cache in the repository)
# VALLUM_JOBS      parallel compile jobs (default: number of processors)
# VALLUM_OPENSSL   which version of releases.txt (default: the newest)
# VALLUM_PROVIDER  full (default), or fast: fips.so without SLH-DSA, whose self-tests take most of its load
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
cache=${VALLUM_CACHE:-$root/.cache}
logs=$root/build/logs
cc=${CC:-gcc}
dep=openssl
. "$here/../fetch.sh"
jobs=${VALLUM_JOBS:-$(nproc)}

provider=${VALLUM_PROVIDER:-full}

read_options() {
  mapfile -t options < <(grep -vE '^(#|$)' "$here/options.txt" | tr ' ' '\n')
  case $provider in
    full) ;;
    fast) options+=(no-slh-dsa) ;;
    *) die "VALLUM_PROVIDER is full or fast, not $provider" ;;
  esac
}

# Library names and symbol versions of its own, by the target's shlib_variant.
# Requirement: coexist
target() {
  case $(uname -m) in
    x86_64) echo vallum-x86_64 ;;
    aarch64) echo vallum-aarch64 ;;
    *) die "no Configure target for $(uname -m); add one to deps/openssl/vallum.conf" ;;
  esac
}

# Everything that can change a byte of the result, of this script only the recipe itself.
cache_key() {
  { echo "$version $sha $(target)"
    "$cc" -v 2>&1 | grep -E '^(gcc|clang|Target|Debian|Ubuntu).*'
    sha256sum <"$here/options.txt"; sha256sum <"$here/vallum.conf"
    [[ $provider == full ]] || echo "$provider"
    declare -f target compile collect; } | sha256sum | cut -c1-24
}

# In-tree, with relative paths and fixed prefixes, so that no path of this machine is compiled in.
compile() {
  local archive_path=$1 tree=$2 log=$3
  mkdir -p "$tree"; tar -xzf "$archive_path" -C "$tree" --strip-components=1
  cp "$here/vallum.conf" "$tree/Configurations/99-vallum.conf"
  ( cd "$tree"
    # What a caller's environment holds must not change what comes out.
    unset CFLAGS CPPFLAGS CXXFLAGS LDFLAGS LDLIBS MAKEFLAGS OPENSSL_LOCAL_CONFIG_DIR
    export SOURCE_DATE_EPOCH=1700000000 CC=$cc PERL_HASH_SEED=0 TZ=UTC
    # One goal a call: goals side by side would write the same generated files.
    ./Configure "$(target)" --release --prefix=/opt/vallum --libdir=lib \
      --openssldir=/nonexistent/vallum "${options[@]}" &&
      make -j"$jobs" build_generated && make -j"$jobs" build_libs && make -j"$jobs" build_modules
  ) >"$log" 2>&1 || die "the build failed; the last errors:
$(grep -E 'rror|warning: no' "$log" | tail -n 8 | cut -c1-200)
The whole log is $log"
}

collect() {
  local tree=$1 out=$2
  mkdir -p "$out/include/openssl" "$out/lib/ossl-modules"
  cp "$tree"/include/openssl/*.h "$out/include/openssl/"
  cp "$tree"/libcrypto-vallum.so.3 "$tree"/libssl-vallum.so.3 "$out/lib/"
  ln -s libcrypto-vallum.so.3 "$out/lib/libcrypto-vallum.so"
  ln -s libssl-vallum.so.3 "$out/lib/libssl-vallum.so"
  cp "$tree"/providers/fips.so "$out/lib/ossl-modules/"
  # What the provider wants back as `module-mac` when it is loaded without a configuration file.
  sed -n 's/^module-mac = //p' "$tree/providers/fipsmodule.cnf" | tr -d ':' >"$out/lib/ossl-modules/fips.mac"
  [[ -s $out/lib/ossl-modules/fips.mac ]] || die "OpenSSL's build gave no module-mac for fips.so"
  cp "$tree"/LICENSE.txt "$out/"
  printf '%s\n' "$version" >"$out/VERSION"
}

build_into() {
  local out=$1 work log source
  source=$(fetch); mkdir -p "$logs"
  work=$(mktemp -d "${TMPDIR:-/tmp}/vallum-openssl.XXXXXX"); log=$logs/openssl-$(basename "$work").log
  say "building OpenSSL $version with its FIPS provider (a few minutes, once)"
  compile "$source" "$work/tree" "$log"
  collect "$work/tree" "$out"
  rm -rf "$work"
}

read_release "${VALLUM_OPENSSL:-}"; read_options
upstream=https://github.com/openssl/openssl/releases/download/openssl-$version/$archive
# Debian 13's source package carries upstream's archive unchanged as its "orig" file.
debian_package=openssl debian_suites="trixie trixie-updates" debian_security=trixie-security
prefix=$cache/openssl/$(cache_key)
case ${1:-} in
  '') ensure "$prefix" "OpenSSL $version" ;;
  --print-prefix) echo "$prefix" ;;
  --fetch) fetch ;;
  --build-into) build_into "${2:?--build-into needs a folder}" ;;
  *) die "unknown option $1; see the top of deps/openssl/build.sh" ;;
esac
