#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks one guard of the module at a time and runs the tests that have to notice.

    mutate.py [NAME...]    all mutations of mutations.toml, or those whose names contain one of NAME
    mutate.py --check      only says whether every mutation still fits the code

The work is done on a copy in build/mutate; the working tree is not touched. A mutation that no test
notices ("SURVIVED"), or that no longer fits the code, is a failure.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutate" / "tree"
BUILD = COPY / "build" / "release"
PARTS = "base;ossl;module;seal"
FAILED = re.compile(r"^\[  FAILED  \] ([\w/]+\.\w+)", re.MULTILINE)
FAILED_PYTHON = re.compile(r"^(?:FAIL|ERROR): (\w+)", re.MULTILINE)


def load():
    return tomllib.loads((ROOT / "tools/mutate/mutations.toml").read_text())["mutation"]


def misfits(mutations):
    for mutation in mutations:
        count = (ROOT / mutation["file"]).read_text().count(mutation["old"])
        if count != 1:
            yield f"{mutation['name']}: its text is {count} times in {mutation['file']}, not once"


def write_if_changed(path, content):
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def copy_tree():
    """Only what differs is written, so that the next build is a small one."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], check=True,
                           capture_output=True, text=True).stdout.split("\n")
    for name in filter(None, names):
        source = ROOT / name
        if source.is_file():
            write_if_changed(COPY / name, source.read_bytes())
            (COPY / name).chmod(source.stat().st_mode)
    cache = COPY / ".cache"
    if not cache.exists():
        cache.symlink_to((ROOT / ".cache").resolve())


def run(command, **options):
    return subprocess.run(command, cwd=COPY, capture_output=True, text=True, errors="replace", **options)


def build(target):
    if not (BUILD / "build.ninja").is_file():
        run(["cmake", "--preset", "release", f"-DVALLUM_ONLY={PARTS}"], check=True)
    return run(["cmake", "--build", BUILD, "-j", str(os.cpu_count() or 2), "--target", target])


def run_tests(mutation, limit=600):
    """Returns (passed, names of the tests that failed)."""
    if mutation["test"] == "boundary_test":
        command = [sys.executable, COPY / "src/module/boundary_test.py", BUILD, *mutation["filter"].split()]
    else:
        command = [BUILD / "tests" / mutation["test"], f"--gtest_filter={mutation['filter']}"]
    try:
        done = run(command, timeout=limit, env={**os.environ, "VALLUM_FLIPS": "20"})
    except subprocess.TimeoutExpired:
        return False, ["(hung)"]
    output = done.stdout + done.stderr
    failed = FAILED_PYTHON.findall(output) if mutation["test"] == "boundary_test" else FAILED.findall(output)
    if done.returncode < 0:
        failed.append(f"(signal {-done.returncode})")
    return done.returncode == 0, sorted(set(failed))


def target_of(mutation):
    return "integrity_probe" if mutation["test"] == "boundary_test" else mutation["test"]


def try_one(mutation):
    """Returns (noticed, what was seen)."""
    path = COPY / mutation["file"]
    original = path.read_text()
    path.write_text(original.replace(mutation["old"], mutation["new"]))
    try:
        built = build(target_of(mutation))
        if built.returncode != 0:
            expected = mutation.get("compiler", False)
            return expected, "the compiler" if expected else "did not build:\n" + built.stdout[-2000:]
        passed, failed = run_tests(mutation)
        return not passed, ", ".join(failed[:4]) + (" ..." if len(failed) > 4 else "")
    finally:
        path.write_text(original)


def check_unbroken(mutations):
    """Whatever is to notice a broken guard has to pass on the whole one, and has to run at all."""
    for target in sorted({target_of(m) for m in mutations}):
        built = build(target)
        if built.returncode != 0:
            sys.exit(f"mutate: {target} does not build:\n{built.stdout[-2000:]}")
    together = {}
    for mutation in mutations:
        separator = " " if mutation["test"] == "boundary_test" else ":"
        known = together.setdefault(mutation["test"], [separator])
        known += [part for part in mutation["filter"].split(separator) if part not in known]
    for test, (separator, *filters) in together.items():
        passed, failed = run_tests({"test": test, "filter": separator.join(filters)}, limit=1800)
        if not passed:
            sys.exit(f"mutate: {test} fails without any mutation: {', '.join(failed)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    mutations = [m for m in load() if not options.names or any(n in m["name"] for n in options.names)]
    wrong = list(misfits(mutations))
    for line in wrong:
        print(f"mutate: {line}")
    if options.check or wrong or not mutations:
        sys.exit(1 if wrong or not mutations else 0)
    copy_tree()
    check_unbroken(mutations)
    survived = 0
    for mutation in mutations:
        begin = time.monotonic()
        noticed, seen = try_one(mutation)
        survived += not noticed
        verdict = "noticed by" if noticed else "SURVIVED"
        print(f"{mutation['name']:<44} {time.monotonic() - begin:4.0f} s  {verdict} {seen}", flush=True)
    print(f"mutate: {len(mutations)} mutations, {survived} survived")
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
