# SPDX-License-Identifier: Apache-2.0
"""A real vallumd in a folder of its own, and clients that Vallum's authors did not write.

The client is Python's http.client over Python's ssl: another TLS library's view of the server.
"""

import base64
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ.get("VALLUM_BIN", "build/release/bin")).resolve()
LIB = BIN.parent / "lib"


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


class Refused(Exception):
    """A problem document: status, code, detail."""

    def __init__(self, status, problem, headers):
        super().__init__(f"{status} {problem}")
        self.status, self.problem, self.headers = status, problem, headers

    @property
    def code(self):
        return self.problem.get("code")


class Client:
    """One keep-alive connection with one client certificate (or none)."""

    def __init__(self, port, credentials=None, ca=None, context=None):
        self.port = port
        if context is None:
            folder = pathlib.Path(credentials) if credentials else None
            context = ssl.create_default_context(cafile=str(ca or folder / "ca.crt"))
            if folder:
                context.load_cert_chain(folder / "client.crt", folder / "client.key")
        self.context = context
        self.connection = None

    def connect(self):
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=self.context, timeout=60)
        self.connection.connect()
        return self.connection

    def raw(self, method, path, body=None, headers=None):
        """Returns (status, headers, bytes)."""
        connection = self.connection or self.connect()
        try:
            json_body = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body=body, headers={**json_body, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except Exception:
            self.close()
            raise

    def call(self, method, path, body=None):
        """Returns the parsed JSON of a 2xx answer, else raises Refused."""
        data = None if body is None else json.dumps(body).encode()
        status, headers, content = self.raw(method, path, data)
        parsed = json.loads(content) if content else {}
        if not 200 <= status < 300:
            raise Refused(status, parsed, headers)
        return parsed

    def post(self, path, body=None):
        return self.call("POST", path, body if body is not None else {})

    def get(self, path):
        return self.call("GET", path)

    def create_key(self, name, algorithm, **more):
        return self.post("/v1/keys", {"name": name, "algorithm": algorithm, **more})

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Vallumd:
    """A server process on a free port, with its data in `folder`."""

    def __init__(self, folder, config="", server="", env=None, binary=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.config = self.folder / "vallumd.toml"
        self.config.write_text(f"[server]\nport = 0\n{server}\n{config}\n")
        self.log = self.folder / "vallumd.log"
        self.port_file = self.folder / "port"
        self.env = env
        self.binary = binary or BIN / "vallumd"
        self.process = None

    def command(self):
        return [str(self.binary), "--config", str(self.config), "--data", str(self.data),
                "--port-file", str(self.port_file)]

    def start(self, timeout=30):
        """Starts and waits until it serves; raises with the log's tail when it does not."""
        self.port_file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=self.env)
        deadline = time.monotonic() + timeout
        while not self.port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"vallumd did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.005)
        self.port = int(self.port_file.read_text())
        return self

    def fails_to_start(self, timeout=30):
        """Runs a server that is expected to refuse; returns (exit code, stderr text)."""
        done = subprocess.run(self.command(), capture_output=True, timeout=timeout, env=self.env)
        return done.returncode, done.stderr.decode()

    def admin(self):
        return Client(self.port, self.data / "client" / "admin")

    def verifier_key(self):
        client = self.admin()
        _, _, content = client.raw("GET", "/v1/audit/verifier-key")
        client.close()
        return content.decode().strip()

    def verify_log(self, key):
        """Rebuilds the whole log offline; raises when it is not intact."""
        return vallum("audit", "verify", self.data / "audit", "--key", key)

    def stop(self, timeout=30):
        """SIGTERM and wait; returns the exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self):
        """SIGKILL: nothing gets a chance to be written."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self.start() if self.process is None else self

    def __exit__(self, *_):
        self.kill()


def vallum(*arguments, profile=None, check=True, **more):
    """Runs the command line; returns the finished process with text output."""
    command = [str(BIN / "vallum")]
    if profile:
        command += ["--profile", str(profile)]
    done = subprocess.run(command + [str(a) for a in arguments], capture_output=True, text=True,
                          timeout=120, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"vallum {arguments}: exit {done.returncode}: {done.stderr}")
    return done


def enrol(server, name, *roles):
    """Makes a second principal through the command line; returns its credential folder."""
    folder = server.folder / f"client-{name}"
    arguments = ["client", "create", name, "--out", folder]
    for role in roles:
        arguments += ["--role", role]
    vallum(*arguments, profile=server.data / "client" / "admin" / "client.toml")
    return folder


def private_prefix(folder):
    """A copy of bin/ and lib/ that a test may damage."""
    prefix = pathlib.Path(folder) / "prefix"
    shutil.copytree(BIN, prefix / "bin")
    shutil.copytree(LIB, prefix / "lib", symlinks=True)
    return prefix


def raw_tls(port, context, payload=b"", timeout=10):
    """One TLS connection; returns the wrapped socket after sending `payload`."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    wrapped = context.wrap_socket(plain, server_hostname="127.0.0.1")
    if payload:
        wrapped.sendall(payload)
    return wrapped


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix="vallum-e2e-")


def audit_entries(directory):
    """Every entry of a log folder, read as docs/formats/audit-log.md describes it."""
    bundles = sorted((pathlib.Path(directory) / "tile" / "entries").rglob("[0-9]*"))
    entries = []
    for bundle in bundles:
        if not bundle.is_file():
            continue
        content, at = bundle.read_bytes(), 0
        while at + 2 <= len(content):
            size = int.from_bytes(content[at:at + 2], "big")
            if at + 2 + size > len(content):
                break
            entries.append(json.loads(content[at + 2:at + 2 + size]))
            at += 2 + size
    return entries
