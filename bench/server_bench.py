#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed as ratios of one run: the server against the bare provider and against nginx.

Server CPU for one request is the growth of the process's user and system time, divided by the
requests answered: it does not depend on what else the machine does meanwhile. Usage:

    server_bench.py [--bin build/release/bin] [--seconds 3] [--out bench/results/NAME]
"""

import argparse
import base64
import http.client
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import tomllib

from results import Table

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    total = 0.0
    for pid in pids:
        # nanoseconds on CPU of every thread: finer than the ticks of /proc/PID/stat
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0]) / 1e9
    return total


class Run:
    def __init__(self, arguments):
        self.bin = pathlib.Path(arguments.bin).resolve()
        self.seconds = arguments.seconds
        self.table = Table("Approved mode, mutual TLS 1.3, keep-alive, audit log on. Ratios are of one run; "
                           "the\nfigures behind them move with the machine's load.")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vallum-bench-",
                                                    dir=arguments.directory))

    def start_server(self, name="server", environment=None):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        config = folder / "vallumd.toml"
        config.write_text("[server]\nport = 0\n[log]\nlevel = \"warn\"\n")
        port_file = folder / "port"
        port_file.unlink(missing_ok=True)
        self.log = open(folder / "log", "ab")
        begin = time.monotonic()
        self.server = subprocess.Popen(
            [self.bin / "vallumd", "--config", config, "--data", folder / "data", "--port-file",
             port_file], stdout=self.log, stderr=self.log, env={**os.environ, **(environment or {})})
        while not port_file.exists():
            if self.server.poll() is not None:
                sys.exit(f"vallumd did not start: {(folder / 'log').read_text()}")
            time.sleep(0.002)
        self.ready_ms = (time.monotonic() - begin) * 1e3
        self.port = int(port_file.read_text())
        self.credentials = folder / "data" / "client" / "admin"

    def stop_server(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(30)

    def load(self, target, body=None, connections=4, seconds=None, pids=None, port=None,
             credentials=None):
        """Returns (requests/s, CPU microseconds a request of `pids`, the generator's report)."""
        pids = pids or [self.server.pid]
        command = [self.bin / "vallum-load", "--port", str(port or self.port), "--credentials",
                   credentials or self.credentials, "--target", target, "--connections",
                   str(connections), "--seconds", str(seconds or self.seconds)]
        command += ["--body", json.dumps(body)] if body is not None else ["--method", "GET"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if process.stdout.readline().strip() != "ready":
            sys.exit("vallum-load did not get ready")
        before = cpu_seconds(pids)
        report = json.loads(process.stdout.readline())
        used = cpu_seconds(pids) - before
        process.wait()
        if report["failures"]:
            sys.exit(f"{target}: {report['failures']} failures")
        return report["requests"] / report["seconds"], used / report["requests"] * 1e6, report

    def command(self, *arguments):
        return subprocess.run([self.bin / "vallum", "--profile",
                               self.credentials / "client.toml", *arguments],
                              check=True, capture_output=True, text=True).stdout

    def row(self, what, value, limit, detail):
        self.table.row(what, value, limit, detail)


BATCH = 64  # keys made by one request

FSYNC_PROBE = """
import os, sys, time
seconds, count = 2.0, 0
with open(sys.argv[1], "wb") as file:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        file.write(b"x" * 512)
        file.flush()
        os.fdatasync(file.fileno())
        count += 1
print(count / seconds)
"""


def fsync_rate(folder, environment=None):
    done = subprocess.run([sys.executable, "-c", FSYNC_PROBE, folder / "fsync-probe"], check=True,
                          capture_output=True, text=True, env={**os.environ, **(environment or {})})
    return float(done.stdout)


def start_nginx(run, size):
    """A static answer of `size` bytes over the same kind of TLS: 1.3, mutual, P-256."""
    folder = run.folder / "nginx"
    (folder / "html").mkdir(parents=True)
    (folder / "html" / "answer").write_bytes(b"x" * size)
    shutil.copytree(run.credentials, folder / "client")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "server.key", "-out",
                    folder / "server.crt", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-days", "2"], check=True, capture_output=True)
    shutil.copy(folder / "server.crt", folder / "client" / "ca.crt")
    port = run.port + 1
    (folder / "nginx.conf").write_text(f"""
user root; worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log {folder}/access.log; keepalive_requests 100000000; open_file_cache max=10;
  server {{ listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.3; ssl_certificate {folder}/server.crt;
    ssl_certificate_key {folder}/server.key; ssl_client_certificate {run.credentials}/ca.crt;
    ssl_verify_client on; root {folder}/html; }} }}
""")
    process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"],
                               stderr=subprocess.DEVNULL)
    time.sleep(1)
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return process, [int(child) for child in children], port, folder / "client"


def bare_provider(run):
    library = run.bin.parent / "lib" / "vallum"
    profile = tomllib.loads((library / "fips-profile.toml").read_text())
    output = subprocess.run([run.bin / "vallum-bare", library / "fips.so",
                             profile["module_mac"]], check=True, capture_output=True, text=True)
    return json.loads(output.stdout)


def bench_operations(run, bare):
    run.command("key", "create", "p256", "--alg", "ec-p256")
    run.command("key", "create", "rsa", "--alg", "rsa-2048")
    run.command("key", "create", "gcm", "--alg", "aes-256-gcm")
    digest = base64.b64encode(b"7" * 32).decode()
    _, cpu, report = run.load("/v1/keys/p256/sign", {"digest": digest})
    run.row("ECDSA P-256 sign: server CPU / bare EVP_PKEY_sign",
            f"{cpu / bare['ecdsa_p256_sign_us']:.2f} x", "2.5 x",
            f"{cpu:.1f} us / {bare['ecdsa_p256_sign_us']:.1f} us, p99 {report['p99_us']} us")
    _, cpu, report = run.load("/v1/keys/rsa/sign",
                              {"digest": digest, "scheme": "rsa-pss-sha256"})
    run.row("RSA-2048 PSS sign: server CPU / bare EVP_PKEY_sign",
            f"{cpu / bare['rsa_2048_pss_sign_us']:.2f} x", "1.15 x",
            f"{cpu:.1f} us / {bare['rsa_2048_pss_sign_us']:.1f} us, p99 {report['p99_us']} us")
    plaintext = base64.b64encode(b"7" * 1024).decode()
    rate, cpu, report = run.load("/v1/keys/gcm/encrypt", {"plaintext": plaintext})
    run.row("AES-256-GCM encrypt 1 KiB: server CPU", f"{cpu:.1f} us", "25 us",
            f"{rate:.0f}/s, bare provider {bare['aes_256_gcm_1k_us']:.2f} us")
    batch = {"items": [{"plaintext": plaintext}] * 16}
    _, batch_cpu, _ = run.load("/v1/keys/gcm/encrypt", batch)
    run.row("AES-256-GCM encrypt 1 KiB in batches of 16: server CPU", f"{batch_cpu / 16:.1f} us",
            "-", "for one item")
    _, live, _ = run.load("/livez")
    run.row("GET /livez: server CPU", f"{live:.1f} us", "-", "TLS, HTTP and nothing else")
    return cpu


def bench_nginx(run, gcm_cpu):
    process, workers, port, credentials = start_nginx(run, 1500)
    try:
        _, cpu, _ = run.load("/answer", pids=workers, port=port, credentials=credentials)
        run.row("AES-256-GCM encrypt: server CPU / nginx static answer", f"{gcm_cpu / cpu:.2f} x",
                "-", f"{gcm_cpu:.1f} us / {cpu:.1f} us, same size of answer, access log on")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def bench_creation(run):
    shim = {"LD_PRELOAD": str(run.bin.parent / "lib" / "libvallum-slow-fsync.so")}
    for what, environment in (("", None), (", each fsync 1 ms slower", shim)):
        if environment:
            run.stop_server()
            run.start_server("server", environment)
        syncs = fsync_rate(run.folder, environment)
        for size in (1, BATCH):
            prefix = f"c{size}{'-slow' if environment else ''}-"
            keys = [{"name": f"{prefix}@N-{n}", "algorithm": "aes-256-gcm"} for n in range(size)]
            rate, cpu, report = run.load("/v1/keys", keys[0] if size == 1 else {"items": keys},
                                         connections=64)
            made = run.command("key", "list", "--prefix", prefix).count(prefix)
            if made != report["requests"] * size:
                sys.exit(f"{report['requests']} requests made {made} keys")
            rate, cpu = rate * size, cpu / size
            base = (syncs + fsync_rate(run.folder, environment)) / 2
            alone = "" if size == 1 else f", {size} a request"
            run.row(f"AES key creation, 64 connections{alone} / fsync rate{what}",
                    f"{rate / base:.1f} x", "at least 5 x",
                    f"{rate:.0f}/s / {base:.0f}/s, p99 {report['p99_us']} us, {cpu:.0f} us CPU a key")
    run.stop_server()
    run.start_server()


def use_each(run, names):
    """Encrypts once with every key, over one connection."""
    context = ssl.create_default_context(cafile=str(run.credentials / "ca.crt"))
    context.load_cert_chain(run.credentials / "client.crt", run.credentials / "client.key")
    connection = http.client.HTTPSConnection("127.0.0.1", run.port, context=context)
    for name in names:
        connection.request("POST", f"/v1/keys/{name}/encrypt", body=b'{"plaintext":"AAAA"}',
                           headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            sys.exit(f"{name}: {answer.read()}")
        answer.read()
    connection.close()


def bench_memory_and_start(run, bare):
    count = 10_000
    created = 0
    while created < count:
        _, _, report = run.load("/v1/keys", {"name": "m-@N", "algorithm": "aes-256-gcm"},
                                connections=64, seconds=2)
        created += report["requests"]
    run.stop_server()
    run.start_server()
    run.row("Start to ready beyond the provider's load",
            f"{run.ready_ms - bare['provider_load_ms']:.0f} ms", "400 ms",
            f"{run.ready_ms:.0f} ms in all, with {created}+ keys; provider "
            f"{bare['provider_load_ms']:.0f} ms")
    names = [key["name"] for key in json.loads(run.command("key", "list", "--json", "--prefix",
                                                           "m-"))["keys"]][:count]
    use_each(run, names)
    status = pathlib.Path(f"/proc/{run.server.pid}/status").read_text()
    resident = int(next(l for l in status.splitlines() if l.startswith("VmRSS")).split()[1]) / 1024
    run.row("Resident memory, store of 10,000 keys", f"{resident:.1f} MiB", "64 MiB",
            f"after {len(names)} of them were each used once")


def bench_envelope(run):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vallum-bench-", dir="/dev/shm"))
    try:
        source = folder / "gib"
        with open(source, "wb") as file:
            block = os.urandom(1 << 20)
            for _ in range(1024):
                file.write(block)

        def timed(*command):
            (folder / "out").unlink(missing_ok=True)
            begin = time.monotonic()
            subprocess.run(command, check=True, capture_output=True)
            return time.monotonic() - begin

        copies, encrypts = [], []
        for _ in range(3):
            copies.append(timed("cp", source, folder / "out"))
            encrypts.append(timed(run.bin / "vallum", "--profile", run.credentials / "client.toml",
                                  "encrypt", "gcm", "--in", source, "--out", folder / "out"))
        copy, encrypt = min(copies), min(encrypts)
        run.row("vallum encrypt of 1 GiB on tmpfs / cp", f"{copy / encrypt:.2f} of cp's speed",
                "at least 0.5", f"{1 / encrypt:.2f} GiB/s / {1 / copy:.2f} GiB/s, best of three")
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=ROOT / "build" / "release" / "bin")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--directory", default=ROOT / "build",
                        help="where the store and log go: their disk is part of what is measured")
    run = Run(parser.parse_args())
    arguments = parser.parse_args()
    try:
        bare = bare_provider(run)
        run.start_server()
        gcm_cpu = bench_operations(run, bare)
        bench_nginx(run, gcm_cpu)
        bench_creation(run)
        bench_envelope(run)
        bench_memory_and_start(run, bare)
        run.stop_server()
        if arguments.out:
            run.table.write(arguments.out.with_name(arguments.out.name + "-server.md"))
    finally:
        if run.server.poll() is None:
            run.server.kill()
        shutil.rmtree(run.folder)


if __name__ == "__main__":
    main()
