# SPDX-License-Identifier: Apache-2.0
"""What the checks share: which files to look at, how to report, how to prove that a check can fail.

A check is a program with find(root) -> [message] and PLANTS, trees with a planted violation each.
`check` reports on the repository; `check --self-test` proves that every plant is found and that the
clean tree passes.
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = (".h", ".cc")


def files(root, *suffixes):
    """Files of the repository (tracked, or new and not ignored), as sorted relative paths."""
    if (root / ".git").exists():
        out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                             check=True, capture_output=True).stdout.decode()
        names = [n for n in out.split("\0") if n and (root / n).is_file()]
    else:
        names = [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()]
    return sorted(n for n in names if not suffixes or n.endswith(suffixes))


def read(root, name):
    return (root / name).read_text(encoding="utf-8", errors="replace")


def is_test(name):
    return name.endswith(("_test.cc", "_testing.h", "_testing.cc")) or not name.startswith("src/")


def plant(tree, find):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in tree.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return find(root)


def self_test(find, plants, clean):
    bad = []
    for number, tree in enumerate(plants):
        if not plant(tree, find):
            bad.append(f"plant {number} was not found: {sorted(tree)}")
    found = plant(clean, find)
    if found:
        bad.append(f"the clean tree was refused: {found}")
    return bad


def main(find, plants, clean):
    name = pathlib.Path(sys.argv[0]).stem
    messages = self_test(find, plants, clean) if "--self-test" in sys.argv else find(ROOT)
    for message in messages:
        print(f"{name}: {message}")
    sys.exit(1 if messages else 0)
