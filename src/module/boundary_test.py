#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sealed boundary as files: boundary_test.py BUILD_FOLDER [unittest arguments]

Copies of bin/ and lib/ are damaged, stripped and moved; integrity_probe says whether the module in them starts.
VALLUM_FLIPS is the number of bits flipped in each segment (200).
"""
import collections
import concurrent.futures
import hashlib
import hmac
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

BUILD = pathlib.Path()
HERE = pathlib.Path(__file__).resolve().parent
MODULE, LIBCRYPTO, PROVIDER = "libvallum.so", "libcrypto-vallum.so.3", "vallum/fips.so"
OBJECTS = (MODULE, LIBCRYPTO, PROVIDER)
PROFILE = "vallum/fips-profile.toml"
FLIPS = int(os.environ.get("VALLUM_FLIPS", "200"))
MISMATCH, UNREADABLE, UNSEALED = "integrity:mismatch", "integrity:unreadable", "integrity:unsealed"

ELF_HEADER = 64
SLOT_MAGIC = b"VALLUM-INTEGRITY" + struct.pack(">I", 1)
SLOT_SIZE, FIRST_ENTRY, ENTRY_SIZE, MAC_SIZE = 576, 32, 64, 32
KEY = b"vallum integrity: detects change"
DOMAIN = b"Vallum integrity manifest, version 1"


def load_headers(content):
    """(flags, offset, address, size) of each PT_LOAD."""
    start, = struct.unpack_from("<Q", content, 32)
    count, = struct.unpack_from("<H", content, 56)
    for i in range(count):
        kind, flags, offset, address, _, size = struct.unpack_from("<IIQQQQ", content, start + 56 * i)
        if kind == 1:
            yield flags, offset, address, size


def covered(content):
    return [header for header in load_headers(content) if not header[0] & 2]


def checksum(content):
    value = 0
    for flags, offset, address, size in covered(content):
        data = bytearray(content[offset:offset + size])
        if offset == 0:
            data[40:48] = bytes(8)
            data[60:64] = bytes(4)
        value = zlib.crc32(data, zlib.crc32(struct.pack(">QQI", address, size, flags), value))
    return value


class Tree:
    """A copy of the boundary, of vallum-seal and of the probe."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="vallum-boundary-")
        self.root = pathlib.Path(self.folder.name)
        self.lib = self.root / "lib"
        (self.root / "bin").mkdir()
        (self.lib / "vallum").mkdir(parents=True)
        for name in OBJECTS + (PROFILE,):
            shutil.copy(BUILD / "lib" / name, self.lib / name)
        for name in ("bin/vallum-seal", "tests/integrity_probe"):
            shutil.copy(BUILD / name, self.root / "bin")

    def __del__(self):
        self.folder.cleanup()

    def path(self, name):
        return self.lib / name

    def probe(self, *arguments, **environment):
        env = {**os.environ, **environment}
        command = [self.root / "bin/integrity_probe", self.lib, *arguments]
        return subprocess.run(command, capture_output=True, text=True, errors="replace", env=env, timeout=60)

    def probe_in_container(self, prepare, *arguments):
        """The probe in a mount namespace whose /proc/sys is empty but for what `prepare` puts there."""
        script = f'mount -t tmpfs none /proc/sys && {prepare} && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, "sh", self.root / "bin/integrity_probe", self.lib, *arguments]
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)

    def seal(self, verb, *options):
        command = [self.root / "bin/vallum-seal", verb, *options, *map(self.path, OBJECTS)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def flip(self, name, at, bit):
        with open(self.path(name), "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1 << bit]))

    def accept_checksum(self, name):
        """Makes every check accept the damaged file that is not the MAC of its segments."""
        content = self.path(name).read_bytes()
        if name == PROVIDER:
            version = next(line.split('"')[1] for line in self.path(PROFILE).read_text().splitlines()
                           if line.startswith("version"))
            subprocess.run([sys.executable, HERE.parent / "module/make_profile.py", self.path(name),
                            "damaged", version, "none", self.path(PROFILE)], check=True)
        library = bytearray(self.path(MODULE).read_bytes())
        slot = library.index(SLOT_MAGIC)
        struct.pack_into(">I", library, slot + FIRST_ENTRY + ENTRY_SIZE * OBJECTS.index(name) + 28,
                         checksum(content))
        end = slot + SLOT_SIZE
        parts = (DOMAIN, bytes(library[slot:end - MAC_SIZE]))
        text = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
        library[end - MAC_SIZE:end] = hmac.digest(KEY, text, hashlib.sha256)
        self.path(MODULE).write_bytes(library)


def outcome(tree, *arguments):
    try:
        run = tree.probe(*arguments)
    except subprocess.TimeoutExpired:
        return "hung"
    if run.returncode < 0:
        return "ended by a signal"
    if run.returncode == 3:
        cause = run.stderr.split(": ")[0]
        return cause if cause.startswith("integrity:") else "refused otherwise"
    return "STARTED" if run.returncode == 0 else "not loaded"


def random_bits(name, segment, count):
    _, offset, _, size = segment
    source = random.Random(f"{name} {offset}")
    first = ELF_HEADER if offset == 0 else offset
    return [(source.randrange(first, offset + size), source.randrange(8)) for _ in range(count)]


def flip_each(job):
    """Flips one bit after another, each in an otherwise good tree."""
    name, bits, fix_checksum = job
    tree = Tree()
    good = {path: tree.path(path).read_bytes() for path in (name, MODULE, PROFILE)}
    outcomes = collections.Counter()
    for at, bit in bits:
        tree.flip(name, at, bit)
        if fix_checksum:
            tree.accept_checksum(name)
            outcomes[outcome(tree)] += 1
            for path, content in good.items():
                tree.path(path).write_bytes(content)
        else:
            outcomes[outcome(tree)] += 1
            tree.flip(name, at, bit)
    return outcomes


class FlippedBits(unittest.TestCase):
    def flip_all(self, count, fix_checksum):
        jobs = []
        for name in OBJECTS:
            for segment in covered((BUILD / "lib" / name).read_bytes()):
                jobs.append((name, random_bits(name, segment, count), fix_checksum))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(flip_each, jobs))
        for (name, _, _), outcomes in zip(jobs, results):
            print(f"  {name}: {dict(outcomes)}", flush=True)
        return jobs, results

    # Requirement: bitflip
    def test_each_flipped_bit_stops_the_module(self):
        jobs, results = self.flip_all(FLIPS, fix_checksum=False)
        self.assertEqual(len(jobs), 9)
        for (name, _, _), outcomes in zip(jobs, results):
            self.assertEqual(outcomes["STARTED"], 0, name)
            self.assertEqual(sum(outcomes.values()), FLIPS)
        # The rest ends in the dynamic linker, or in the code that would have looked.
        total = sum(results, collections.Counter())
        self.assertGreater(total[MISMATCH], 0.9 * total.total(), total)

    # Requirement: bitflip
    def test_the_macs_alone_stop_it_too(self):
        _, results = self.flip_all(max(1, FLIPS // 20), fix_checksum=True)
        total = sum(results, collections.Counter())
        self.assertEqual(total["STARTED"], 0, total)
        self.assertGreater(total[MISMATCH], 0.6 * total.total(), total)

    # Requirement: strip-safe
    def test_what_is_not_loaded_does_not_count(self):
        tree = Tree()
        for name in (MODULE, LIBCRYPTO):
            content = tree.path(name).read_bytes()
            end = max(offset + size for _, offset, _, size in load_headers(content))
            self.assertLess(end, len(content) - 1000)
            for _ in range(FLIPS):
                tree.flip(name, random.randrange(end, len(content)), random.randrange(8))
        self.assertEqual(outcome(tree), "STARTED")


class Seals(unittest.TestCase):
    # Requirement: strip-safe
    def test_stripped_after_sealing_it_runs_and_has_the_same_macs(self):
        plain = Tree().probe()
        self.assertEqual(plain.returncode, 0, plain.stderr)
        strips = [path for path in map(shutil.which, ("strip", "llvm-strip")) if path]
        self.assertTrue(strips)
        for strip in strips:
            tree = Tree()
            for name in (MODULE, LIBCRYPTO):
                size = tree.path(name).stat().st_size
                subprocess.run([strip, tree.path(name)], check=True)
                self.assertLess(tree.path(name).stat().st_size, size)
            stripped = tree.probe()
            self.assertEqual((stripped.returncode, stripped.stdout), (0, plain.stdout), strip + stripped.stderr)
            self.assertEqual(tree.seal("verify").returncode, 0)

    # Requirement: strip-safe
    def test_two_seals_are_identical(self):
        seals = set()
        for _ in range(2):
            tree = Tree()
            self.assertEqual(tree.seal("sign").returncode, 0)
            seals.add(tree.path(MODULE).read_bytes())
        self.assertEqual(seals, {(BUILD / "lib" / MODULE).read_bytes()})

    def test_the_module_says_the_macs_that_the_tool_shows(self):
        tree = Tree()
        shown = json.loads(tree.seal("show", "--json").stdout)
        said = [line.split()[1:] for line in tree.probe().stdout.splitlines() if line.startswith("object ")]
        self.assertEqual(said, [[entry["name"], entry["mac"]] for entry in shown["manifest"]])
        self.assertEqual(len(said), 3)
        for file in shown["files"]:
            self.assertGreater(file["covered_percent"], 90)

    def test_a_library_that_was_never_sealed_is_refused(self):
        tree = Tree()
        content = bytearray(tree.path(MODULE).read_bytes())
        slot = content.index(SLOT_MAGIC)
        content[slot + 16:slot + SLOT_SIZE] = bytes(SLOT_SIZE - 16)
        tree.path(MODULE).write_bytes(content)
        self.assertEqual(outcome(tree), UNSEALED)
        self.assertEqual(outcome(tree, "log"), UNSEALED)
        self.assertEqual(tree.seal("verify").returncode, 1)
        self.assertEqual(tree.seal("sign").returncode, 0)
        self.assertEqual(outcome(tree), "STARTED")

    def test_a_build_without_a_seal_says_so_and_refuses_policy_only(self):
        tree = Tree()
        shutil.copy(BUILD / "tests/unsealed/libvallum.so", tree.path(MODULE))
        refused = tree.probe("only")
        self.assertEqual(refused.returncode, 3)
        self.assertIn("VALLUM_SEAL=OFF", refused.stderr)
        lax = tree.probe("on")
        self.assertEqual(lax.returncode, 0, lax.stderr)
        self.assertRegex(lax.stdout, r"(?m)^version \S+\+unsealed$")
        self.assertIn("sealed false\n", lax.stdout)

    def test_usage_is_told_from_an_answer(self):
        tree = Tree()
        self.assertEqual(tree.seal("verify").returncode, 0)
        self.assertEqual(tree.seal("destroy").returncode, 2)
        tree.path(LIBCRYPTO).unlink()
        self.assertNotEqual(tree.seal("show").returncode, 0)


class Surroundings(unittest.TestCase):
    # Requirement: env-hostile
    def test_the_environment_changes_nothing(self):
        tree = Tree()
        plain = tree.probe()
        self.assertEqual(plain.returncode, 0, plain.stderr)
        junk = tree.root / "junk"
        junk.mkdir()
        (junk / "openssl.cnf").write_text("openssl_conf = x\n[x]\nproviders = y\n[y]\ndefault = z\n[z]\nactivate = 1\n")
        for name in ("libcrypto.so.3", "fips.so", "default.so", "libssl.so.3"):
            (junk / name).write_text("junk")
        hostile = {"OPENSSL_CONF": str(junk / "openssl.cnf"), "OPENSSL_MODULES": str(junk),
                   "OPENSSL_ENGINES": str(junk), "OPENSSL_CONF_INCLUDE": str(junk), "SSL_CERT_DIR": str(junk),
                   "LD_LIBRARY_PATH": str(junk), "OPENSSL_ia32cap": "~0x200000200000000", "LD_BIND_NOW": "",
                   "OPENSSL_FIPS": "0", "RANDFILE": "/dev/zero"}
        for setting in [hostile] + [{name: value} for name, value in hostile.items()]:
            run = tree.probe(**setting)
            self.assertEqual((run.returncode, run.stdout), (0, plain.stdout), (setting, run.stderr))

    # Requirement: env-hostile
    def test_another_libcrypto_in_the_library_path_is_found(self):
        tree = Tree()
        junk = tree.root / "junk"
        junk.mkdir()
        shutil.copy(tree.path(LIBCRYPTO), junk)
        self.assertEqual(tree.probe(LD_LIBRARY_PATH=str(junk)).returncode, 0)
        content = bytearray(tree.path(LIBCRYPTO).read_bytes())
        _, offset, _, size = covered(content)[2]
        content[offset + size - 10] ^= 1
        (junk / LIBCRYPTO).write_bytes(content)
        run = tree.probe(LD_LIBRARY_PATH=str(junk))
        self.assertEqual(run.returncode, 3)
        self.assertTrue(run.stderr.startswith(f"{MISMATCH}: "), run.stderr)
        self.assertIn(LIBCRYPTO, run.stderr)

    # Requirement: coexist
    def test_the_machines_own_libcrypto_in_the_process_changes_nothing(self):
        found = subprocess.run(["sh", "-c", "ldconfig -p | sed -n 's/.*libcrypto.so.3 .*=> //p' | head -n 1"],
                               check=True, capture_output=True, text=True).stdout.strip()
        self.assertTrue(found, "this machine has no libcrypto.so.3")
        tree = Tree()
        plain, preloaded = tree.probe(), tree.probe(LD_PRELOAD=found)
        self.assertEqual((preloaded.returncode, preloaded.stdout), (0, plain.stdout), preloaded.stderr)
        for environment in ({}, {"LD_PRELOAD": found}):
            beside = tree.probe("only", "beside", found, **environment)
            self.assertEqual(beside.returncode, 0, beside.stderr)
            said, _, host = beside.stdout.partition("beside ")
            self.assertEqual(said, plain.stdout)
            self.assertRegex(host, r"^OpenSSL 3\.")

    # Requirement: coexist
    def test_a_kernel_in_fips_mode_is_reported_and_changes_nothing(self):
        tree = Tree()
        plain = tree.probe()
        for flag, line, more in (("1", "kernel in FIPS mode\n", ()), ("0", "", ()),
                                 ("1", "kernel in FIPS mode\n", ("only", "jitter"))):
            fake = f"mkdir -p /proc/sys/crypto && echo {flag} > /proc/sys/crypto/fips_enabled"
            run = tree.probe_in_container(fake, *more)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(run.stdout.replace(line, "", 1), plain.stdout)
            self.assertEqual("kernel in FIPS mode" in run.stdout, flag == "1")

    # Requirement: no-read
    def test_a_sandbox_in_which_memory_cannot_be_tested_stops_it(self):
        self.assertEqual(outcome(Tree(), "only", "deny-pipe"), UNREADABLE)

    def test_only_a_sealed_build_without_sanitizers_can_be_installed(self):
        cache = dict(line.split("=", 1) for line in (BUILD / "CMakeCache.txt").read_text().splitlines()
                     if "=" in line and not line.startswith(("#", "//")))
        installable = cache["VALLUM_SEAL:BOOL"] == "ON" and not cache["VALLUM_SANITIZE:STRING"]
        with tempfile.TemporaryDirectory() as prefix:
            run = subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], capture_output=True, text=True)
            if not installable:
                self.assertNotEqual(run.returncode, 0)
                self.assertIn("cannot be installed", run.stderr)
                return
            if "cannot find" in run.stderr:
                self.skipTest("not everything is built here")
            self.assertEqual(run.returncode, 0, run.stderr)
            sealed = pathlib.Path(prefix, "lib", MODULE).read_bytes()
            self.assertEqual(sealed, (BUILD / "lib" / MODULE).read_bytes())


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
