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
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
cache=${VALLUM_CACHE:-$root/.cache}
logs=$root/build/logs
cc=${CC:-gcc}
jobs=${VALLUM_JOBS:-$(nproc)}

say() { printf '%s\n' "openssl: $*" >&2; }
die() { say "$*"; exit 1; }

read_release() {
  local line
  if [[ -n ${VALLUM_OPENSSL:-} ]]; then
    line=$(grep -E "^${VALLUM_OPENSSL//./\\.} " "$here/releases.txt" || true)
    [[ -n $line ]] || die "version $VALLUM_OPENSSL is not in deps/openssl/releases.txt;" \
      "that file says how to add one after review"
  else
    line=$(grep -vE '^(#|$)' "$here/releases.txt" | tail -n 1)
  fi
  read -r version sha archive <<<"$line"
}

read_options() { mapfile -t options < <(grep -vE '^(#|$)' "$here/options.txt" | tr ' ' '\n'); }

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
    declare -f target compile collect; } | sha256sum | cut -c1-24
}

checked() { [[ -f $1 ]] && echo "$sha  $1" | sha256sum --check --status; }

refuse() {
  die "$1 has SHA-256 $(sha256sum <"$1" | cut -d' ' -f1), which deps/openssl/releases.txt does not" \
    "list for $archive. Do not use it; that file says how to accept a release after review."
}

fetch_upstream() {
  local url=https://github.com/openssl/openssl/releases/download/openssl-$version/$archive
  say "fetching $archive from upstream"
  curl -fsSL --proto '=https' --connect-timeout 8 --speed-limit 20000 --speed-time 20 \
    --max-time 300 -o "$1" "$url" 2>>"$logs/openssl-fetch.log" && [[ -s $1 ]]
}

# This release's entries of the machine's apt sources (both file formats), as "URI<TAB>suite" lines.
apt_entries() {
  local release
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(SUITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v r="$release" '{ for (i = 2; i <= NF; i++) if ($i == r || $i == r "-security") {
      print $1 "\t" ($i == r ? "main" : "security"); next } }' | sort -u
}

# Debian 13's source package carries upstream's archive unchanged as its "orig" file.
fetch_debian() {
  local out=$1 dir keyring=/usr/share/keyrings/debian-archive-keyring.gpg uri kind suites pkg
  [[ -f $keyring ]] || { say "no Debian archive keyring here; skipping Debian's source package"; return 1; }
  dir=$(mktemp -d); mkdir -p "$dir"/{lists/partial,cache/archives/partial,src}
  while IFS=$'\t' read -r uri kind; do
    suites="trixie trixie-updates"; [[ $kind == security ]] && suites=trixie-security
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
      "$uri" "$suites" "$keyring"
  done < <(apt_entries) >"$dir/vallum.sources"
  [[ -s $dir/vallum.sources ]] || { say "no usable apt sources on this machine"; return 1; }
  local apt=(apt-get -q -o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir/cache"
    -o Dir::Etc::sourcelist="$dir/vallum.sources" -o Dir::Etc::sourceparts=/dev/null
    -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2)
  say "fetching $archive with apt, from Debian 13's source package"
  "${apt[@]}" update >>"$logs/openssl-fetch.log" 2>&1 || true
  for pkg in $(apt_versions "${apt[@]}"); do
    (cd "$dir/src" && "${apt[@]}" source --download-only "openssl=$pkg") \
      >>"$logs/openssl-fetch.log" 2>&1 || continue
    break
  done
  if [[ -f $dir/src/openssl_$version.orig.tar.gz ]]; then mv "$dir/src/openssl_$version.orig.tar.gz" "$out"; fi
  rm -rf "$dir"; [[ -s $out ]]
}

apt_versions() {
  "${@/#apt-get/apt-cache}" showsrc openssl 2>/dev/null |
    awk -v v="$version" '$1 == "Version:" && index($2, v "-") == 1 { print $2 }' | sort -uVr
}

fetch() {
  local kept=$cache/sources/$archive part=$cache/sources/$archive.part.$$ way
  if checked "$kept"; then echo "$kept"; return; fi
  [[ ! -f $kept ]] || refuse "$kept"
  mkdir -p "$cache/sources" "$logs"
  for way in fetch_upstream fetch_debian; do
    rm -f "$part"
    "$way" "$part" || { say "that way did not work"; continue; }
    checked "$part" || refuse "$part"
    mv "$part" "$kept"; echo "$kept"; return
  done
  die "cannot get $archive; put it at $kept by hand (its SHA-256 is checked), or read" \
    "$logs/openssl-fetch.log"
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

ensure() {
  local prefix=$1 part=$1.part.$$
  [[ ! -f $prefix/VERSION ]] || { echo "$prefix"; return; }
  mkdir -p "$(dirname "$prefix")"
  exec 9>"$cache/openssl/lock"; flock 9
  if [[ ! -f $prefix/VERSION ]]; then
    rm -rf "$part"; build_into "$part"; mv -T "$part" "$prefix"
    say "built OpenSSL $version in ${SECONDS} s"
  fi
  echo "$prefix"
}

read_release; read_options
prefix=$cache/openssl/$(cache_key)
case ${1:-} in
  '') ensure "$prefix" ;;
  --print-prefix) echo "$prefix" ;;
  --fetch) fetch ;;
  --build-into) build_into "${2:?--build-into needs a folder}" ;;
  *) die "unknown option $1; see the top of deps/openssl/build.sh" ;;
esac
