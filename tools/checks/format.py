#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Code is as clang-format 16 writes it (./dev fmt); shell scripts and Python at least parse."""
import ast
import shutil
import subprocess

import lib

FORMATTER = "clang-format-16"
FOLDERS = ("src/", "tests/", "bench/", "fuzz/", "include/", "cmake/", "examples/")


def code(root):
    return [n for n in lib.files(root, *lib.CODE) if n.startswith(FOLDERS)]


def format_errors(root):
    names = code(root)
    if not names:
        return []
    if not shutil.which(FORMATTER):
        return [f"{FORMATTER} is missing; run tools/bootstrap test"]
    style = f"file:{lib.ROOT / '.clang-format'}"
    out = subprocess.run([FORMATTER, f"--style={style}", "--dry-run", "-Werror", "--ferror-limit=1", *names],
                         cwd=root, capture_output=True, text=True)
    bad = sorted({l.split(":")[0] for l in out.stderr.splitlines() if "[-Wclang-format-violations]" in l})
    return [f"{name}: not formatted; run ./dev fmt" for name in bad]


def script_errors(root):
    messages = []
    for name in lib.files(root):
        with open(root / name, "rb") as file:
            first = file.readline()
        if first.startswith(b"#!") and b"bash" in first:
            out = subprocess.run(["bash", "-n", name], cwd=root, capture_output=True, text=True)
            if out.returncode:
                messages.append(f"{name}: {out.stderr.splitlines()[0]}")
        elif name.endswith(".py"):
            try:
                ast.parse(lib.read(root, name))
            except SyntaxError as error:
                messages.append(f"{name}: {error}")
    return messages


def find(root):
    return format_errors(root) + script_errors(root)


PLANTS = [{"src/base/a.cc": "int  a ;\n"}, {"tool": "#!/usr/bin/env bash\nif\n"}, {"a.py": "def\n"}]
CLEAN = {"src/base/a.cc": "int a;\n", "tool": "#!/usr/bin/env bash\ntrue\n", "a.py": "a = 1\n"}

if __name__ == "__main__":
    lib.main(find, PLANTS, CLEAN)
