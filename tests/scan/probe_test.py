#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`vallum probe` with real processes: a running vallumd, one that uses OpenSSL, one in a mount namespace
of its own, one with switches in its environment. A deleted library: src/scan/host/probe_test.cc."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

BIN = pathlib.Path(os.environ.get("VALLUM_BIN", "build/release/bin")).resolve()
LIBRARY = """int gcry_check_version(void) { return 1; }"""
PROGRAM = """
#include <dlfcn.h>
#include <stdio.h>
int main(int count, char** names) {
  if (count > 1 && !dlopen(names[1], RTLD_NOW)) return 1;
  puts("ready");
  fflush(stdout);
  return getchar() == 'x';
}"""


def probe(*arguments):
    done = subprocess.run([BIN / "vallum", "--json", "probe", *arguments, "--as-of", "2026-11-21",
                           "--fail-on", "never", "--allow-unknown"], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stdout[:2000]}{done.stderr}")
    return json.loads(done.stdout)


def essence(report):
    return sorted((f["rule"], f["path"]) for f in report["findings"])


class Waiting:
    """A process that has said that it is ready and ends when its input does."""

    def __init__(self, *command, **more):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True, **more)

    def __enter__(self):
        line = self.child.stdout.readline()
        if line != "ready\n":
            raise AssertionError(f"the process said {line!r}")
        return self.child.pid

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(timeout=60)
        self.child.stdout.close()


class ProbeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = harness.temporary_folder()
        cls.folder = pathlib.Path(cls.scratch.name)
        (cls.folder / "library.c").write_text(LIBRARY)
        (cls.folder / "program.c").write_text(PROGRAM)
        subprocess.run("cc -shared -fPIC -Wl,-soname,libgcrypt.so.20 library.c -o inside.so && "
                       "cc program.c -o program", shell=True, check=True, cwd=cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @unittest.skipIf(os.getuid() != 0, "a process that cannot be dumped is shown to root alone")
    def test_a_running_server_has_exactly_one_module(self):
        with harness.temporary_folder() as folder, harness.Vallumd(pathlib.Path(folder)) as server:
            report = probe("--pid", str(server.process.pid))
        self.assertEqual([pathlib.Path(m["path"]).name for m in report["modules"]], ["fips.so"])
        # The one finding is true: this version of the provider has no certificate.
        self.assertEqual([rule for rule, _ in essence(report)], ["FS-OS-004"])
        self.assertEqual(report["unknown"], [])
        [process] = report["processes"]
        self.assertEqual((process["name"], process["products"]), ("vallumd", ["OpenSSL"]))
        self.assertEqual(len(process["modules"]), 1)

    def test_a_process_with_openssl_and_no_provider_is_told(self):
        with subprocess.Popen(["openssl", "dgst", "-sha256"], executable="/usr/bin/openssl",
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
            # Its libraries are mapped before it reads; the kernel says when it waits for input.
            while pathlib.Path(f"/proc/{child.pid}/wchan").exists() and "libcrypto" not in \
                    pathlib.Path(f"/proc/{child.pid}/maps").read_text():
                pass
            report = probe("--pid", str(child.pid))
        self.assertIn(("FS-PR-002", f"process {child.pid} (openssl)"), essence(report))

    def test_files_of_a_mount_namespace_are_read_in_it(self):
        place = self.folder / "place"
        place.mkdir()
        script = 'mount -t tmpfs none "$1" && cp "$2" "$1/library.so" && exec "$3" "$1/library.so"'
        command = ["unshare", *([] if os.getuid() == 0 else ["-Ur"]), "-m", "sh", "-c", script, "sh",
                   place, self.folder / "inside.so", self.folder / "program"]
        with Waiting(*command) as pid:
            self.assertFalse((place / "library.so").exists())
            report = probe("--pid", str(pid))
        inner = str(place / "library.so").lstrip("/")
        self.assertIn(("FS-CC-002", f"process {pid} (program)!{inner}"), essence(report))

    def test_switches_in_an_environment_are_told_and_nothing_else_of_it(self):
        environment = {"GODEBUG": "fips140=off", "TOKEN": "not-for-the-report"}
        with Waiting(self.folder / "program", env=environment) as pid:
            report = probe("--pid", str(pid))
        self.assertEqual(essence(report), [("FS-IM-002", f"process {pid} (program)")])
        self.assertNotIn("not-for-the-report", json.dumps(report))

    def test_the_host_is_told_with_its_kernel_and_without_the_probe_itself(self):
        with Waiting(self.folder / "program", self.folder / "inside.so") as pid:
            report = probe()
        self.assertIn((pid, ["libgcrypt"]), [(p["pid"], p["products"]) for p in report["processes"]])
        self.assertIn("(kernel)", [f["path"] for f in report["files"]])
        self.assertNotIn("vallum", [p["name"] for p in report["processes"]])

    def test_a_process_that_is_not_there_is_an_answer_of_its_own(self):
        done = subprocess.run([BIN / "vallum", "probe", "--pid", "4194305"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("there is no process 4194305", done.stderr)


if __name__ == "__main__":
    unittest.main()
