#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requirement -> code -> test, from the `// Requirement: id` lines of the code and the tests.

docs/security-policy/requirements.toml lists what the module claims. Each entry must be cited by code
and by a test (or say why code alone or a test alone is right); each citation must be in the list.

    trace.py            prints the report
    trace.py --check    prints only what is wrong, and fails on it
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
CITATION = re.compile(r"^\s*(?://|#) Requirement: ([a-z0-9-]+(?:, [a-z0-9-]+)*)\b")
FOLDERS = ("src", "tests", "fuzz", "bench", "cmake", "deps", "tools", "test")


def is_test(name):
    return (name.startswith(("tests/", "fuzz/", "bench/")) or name.endswith("_test.py")
            or name.endswith(("_test.cc", "test_support.cc", "test_support.h")))


def citations():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "--", *FOLDERS],
                            check=True, capture_output=True, text=True).stdout.split("\n")
    found = {}
    for name in sorted(filter(None, listed)):
        if name == "tools/security-policy/trace.py" or not (ROOT / name).is_file():
            continue
        lines = (ROOT / name).read_text(encoding="utf-8", errors="replace").split("\n")
        for number, line in enumerate(lines, 1):
            match = CITATION.match(line)
            for requirement in match.group(1).split(", ") if match else ():
                found.setdefault(requirement, []).append((f"{name}:{number}", is_test(name)))
    return found


def problems(requirements, found):
    for name in sorted(set(found) - set(requirements)):
        yield f"{found[name][0][0]}: '{name}' is not in docs/security-policy/requirements.toml"
    for name, requirement in requirements.items():
        needs = requirement.get("cited_by", ["code", "test"])
        has = {"test" if test else "code" for _, test in found.get(name, [])}
        for kind in needs:
            if kind not in has:
                yield f"{name}: no {kind} cites it"


def report(requirements, found):
    for name, requirement in requirements.items():
        print(f"{name}: {requirement['text']} ({requirement['clause']})")
        for kind in (False, True):
            places = [place for place, test in found.get(name, []) if test == kind]
            print(f"    {'test' if kind else 'code'}: {', '.join(places) or '-'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    requirements = tomllib.loads((ROOT / "docs/security-policy/requirements.toml").read_text())
    found = citations()
    if not arguments.check:
        report(requirements, found)
    wrong = list(problems(requirements, found))
    for line in wrong:
        print(f"trace: {line}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
