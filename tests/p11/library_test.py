#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The built libvallum-pkcs11.so: what it exports, what it needs, how it gets into other people's processes."""

import ctypes
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

LIB = pathlib.Path(os.environ["VALLUM_LIB"]).resolve()
MODULE = LIB / "libvallum-pkcs11.so"
ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "src/p11/cryptoki/functions.txt"

C_PROGRAM = r"""
#include <dlfcn.h>
#include <stdio.h>
#include "p11/cryptoki/cryptoki.h"

int main(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    if (dlopen(argv[i], RTLD_NOW | RTLD_GLOBAL) == NULL) return printf("%s\n", dlerror()), 2;
  }
  void* module = dlopen(argv[1], RTLD_NOW);
  if (module == NULL) return printf("%s\n", dlerror()), 3;
  CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
  CK_FUNCTION_LIST_PTR list = NULL;
  if (get == NULL || get(&list) != CKR_OK) return 4;
  for (int round = 0; round < 3; ++round) {
    CK_SLOT_ID slots[8];
    CK_ULONG count = 8;
    if (list->C_Initialize(NULL) != CKR_OK) return 5;
    if (list->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK || count != 1) return 6;
    if (list->C_Finalize(NULL) != CKR_OK) return 7;
  }
  return dlclose(module) == 0 ? 0 : 8;
}
"""


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


class LibraryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = dict(os.environ, VALLUM_PKCS11=str(self.folder / "token.db"))

    def test_exports_the_functions_of_the_list_and_nothing_else(self):
        wanted = {line.split()[0] for line in LIST.read_text().splitlines() if line.startswith("C_")}
        out = run("nm", "-D", "--defined-only", str(MODULE), check=True).stdout
        self.assertEqual({line.split()[-1] for line in out.splitlines()}, wanted)
        self.assertEqual(len(wanted), 104)

    def test_needs_no_cryptography_but_vallum_s(self):
        out = run("readelf", "-d", str(MODULE), check=True).stdout
        needed = set(re.findall(r"NEEDED.*\[(.*?)\]", out))
        known = {"libvallum.so", "libssl-vallum.so.3", "libcrypto-vallum.so.3", "libsqlite3.so.0", "libstdc++.so.6",
                 "libgcc_s.so.1", "libc.so.6", "libm.so.6"}
        rest = {n for n in needed - known if not n.startswith(("libfmt.so.", "ld-linux"))}
        self.assertEqual(rest, set())
        self.assertIn("libvallum.so", needed)
        self.assertRegex(out, r"RUNPATH.*\$ORIGIN")
        self.assertIn("NODELETE", out)

    def test_keeps_its_size(self):
        # 4.4 MB with line tables; ten times the code of today would be a mistake.
        self.assertLess(MODULE.stat().st_size, 16 << 20)

    def test_generated_files_are_those_of_the_lists(self):
        checked = run(sys.executable, str(ROOT / "src/p11/cryptoki/generate.py"), "--check")
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def c_program(self):
        source, program = self.folder / "host.c", self.folder / "host"
        source.write_text(C_PROGRAM)
        run("cc", "-Wall", "-Werror", f"-I{ROOT / 'src'}", str(source), "-o", str(program), "-ldl", check=True)
        return program

    def test_a_plain_c_program_loads_it_and_again(self):
        program = self.c_program()
        for before in ([], ["libcrypto.so.3"], ["libssl.so.3", "libsqlite3.so.0"]):
            done = run(str(program), str(MODULE), *before, env=self.environment)
            self.assertEqual(done.returncode, 0, f"{before}: {done.stdout}{done.stderr}")

    def test_python_loads_it_beside_its_own_openssl(self):
        code = ("import ssl, hashlib, sqlite3, ctypes, sys\n"
                "hashlib.sha256(b'x').hexdigest(); ssl.create_default_context()\n"
                "m = ctypes.CDLL(sys.argv[1])\n"
                "assert m.C_Initialize(None) == 0\n"
                "assert hashlib.sha256(b'abc').hexdigest().startswith('ba7816bf')\n"
                "assert m.C_Finalize(None) == 0\n")
        done = run(sys.executable, "-c", code, str(MODULE), env=self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_leaves_without_a_crash_when_nobody_finalises(self):
        code = "import ctypes, sys; m = ctypes.CDLL(sys.argv[1]); assert m.C_Initialize(None) == 0"
        done = run(sys.executable, "-c", code, str(MODULE), env=self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_maps_no_cryptographic_library_but_vallum_s(self):
        code = ("import ctypes, sys; m = ctypes.CDLL(sys.argv[1]); assert m.C_Initialize(None) == 0\n"
                "print(open('/proc/self/maps').read())")
        done = run(sys.executable, "-S", "-c", code, str(MODULE), env=self.environment)
        found = set(re.findall(r"/(lib(?:crypto|ssl|gcrypt|nettle|softokn)[^/\s]*)", done.stdout))
        self.assertEqual(found, {"libcrypto-vallum.so.3", "libssl-vallum.so.3"})

    def test_a_broken_configuration_fails_and_says_nothing_on_the_terminal(self):
        broken = self.folder / "broken.toml"
        broken.write_text("colour = 1\n")
        module = ctypes.CDLL(str(MODULE))
        os.environ["VALLUM_PKCS11"] = str(broken)
        self.assertEqual(module.C_Initialize(None), 5)  # CKR_GENERAL_ERROR


if __name__ == "__main__":
    unittest.main()
