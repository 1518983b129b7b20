#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs text scripts of `vallum` commands against a real vallumd: script_test.py BIN SCRIPT

In a script, after lines of comment (#), each step is a shell command and what it must do:
  $ COMMAND    in an empty folder, with `vallum` in the path and the profile of "admin"
  ? CODE       its exit code; 0 when there is no such line
  > TEXT       a line of standard output holds TEXT; several in this order
  ! TEXT       standard error holds TEXT
  - TEXT       neither holds TEXT
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

START_SECONDS = 60
COMMAND_SECONDS = 120


def parse(path):
    steps = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        mark, text = line[0], line[2:]
        if mark == "$":
            steps.append({"line": number, "command": text, "code": 0, ">": [], "!": [], "-": []})
        elif not steps or line[1:2] != " " or mark not in "?>!-":
            raise SystemExit(f"{path}:{number}: not understood: {line}")
        elif mark == "?":
            steps[-1]["code"] = int(text)
        else:
            steps[-1][mark].append(text)
    return steps


def problem_of(step, done):
    if done.returncode != step["code"]:
        return f"exit code {done.returncode} instead of {step['code']}"
    lines = iter(done.stdout.splitlines())
    for text in step[">"]:
        if not any(text in line for line in lines):
            return f"standard output lacks, or has out of order: {text}"
    for text in step["!"]:
        if text not in done.stderr:
            return f"standard error lacks: {text}"
    for text in step["-"]:
        if text in done.stdout + done.stderr:
            return f"the output has: {text}"
    if done.returncode != 0 and "vallum: " in done.stderr and done.stderr.count("\n") != 1:
        return "the error is not one line"
    return None


def start_server(binaries, folder):
    config = folder / "vallumd.toml"
    config.write_text("[server]\nport = 0\n", encoding="utf-8")
    log = open(folder / "vallumd.log", "w", encoding="utf-8")
    port_file = folder / "port"
    server = subprocess.Popen(
        [binaries / "vallumd", "--config", config, "--data", folder / "data", "--port-file", port_file],
        stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while not (port_file.exists() and port_file.read_text(encoding="utf-8")):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise SystemExit("vallumd did not start:\n" + (folder / "vallumd.log").read_text(encoding="utf-8"))
        time.sleep(0.02)
    return server


def run_steps(script, folder, environment):
    for step in parse(script):
        try:
            done = subprocess.run(["bash", "-c", step["command"]], cwd=folder / "work", env=environment,
                                  capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  timeout=COMMAND_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return f"{script.name}:{step['line']}: still running after {COMMAND_SECONDS} s: {step['command']}"
        problem = problem_of(step, done)
        if problem:
            return (f"{script.name}:{step['line']}: {problem}\n$ {step['command']}\n"
                    f"--- standard output\n{done.stdout}--- standard error\n{done.stderr}")
    return None


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    script = pathlib.Path(sys.argv[2]).resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vallum-cli-"))
    (folder / "work").mkdir()
    server = start_server(binaries, folder)
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8",
                   "VALLUM_PROFILE": str(folder / "data/client/admin"), "DATA": str(folder / "data"),
                   "SERVER_PID": str(server.pid)}
    try:
        problem = run_steps(script, folder, environment)
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=60)
        if code != 0:
            print(f"vallumd ended with code {code}:", (folder / "vallumd.log").read_text(encoding="utf-8"))
        shutil.rmtree(folder, ignore_errors=True)
    if problem:
        print(problem)
    return 1 if problem or code != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
