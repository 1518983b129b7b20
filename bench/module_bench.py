#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The module against the bare provider, as ratios of one run.

CPU time of the calling thread, the best of many short turns, sides taking turns. Usage:

    module_bench.py [--bin build/bench/bin] [--fast build/fast/bin] [--out bench/results/NAME]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tomllib

from results import Table

ROOT = pathlib.Path(__file__).resolve().parent.parent
STARTS = 21


def library(binaries):
    return binaries.parent / "lib" / "vallum"


def run_json(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def bare(binaries, *options):
    profile = tomllib.loads((library(binaries) / "fips-profile.toml").read_text())
    return run_json(binaries / "vallum-bare", library(binaries) / "fips.so", profile["module_mac"],
                    *options)


def pair_row(table, what, figures, limit):
    table.row(f"{what}: door / bare provider", f"{figures['door'] / figures['bare']:.3f} x", limit,
              f"{figures['door']:.3f} us / {figures['bare']:.3f} us")


def gcm_row(table, what, figures, limit):
    table.row(f"{what}: door / bare provider, IV made inside",
              f"{figures['door'] / figures['bare']:.3f} x", limit,
              f"{figures['door']:.3f} us / {figures['bare']:.3f} us; bare with each IV drawn anew: "
              f"{figures['drawn_iv']:.3f} us; with a caller's IV, which is not approved: "
              f"{figures['callers_iv']:.3f} us")


def operations(table, binaries):
    figures = run_json(binaries / "vallum-module-bench", library(binaries))
    gcm_row(table, "AES-256-GCM 1 KiB", figures["gcm_1024"], "1.05 x")
    gcm_row(table, "AES-256-GCM 64 B", figures["gcm_64"], "-")
    table.row("AES-256-GCM 64 B encryptions a second of one core",
              f"{1 / figures['gcm_64']['door']:.2f} M", "1.5 M", "IV made inside")
    pair_row(table, "ECDSA P-256 sign", figures["p256_sign"], "1.01 x")
    pair_row(table, "SHA-256 1 KiB", figures["sha256_1024"], "-")
    for name, what in (("p256_sign", "ECDSA P-256 sign"), ("gcm_64", "AES-256-GCM 64 B"),
                       ("sha256_1024", "SHA-256 1 KiB")):
        one, two = (figures[f"threads_{name}"][count] for count in ("one", "two"))
        table.row(f"{what}: two threads / one", f"{2 * one / two:.2f} x", "1.85 x",
                  f"CPU for a call: {one:.3f} us alone, {two:.3f} us side by side")


# Requirement: startup
def starts(table, what, binaries, limit_ratio, limit_ms):
    door, provider = [], []
    for _ in range(STARTS):
        door.append(run_json(binaries / "vallum-module-bench", library(binaries), "ready"))
        provider.append(bare(binaries, "--load-only")["provider_load_ms"])
    ready = statistics.median(run["ready_ms"] for run in door)
    load = statistics.median(provider)
    table.row(f"{what}: ready / bare provider's load", f"{ready / load:.2f} x", limit_ratio,
              f"{ready:.1f} ms / {load:.1f} ms, medians of {STARTS}")
    if limit_ms:
        table.row(f"{what}: ready", f"{ready:.1f} ms", limit_ms, "")


def wiping(table, binaries):
    plain, wiped = bare(binaries), bare(binaries, "--wipe")
    plain = {name: min(value, again) for (name, value), again in
             zip(plain.items(), bare(binaries).values())}
    wiped = {name: min(value, again) for (name, value), again in
             zip(wiped.items(), bare(binaries, "--wipe").values())}
    for name, what in (("ecdsa_p256_sign_us", "ECDSA P-256 sign"),
                       ("rsa_2048_pss_sign_us", "RSA-2048 PSS sign"),
                       ("aes_256_gcm_1k_us", "AES-256-GCM 1 KiB")):
        table.row(f"{what}: wiping allocator / libcrypto's own",
                  f"{wiped[name] / plain[name]:.3f} x", "1.03 x",
                  f"{wiped[name]:.3f} us / {plain[name]:.3f} us")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "bench" / "bin")
    parser.add_argument("--fast", type=pathlib.Path, help="a build on the fast provider")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    table = Table("The module against the bare provider; CPU time of the calling thread.")
    operations(table, arguments.bin.resolve())
    starts(table, "Start", arguments.bin.resolve(), "1.25 x", None)
    if arguments.fast:
        starts(table, "Start, fast provider", arguments.fast.resolve(), "-", "40 ms")
    wiping(table, arguments.bin.resolve())
    if arguments.out:
        table.write(arguments.out.with_name(arguments.out.name + "-module.md"))


if __name__ == "__main__":
    main()
