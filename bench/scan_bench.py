#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The inspector against reading the same files, unpacking the same image, and a general-purpose peer.

The best of several turns, sides taking turns, caches warm. Usage:

    scan_bench.py [--bin build/bench/bin] [--tree /usr] [--peer node_modules/.bin/cbom]
                  [--peer-tree FOLDER] [--out bench/results/NAME]
"""

import argparse
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
import time

from results import Table

ROOT = pathlib.Path(__file__).resolve().parent.parent
TURNS = 3
IMAGE_BYTES = 1 << 30
PEER_SECONDS = 600
CONFIG = b'{"os": "linux", "architecture": "amd64", "config": {}}'


@dataclasses.dataclass
class Run:
    seconds: float
    cpu: float
    mebibytes: float
    code: int

    def __str__(self):
        return f"{self.seconds:.1f} s, {self.cpu:.1f} s of CPU, {self.mebibytes:.0f} MiB"


def measure(command, output):
    """One run of a command, with what the kernel counted for it and its children."""
    with open(output, "wb") as to, open(os.devnull, "wb") as nowhere:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=to, stderr=nowhere)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return Run(time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
                   child.returncode)


def best_of(commands):
    """The quickest run of each command; they take turns, after one turn that warms the caches."""
    best = {}
    for turn in range(TURNS + 1):
        for name, (command, output) in commands.items():
            run = measure(command, output)
            if run.code != 0:
                raise SystemExit(f"exit {run.code}: {' '.join(command)}")
            if turn > 0 and (name not in best or run.seconds < best[name].seconds):
                best[name] = run
    return best


def scan_command(binaries, target):
    return [str(binaries / "vallum"), "--json", "scan", str(target), "--fail-on", "never",
            "--allow-unknown"]


def add_tree(table, binaries, tree, scratch):
    report = scratch / "tree.json"
    read = ["sh", "-c", 'find "$0" -type f -exec cat {} +', str(tree)]
    best = best_of({"scan": (scan_command(binaries, tree), report), "cat": (read, os.devnull)})
    scan, cat = best["scan"], best["cat"]
    found = json.loads(report.read_text())
    coverage = found["coverage"]
    files = f"{sum(coverage['files'].values()):,} files with those in archives"
    elf = f"{coverage['files']['elf']:,} ELF, {len(found['findings'])} findings"
    table.row(f"scan of {tree}", f"{scan.seconds:.1f} s", "5 s", f"{scan}; {files}, {elf}")
    table.row(f"scan of {tree}: memory", f"{scan.mebibytes:.0f} MiB", "256 MiB", "at its highest")
    table.row(f"scan of {tree} / find with cat", f"{scan.seconds / cat.seconds:.2f} x", "1.5 x",
              f"{scan.seconds:.1f} s / {cat.seconds:.1f} s; CPU {scan.cpu:.1f} s / {cat.cpu:.1f} s")


def some_files(tree):
    """Names of files of `tree`, until they come to the size of the image."""
    left = IMAGE_BYTES
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            size = os.lstat(path).st_size if not os.path.islink(path) else 0
            if 0 < size <= left:
                left -= size
                yield path


def make_image(tree, scratch):
    """`docker save`'s form with one layer, compressed as a whole."""
    names = scratch / "names"
    names.write_text("\n".join(some_files(tree)) + "\n")
    image = scratch / "image"
    image.mkdir()
    subprocess.run(["tar", "-cf", image / "layer.tar", "-P", "--transform", "s,^/,,", "-T", names],
                   check=True)
    (image / "config.json").write_bytes(CONFIG)
    (image / "manifest.json").write_text(
        json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]))
    packed = scratch / "image.tar.gz"
    with open(packed, "wb") as to:
        tar = subprocess.Popen(["tar", "-C", image, "-cf", "-", "manifest.json", "config.json",
                                "layer.tar"], stdout=subprocess.PIPE)
        subprocess.run(["gzip", "-6"], stdin=tar.stdout, stdout=to, check=True)
        tar.stdout.close()
        if tar.wait() != 0:
            raise SystemExit("tar could not write the image")
    (image / "layer.tar").unlink()
    return packed


def add_image(table, binaries, tree, scratch):
    packed = make_image(tree, scratch)
    best = best_of({"scan": (scan_command(binaries, packed), scratch / "image.json"),
                    "gzip": (["gzip", "-dc", str(packed)], os.devnull)})
    scan, unpack = best["scan"], best["gzip"]
    table.row("scan of an image of 1 GB (.tar.gz) / gzip -dc", f"{scan.seconds / unpack.seconds:.2f} x",
              "1.5 x", f"{scan.seconds:.1f} s / {unpack.seconds:.1f} s; CPU {scan.cpu:.1f} s / "
              f"{unpack.cpu:.1f} s; {scan.mebibytes:.0f} MiB")


def assets_of(bom):
    try:
        components = json.loads(bom.read_text()).get("components", [])
    except (OSError, ValueError):
        return "no result"
    crypto = sum(one.get("type") == "cryptographic-asset" for one in components)
    return f"{len(components)} components, {crypto} cryptographic assets"


def add_peer(table, binaries, peer, tree, scratch):
    report = scratch / "peer-scan.json"
    ours = measure(scan_command(binaries, tree), report)
    bom = scratch / "peer.json"
    theirs = measure(["timeout", str(PEER_SECONDS), str(peer), "-t", "js", "-r", "--no-install-deps",
                      "-o", str(bom), str(tree)], os.devnull)
    found = json.loads(report.read_text())
    name = "an npm tree" if tree == peer.absolute().parents[2] else str(tree)
    table.row(f"{name}: vallum scan", f"{ours.seconds:.1f} s", "-",
              f"{ours}; {len(found['findings'])} findings, {len(found['files'])} files with facts")
    table.row(f"{name}: cdxgen in its crypto mode", f"{theirs.seconds:.1f} s", "-",
              f"{theirs}; exit {theirs.code}; {assets_of(bom)}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bench/bin")
    options.add_argument("--tree", type=pathlib.Path, default=pathlib.Path("/usr"))
    options.add_argument("--peer", type=pathlib.Path, help="cdxgen's cbom, when it is installed")
    options.add_argument("--peer-tree", type=pathlib.Path, help="what it reads; its own packages if not given")
    options.add_argument("--out", type=pathlib.Path)
    chosen = options.parse_args()
    table = Table("The inspector; wall time of the best of three turns, sides taking turns, caches "
                  f"warm. Load average at the start: {os.getloadavg()[0]:.1f}.")
    with tempfile.TemporaryDirectory(prefix="vallum-scan-bench-", dir="/var/tmp") as folder:
        scratch = pathlib.Path(folder)
        add_tree(table, chosen.bin, chosen.tree, scratch)
        add_image(table, chosen.bin, chosen.tree, scratch)
        if chosen.peer:
            own = chosen.peer.absolute().parents[2]
            add_peer(table, chosen.bin, chosen.peer, chosen.peer_tree or own, scratch)
    if chosen.out:
        table.write(chosen.out)


if __name__ == "__main__":
    main()
