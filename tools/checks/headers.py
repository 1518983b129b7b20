#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone, and none outside src/ossl and src/net reaches <openssl/...>.

What compiled once is not compiled again until it, or a header that it includes, changes."""
import concurrent.futures
import hashlib
import os
import re
import subprocess

import layers
import lib

CXX = os.environ.get("CXX", "g++")


def closure(root, name, cache):
    """The header and every header of ours that it reaches."""
    if name not in cache:
        cache[name] = {name}
        path = root / name
        if path.is_file():
            for kind, target in layers.INCLUDE.findall(path.read_text()):
                if kind == '"':
                    cache[name] |= closure(root, f"src/{target}", cache)
    return cache[name]


def openssl_leaks(root, headers, cache):
    messages = []
    for name in headers:
        if name.split("/")[1] in layers.OPENSSL:
            continue
        for reached in sorted(closure(root, name, cache)):
            if (root / reached).is_file() and re.search(r"#\s*include\s*<openssl/", lib.read(root, reached)):
                messages.append(f"{name} brings in <openssl/...> through {reached}")
    return messages


def include_flags(root):
    flags = [f"-I{root / 'src'}"]
    cache = os.environ.get("VALLUM_CACHE") or str(lib.ROOT / ".cache")
    boost = f"{cache}/boost/usr/include"
    if os.path.isdir(boost):
        flags += ["-isystem", boost]
    out = subprocess.run([lib.ROOT / "deps/openssl/build.sh", "--print-prefix"], capture_output=True, text=True)
    if out.returncode == 0:
        flags += ["-isystem", f"{out.stdout.strip()}/include"]
    return flags


def compile_one(root, name, key, flags):
    stamp = root / "build/checks/headers" / key
    if stamp.exists():
        return None
    out = subprocess.run([CXX, "-std=c++23", "-Wall", "-Wextra", "-Wno-pragma-once-outside-header", "-Werror",
                          "-fsyntax-only", "-x", "c++", *flags, "-include", str(root / name), "/dev/null"],
                         capture_output=True, text=True)
    if out.returncode:
        first = next((l for l in out.stderr.splitlines() if "error" in l), out.stderr[:200])
        return f"{name} does not compile alone: {first.replace(str(root) + '/', '')}"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    return None


def find(root):
    headers = [n for n in lib.files(root, ".h") if n.startswith("src/")]
    cache, digests = {}, {}
    messages = openssl_leaks(root, headers, cache)
    flags = include_flags(root)

    def digest(name):
        if name not in digests:
            path = root / name
            digests[name] = hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()
        return digests[name]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = []
        for name in headers:
            text = "".join(f"{n}={digest(n)}" for n in sorted(closure(root, name, cache)))
            key = hashlib.sha256((CXX + name + text + " ".join(flags)).encode()).hexdigest()
            jobs.append(pool.submit(compile_one, root, name, key, flags))
        messages += [job.result() for job in jobs if job.result()]
    return messages


PLANTS = [
    {"src/base/a.h": "#pragma once\ninline std::size_t Size() { return 0; }\n"},
    {"src/ossl/a.h": "#pragma once\n#include <openssl/types.h>\n",
     "src/service/b.h": '#pragma once\n#include "ossl/a.h"\n'},
]
CLEAN = {"src/base/a.h": "#pragma once\n#include <cstddef>\ninline std::size_t Size() { return 0; }\n"}

if __name__ == "__main__":
    lib.main(find, PLANTS, CLEAN)
