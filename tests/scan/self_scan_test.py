#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vallum's own build under its own scan: one module, no other cryptography, and nothing undetermined.

The module's one finding is true: OpenSSL 3.5.7's FIPS provider has no certificate."""

import json
import os
import pathlib
import subprocess
import unittest

BIN = pathlib.Path(os.environ.get("VALLUM_BIN", "build/release/bin")).resolve()
LIB = BIN.parent / "lib"


def scan(folder):
    done = subprocess.run(
        [BIN / "vallum", "--json", "scan", folder, "--as-of", "2026-11-21", "--fail-on", "never"],
        capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stdout[:2000]}{done.stderr}")
    return json.loads(done.stdout)


class SelfScanTest(unittest.TestCase):
    def test_the_programs_have_no_cryptography_of_their_own(self):
        report = scan(BIN)
        self.assertEqual([(f["rule"], f["path"], f["evidence"]) for f in report["findings"]], [])
        self.assertEqual(report["modules"], [])
        needs = {f["path"]: {(x["kind"], x["product"]) for x in f["facts"]} for f in report["files"]}
        for program in ("vallum", "vallumd"):
            self.assertEqual(needs[program], {("needs", "OpenSSL")}, program)

    def test_the_libraries_have_exactly_one_module(self):
        report = scan(LIB)
        self.assertEqual([m["path"] for m in report["modules"]], ["vallum/fips.so"])
        self.assertEqual([(f["rule"], f["path"]) for f in report["findings"]],
                         [("FS-OS-004", "vallum/fips.so")])
        libraries = [f["path"] for f in report["files"] for x in f["facts"] if x["kind"] == "is-library"]
        self.assertEqual(libraries, ["libcrypto-vallum.so.3", "libssl-vallum.so.3"])


if __name__ == "__main__":
    unittest.main()
