#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The corpus against `vallum scan`: what an item expects is compared exactly, so that a missed finding
and an extra one both fail.

  VALLUM_BIN=build/release/bin tests/scan/corpus_test.py [--print] [NAME ...]

--print shows what is found instead, in the form that items have, to be reviewed and put there."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import corpus

BIN = pathlib.Path(os.environ.get("VALLUM_BIN", "build/release/bin")).resolve()
AS_OF = "2026-11-21"
LEAST_ITEMS, LEAST_CLEAN = 187, 54


def scan(targets):
    """One start of the program for all items: name -> report."""
    done = subprocess.run(
        [BIN / "vallum", "--json", "scan", "--fleet", "--as-of", AS_OF, "--fail-on", "never",
         "--allow-unknown", *targets.values()], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"vallum scan: exit {done.returncode}: {done.stderr}{done.stdout[:2000]}")
    return dict(zip(targets, json.loads(done.stdout)["targets"]))


def essence(item, report):
    """What an item states. Versions out of packages are left out: they change with Debian's updates."""
    def version(one):
        return " " + one["version"] if one["version"] and not item.get("debs") else ""

    return {
        "findings": sorted(f'{f["rule"]} {f["severity"]} {f["path"]} {f["product"]}{version(f)}'
                           for f in report["findings"]),
        "modules": sorted(f'{m["product"]}{version(m)} {m["status"]}' for m in report["modules"]),
        "unknown": sorted(u["path"] for u in report["unknown"]),
    }


def differences(name, item, report):
    """One line for each thing missed and each too many."""
    for member, found in essence(item, report).items():
        expected = sorted(item.get(member, []))
        for line in expected:
            if line not in found:
                yield f"{name}: {member}: missed: {line}"
        for line in found:
            if line not in expected:
                yield f"{name}: {member}: extra: {line}"
        if len(found) != len(expected) and set(found) == set(expected):
            yield f"{name}: {member}: not as often as expected: {found}"


def show(name, item, report):
    print(f"[{name}]")
    for member, found in essence(item, report).items():
        if found:
            print(f"{member} = [\n" + "".join(f"  {json.dumps(line)},\n" for line in found) + "]")
    print()


def is_clean(item):
    return not any(item.get(m) for m in ("findings", "unknown"))


def main(arguments):
    printing = "--print" in arguments
    names = [a for a in arguments if not a.startswith("--")]
    every = corpus.load()
    items = {n: every[n] for n in names} if names else every
    with tempfile.TemporaryDirectory(prefix="scan-corpus-") as folder:
        targets = corpus.make_all(items, pathlib.Path(folder))
        reports = scan(targets)
        for name in targets if printing else ():
            show(name, items[name], reports[name])
    if printing:
        return 0
    wrong = [line for name in items for line in differences(name, items[name], reports[name])]
    print("\n".join(wrong))
    clean = sum(is_clean(item) for item in items.values())
    print(f"{len(items)} items, {clean} of them clean: {len(wrong)} differences")
    if not names and (len(items) < LEAST_ITEMS or clean < LEAST_CLEAN):
        sys.exit(f"there must be {LEAST_ITEMS} items, {LEAST_CLEAN} of them clean")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
