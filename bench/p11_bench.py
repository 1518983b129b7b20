#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The embedded token beside the bare provider and beside SoftHSM2, as ratios of one run. Usage:

    p11_bench.py [--bin build/bench/bin] [--fast build/fast/bin] [--objects N] [--out bench/results/NAME]
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

from module_bench import bare
from results import Table

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOFTHSM = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
STARTS = 11


def run(binaries, library, environment, *arguments):
    done = subprocess.run([binaries / "vallum-p11-bench", library, *arguments], check=True,
                          capture_output=True, text=True, env=dict(os.environ, **environment))
    return json.loads(done.stdout)


def ours(binaries, folder, name):
    return binaries.parent / "lib/libvallum-pkcs11.so", {"VALLUM_PKCS11": str(folder / f"{name}.db")}


def softhsm(folder):
    tokens = folder / "softhsm"
    tokens.mkdir()
    (folder / "softhsm.conf").write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    return SOFTHSM, {"SOFTHSM2_CONF": str(folder / "softhsm.conf")}


def starts(binaries, library, environment):
    return statistics.median(run(binaries, library, environment, "start")["start_ms"] for _ in range(STARTS))


def against_provider(table, figures, provider):
    for name, bare_name, what, limit in (
            ("ecdsa_p256_us", "ecdsa_p256_sign_us", "ECDSA P-256 sign", "0.95 x"),
            ("rsa_2048_us", "rsa_2048_pss_sign_us", "RSA-2048 sign (bare: PSS)", "0.95 x")):
        table.row(f"{what}: bare provider / PKCS #11", f"{provider[bare_name] / figures[name]:.3f} x", limit,
                  f"{provider[bare_name]:.2f} us / {figures[name]:.2f} us")
    table.row("ECDSA P-256 sign: two threads / one",
              f"{2 * figures['ecdsa_p256_us'] / figures['ecdsa_p256_two_us']:.2f} x", "1.85 x",
              f"CPU for a call: {figures['ecdsa_p256_us']:.2f} us alone, "
              f"{figures['ecdsa_p256_two_us']:.2f} us side by side")


def against_softhsm(table, figures, other, objects):
    for name, what, limit in (("ecdsa_p256_us", "ECDSA P-256 sign", "4 x"),
                              ("rsa_2048_us", "RSA-2048 sign", "2.4 x"),
                              ("gcm_64_us", "AES-256-GCM 64 B", "15 x"),
                              ("create_us", "AES token key made", "10 x"),
                              ("find_us", f"find by label among {objects} objects", "100 x")):
        table.row(f"{what}: SoftHSM2 / Vallum", f"{other[name] / figures[name]:.1f} x", limit,
                  f"{other[name]:.1f} us / {figures[name]:.1f} us")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bench/bin")
    parser.add_argument("--fast", type=pathlib.Path, help="a build on the fast provider")
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    binaries = arguments.bin.resolve()
    table = Table("PKCS #11: operations in CPU time of the calling thread, the best of five turns; creation, "
                  "finding and starting in wall time. SoftHSM2 is Debian's, on the same disk; it does not "
                  "sync what it writes.")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        library, environment = ours(binaries, folder, "token")
        figures = run(binaries, library, environment, "run", str(arguments.objects))
        against_provider(table, figures, bare(binaries))
        other = run(binaries, *softhsm(folder), "run", str(arguments.objects))
        against_softhsm(table, figures, other, arguments.objects)
        table.row(f"find by label among {arguments.objects} objects, slowest of 51",
                  f"{figures['find_slowest_us']:.1f} us", "100 us", "")
        table.row(f"open a token of {arguments.objects} objects: dlopen to logged in",
                  f"{starts(binaries, library, environment):.1f} ms", "-", f"median of {STARTS}")
        library, environment = ours(binaries, folder, "small")
        run(binaries, library, environment, "run", "1")
        load = statistics.median(bare(binaries, "--load-only")["provider_load_ms"] for _ in range(STARTS))
        ready = starts(binaries, library, environment)
        table.row("dlopen to logged in / bare provider's load", f"{ready / load:.2f} x", "1.3 x",
                  f"{ready:.1f} ms / {load:.1f} ms")
    if arguments.out:
        table.write(arguments.out.with_name(arguments.out.name + "-pkcs11.md"))


if __name__ == "__main__":
    main()
