# SPDX-License-Identifier: Apache-2.0
"""The table that a benchmark prints as it goes and writes at its end."""
import os
import pathlib
import platform
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def describe_machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), platform.machine())
    kernel = ".".join(platform.release().split(".")[:2])
    memory = int(open("/proc/meminfo").readline().split()[1]) // (1 << 20)
    return f"{os.cpu_count()} cores ({model}), {memory} GiB, Linux {kernel}, shared"


class Table:
    def __init__(self, how):
        self.how = how
        self.rows = []

    def row(self, what, value, limit, detail):
        self.rows.append((what, value, limit, detail))
        print(f"{what:58} {value:>14}   limit {limit:>12}   {detail}", flush=True)

    def write(self, path):
        commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                                capture_output=True, text=True).stdout.strip()
        lines = ["# Benchmark results", "",
                 f"Made by `./dev bench` on {time.strftime('%Y-%m-%d')} at commit {commit or 'unknown'}.",
                 "", f"Machine: {describe_machine()}.", "", self.how, "",
                 "| what | value | limit | behind it |", "| --- | --- | --- | --- |"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        print(f"written to {path}")
