#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy 16 over the sources that a change touches (--all: over all; FILES: over these), with
.clang-tidy's list. --quick leaves out the static analyser, two thirds of the time. What was found clean
is not looked at again until it, or a header that it includes, changes.

Needs a configured build folder (default build/dev, else build/release) for its compile commands."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import headers
import layers
import lib

TIDY = "clang-tidy-16"
QUICK = ["--checks=-clang-analyzer-*"] if "--quick" in sys.argv else []


def git(*arguments):
    return subprocess.run(["git", "-C", lib.ROOT, *arguments], capture_output=True, text=True).stdout.strip()


def changed():
    """Files that differ from the merge base with the main branch, or from the last commit on it."""
    base = git("merge-base", "HEAD", "origin/main") or git("rev-parse", "-q", "--verify", "HEAD~1")
    if base and base == git("rev-parse", "HEAD"):
        base = git("rev-parse", "-q", "--verify", "HEAD~1")
    if not base:
        return set(lib.files(lib.ROOT))
    named = git("diff", "--name-only", base).split("\n") + git("ls-files", "-o", "--exclude-standard").split("\n")
    return {n for n in named if n}


def with_includers(names):
    """A changed header is seen through its own source or one file that includes it."""
    chosen = {n for n in names if n.endswith(".cc")}
    for header in (n for n in names if n.endswith(".h")):
        own = header[:-2] + ".cc"
        if (lib.ROOT / own).exists():
            chosen.add(own)
            continue
        includers = (n for n in lib.files(lib.ROOT, ".cc")
                     if any(f"src/{t}" == header for _, t in layers.INCLUDE.findall(lib.read(lib.ROOT, n))))
        chosen.update(list(includers)[:1])
    return chosen


def database(folder):
    """The compile commands, as clang 16 takes them, by absolute file name."""
    paths = (lib.ROOT / "build" / b / "compile_commands.json" for b in ("dev", "release", "asan"))
    newest = max((p for p in paths if p.exists()), key=lambda p: p.stat().st_mtime, default=None)
    if newest:
        entries = json.loads(newest.read_text())
        for entry in entries:
            command = re.sub(r"-std=(gnu|c)\+\+23", "-std=c++2b", entry["command"])
            # clang-tidy must see the compiler first, not the cache's launcher.
            entry["command"] = re.sub(r"^.*?ccache (?=/)", "", command)
        pathlib.Path(folder, "compile_commands.json").write_text(json.dumps(entries))
        return {entry["file"]: entry["command"] for entry in entries}
    sys.exit("tidy: no build/dev or build/release yet; run ./dev build first")


def stamp(name, command):
    """A file that exists once `name`, as it is now with what it includes, was found clean."""
    texts = [lib.read(lib.ROOT, n) for n in sorted(headers.closure(lib.ROOT, name, {})) if (lib.ROOT / n).is_file()]
    texts += [command, lib.read(lib.ROOT, ".clang-tidy"), *QUICK]
    return lib.ROOT / "build/checks/tidy" / hashlib.sha256("\0".join(texts).encode()).hexdigest()


def run_one(name, folder, command, config):
    clean = stamp(name, command)
    if clean.exists():
        return []
    lines = tidy_lines(name, folder, config)
    if not lines:
        clean.parent.mkdir(parents=True, exist_ok=True)
        clean.touch()
    return lines


def tidy_lines(name, folder, config):
    out = subprocess.run([TIDY, "-p", folder, "--quiet", *QUICK, f"--config-file={config}",
                          "--extra-arg=-Wno-unknown-warning-option", str(lib.ROOT / name)],
                         capture_output=True, text=True)
    return [l for l in out.stdout.splitlines() if ": error:" in l or ": warning:" in l] or \
        ([f"{name}: clang-tidy failed: {out.stderr.strip()[-300:]}"] if out.returncode else [])


def find(names):
    with tempfile.TemporaryDirectory() as folder:
        known = database(folder)
        todo = sorted(n for n in names if str(lib.ROOT / n) in known)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda n: run_one(n, folder, known[str(lib.ROOT / n)],
                                                      lib.ROOT / ".clang-tidy"), todo))
    return sorted({line.replace(f"{lib.ROOT}/", "") for lines in results for line in lines})


def self_test():
    """A use after move must be found; the same code without it must pass."""
    code = "#include <string>\n#include <utility>\nint F(std::string a) {{\n  std::string b = std::move(a);\n" \
           "  return static_cast<int>({0}.size());\n}}\n"
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for used in "ab":
            path = pathlib.Path(folder, f"{used}.cc")
            path.write_text(code.format(used))
            out = subprocess.run([TIDY, "--quiet", f"--config-file={lib.ROOT / '.clang-tidy'}", path, "--", "-std=c++2b"],
                                 capture_output=True, text=True)
            found[used] = out.returncode != 0
    if found["a"] and not found["b"]:
        return []
    return [f"self-test: planted error found: {found['a']}; clean code refused: {found['b']}"]


if __name__ == "__main__":
    unknown = [a for a in sys.argv[1:] if a.startswith("-") and a not in ("--self-test", "--all", "--quick")]
    if unknown:
        print(__doc__)
        sys.exit(0 if unknown == ["--help"] else 2)
    if "--self-test" in sys.argv:
        lines = self_test()
    else:
        picked = [a for a in sys.argv[1:] if not a.startswith("--")]
        everything = set(lib.files(lib.ROOT, ".cc"))
        lines = find(everything if "--all" in sys.argv else set(picked) or with_includers(changed()))
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(1 if lines else 0)
