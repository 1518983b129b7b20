#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the module's promises need minutes to show: soak.py [--minutes N] [--out FILE]

Runs vallum-soak's scenarios one after another, kills a process that encrypts, measures starts, and
prints a table; --out also writes it as Markdown. Exit code 0: nothing was wrong.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STARTS = 50
# Shares of the time; the ten million IVs take as long as they take.
SHARES = {"mixed": 0.35, "self-tests": 0.25, "periodic": 0.15, "zeroisations": 0.1, "kills": 0.15}


class Soak:
    def __init__(self, build, seconds):
        self.program, self.lib = build / "tests/vallum-soak", build / "lib"
        self.seconds = seconds
        self.rows, self.wrong = [], 0

    def command(self, scenario, seconds, *more):
        return [self.program, self.lib, scenario, str(max(1, round(seconds))), *more]

    def scenario(self, name, seconds, *more):
        done = subprocess.run(self.command(name, seconds, *more), capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{name}: exit code {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def row(self, what, seconds, figures):
        wrong = figures.pop("wrong")
        self.wrong += wrong
        counts = ", ".join(f"{count:,} {name}" for name, count in figures.items())
        self.rows.append((what, f"{seconds:.0f} s", counts, wrong))
        print(f"{what:<44} {seconds:5.0f} s  wrong: {wrong}  {counts}", flush=True)

    def timed(self, what, name):
        begin = time.monotonic()
        figures = self.scenario(name, self.seconds * SHARES.get(name, 0.1))
        self.row(what, time.monotonic() - begin, figures)

    def kills(self):
        begin, count, ivs, wrong = time.monotonic(), 0, 0, 0
        while time.monotonic() - begin < self.seconds * SHARES["kills"]:
            with tempfile.TemporaryDirectory(prefix="vallum-soak-") as folder:
                used, more = self.kill_once(pathlib.Path(folder))
            count, ivs, wrong = count + 1, ivs + used, wrong + more
        self.row("killed while it encrypts", time.monotonic() - begin,
                 {"wrong": wrong, "kills": count, "IVs within what was reserved": ivs})

    def kill_once(self, folder):
        note = folder / "reserved"
        process = subprocess.Popen(self.command("until-killed", 1, note), stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.0, 0.6))
        process.send_signal(signal.SIGKILL)
        ended_itself = process.wait() != -signal.SIGKILL
        content = (folder / "reserved.ivs").read_bytes() if (folder / "reserved.ivs").exists() else b""
        ivs = [content[i:i + 12] for i in range(0, len(content) - 11, 12)]
        reserved = int(note.read_text()) if note.exists() else 0
        return len(ivs), ended_itself + (len(ivs) > reserved) + (len(set(ivs)) != len(ivs))

    def ready(self):
        begin = time.monotonic()
        runs = [self.scenario("ready", 1) for _ in range(STARTS)]
        taken = sorted(run["microseconds"] for run in runs)
        self.row("time to operational, a process each", time.monotonic() - begin,
                 {"wrong": sum(run["wrong"] for run in runs), "starts": STARTS,
                  "us p50": round(statistics.median(taken)), "us p95": taken[int(STARTS * 0.95) - 1]})

    def run(self):
        self.ready()
        self.timed("ten million IVs of one key, over restarts", "ivs")
        self.timed("mixed operations on 16 threads", "mixed")
        self.timed("services against self-tests", "self-tests")
        self.timed("periodic self-tests under load", "periodic")
        self.timed("services against zeroisations", "zeroisations")
        self.kills()


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return platform.machine()


def markdown(soak, minutes):
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    lines = [f"# ./dev soak {minutes:g}, {datetime.date.today()}", "",
             f"{os.cpu_count()} processors ({processor()}), {system}, release build of {commit.stdout.strip()}.", "",
             "| what | time | counts | wrong |", "| --- | ---: | --- | ---: |"]
    lines += [f"| {what} | {taken} | {counts} | {wrong} |" for what, taken, counts, wrong in soak.rows]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    soak = Soak(options.build.resolve(), options.minutes * 60)
    soak.run()
    if options.out:
        options.out.write_text(markdown(soak, options.minutes))
    print(f"soak: {soak.wrong} wrong")
    sys.exit(1 if soak.wrong else 0)


if __name__ == "__main__":
    main()
