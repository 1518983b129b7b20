# SPDX-License-Identifier: Apache-2.0
# What the build scripts of the pinned sources share: fetch an archive, check it, keep finished builds.
# Sourced, not run. The caller sets here, cache, logs and dep (its folder's name), calls read_release, and
# before fetch sets:
#   upstream          the URL of upstream's archive
#   debian_package    a Debian source package whose "orig" file is that archive, byte for byte
#   debian_suites     the suites that carry it; debian_security: those of the security archive, or ""
# Functions: say die read_release fetch ensure. ensure calls the caller's build_into.
# shellcheck shell=bash

say() { printf '%s\n' "$dep: $*" >&2; }
die() { say "$*"; exit 1; }

# Sets version, sha and archive: those of version $1 in releases.txt, or of its last line.
read_release() {
  local line
  if [[ -n $1 ]]; then
    line=$(grep -E "^${1//./\\.} " "$here/releases.txt" || true)
    [[ -n $line ]] || die "version $1 is not in deps/$dep/releases.txt;" \
      "that file says how to add one after review"
  else
    line=$(grep -vE '^(#|$)' "$here/releases.txt" | tail -n 1)
  fi
  read -r version sha archive <<<"$line"
}

checked() { [[ -f $1 ]] && echo "$sha  $1" | sha256sum --check --status; }

refuse() {
  die "$1 has SHA-256 $(sha256sum <"$1" | cut -d' ' -f1), which deps/$dep/releases.txt does not" \
    "list for $archive. Do not use it; that file says how to accept a release after review."
}

fetch_upstream() {
  say "fetching $archive from upstream"
  curl -fsSL --proto '=https' --connect-timeout 8 --speed-limit 20000 --speed-time 20 \
    --max-time 300 -o "$1" "$upstream" 2>>"$logs/$dep-fetch.log" && [[ -s $1 ]]
}

# This release's entries of the machine's apt sources (both file formats), as "URI<TAB>suite" lines.
apt_entries() {
  local release
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(SUITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v r="$release" '{ for (i = 2; i <= NF; i++) if ($i == r || $i == r "-security") {
      print $1 "\t" ($i == r ? "main" : "security"); next } }' | sort -u
}

# Through whatever mirror this machine's apt uses.
fetch_debian() {
  local out=$1 dir keyring=/usr/share/keyrings/debian-archive-keyring.gpg uri kind suites pkg orig
  [[ -f $keyring ]] || { say "no Debian archive keyring here; skipping Debian's source package"; return 1; }
  dir=$(mktemp -d); mkdir -p "$dir"/{lists/partial,cache/archives/partial,src}
  while IFS=$'\t' read -r uri kind; do
    suites=$debian_suites; [[ $kind == security ]] && suites=$debian_security
    [[ -n $suites ]] || continue
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
      "$uri" "$suites" "$keyring"
  done < <(apt_entries) >"$dir/vallum.sources"
  [[ -s $dir/vallum.sources ]] || { say "no usable apt sources on this machine"; return 1; }
  local apt=(apt-get -q -o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir/cache"
    -o Dir::Etc::sourcelist="$dir/vallum.sources" -o Dir::Etc::sourceparts=/dev/null
    -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2)
  say "fetching $archive with apt, from Debian's source package $debian_package"
  "${apt[@]}" update >>"$logs/$dep-fetch.log" 2>&1 || true
  orig=$dir/src/${debian_package}_$version.orig.tar.gz
  for pkg in $(apt_versions "${apt[@]}"); do
    # It fails when Debian's own part of the package is not there; the archive may have come anyway.
    (cd "$dir/src" && "${apt[@]}" source --download-only "$debian_package=$pkg") \
      >>"$logs/$dep-fetch.log" 2>&1 || true
    [[ ! -f $orig ]] || break
  done
  if [[ -f $orig ]]; then mv "$orig" "$out"; fi
  rm -rf "$dir"; [[ -s $out ]]
}

apt_versions() {
  "${@/#apt-get/apt-cache}" showsrc "$debian_package" 2>/dev/null |
    awk -v v="$version" '$1 == "Version:" && index($2, v "-") == 1 { print $2 }' | sort -uVr
}

# Prints the path of the checked archive.
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
    "$logs/$dep-fetch.log"
}

# ensure PREFIX WHAT: prints PREFIX, built first if it is not there; finished builds move in in one step.
ensure() {
  local prefix=$1 what=$2 part=$1.part.$$
  [[ ! -f $prefix/VERSION ]] || { echo "$prefix"; return; }
  mkdir -p "$(dirname "$prefix")"
  exec 9>"$cache/$dep/lock"; flock 9
  if [[ ! -f $prefix/VERSION ]]; then
    rm -rf "$part"; build_into "$part"; mv -T "$part" "$prefix"
    say "built $what in ${SECONDS} s"
  fi
  echo "$prefix"
}
