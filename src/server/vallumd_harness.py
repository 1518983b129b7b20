# SPDX-License-Identifier: Apache-2.0
"""Starts the real vallumd in a folder of its own, and talks to it over mutual TLS."""
import base64
import http.client
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import time

VALLUMD = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
START_SECONDS = 60


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


class Folder:
    """A data folder and its configuration; removed at the end."""

    def __init__(self):
        self.temp = tempfile.TemporaryDirectory(prefix="vallumd-test-")
        self.path = pathlib.Path(self.temp.name)
        self.data = self.path / "data"
        self.config = self.path / "vallumd.toml"
        self.port_file = self.path / "port"
        self.write_config()

    def write_config(self, text=""):
        self.config.write_text(text if "[server]" in text else "[server]\nport = 0\n" + text)

    def command(self, *extra):
        return [str(VALLUMD), "--data", str(self.data), "--config", str(self.config),
                "--port-file", str(self.port_file), *extra]

    def run(self, *extra):
        """For starts that should fail: waits for the end."""
        return subprocess.run(self.command(*extra), capture_output=True, text=True,
                              timeout=START_SECONDS, check=False)

    def close(self):
        self.temp.cleanup()


class Server:
    """A running vallumd."""

    def __init__(self, folder):
        self.folder = folder
        folder.port_file.unlink(missing_ok=True)
        self.log = folder.path / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(folder.command(), stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not folder.port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("vallumd did not get ready:\n" + self.log_text())
            time.sleep(0.01)
        self.port = int(folder.port_file.read_text())

    def log_text(self):
        return self.log.read_text()

    def stop(self, signal_number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        return self.process.wait(timeout=START_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def context(self, certificate=None, key=None):
        credential = self.folder.data / "client" / "admin"
        context = ssl.create_default_context(cafile=credential / "ca.crt")
        if certificate is not None:
            context.load_cert_chain(certificate, key)
        return context

    def admin(self):
        credential = self.folder.data / "client" / "admin"
        return Client(self.port, self.context(credential / "client.crt", credential / "client.key"))

    def anonymous(self):
        return Client(self.port, self.context())


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.type = response.headers.get("Content-Type", "")
        self.body = body

    def json(self):
        return json.loads(self.body)


class Client:
    """One keep-alive connection."""

    def __init__(self, port, context):
        self.connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)

    def send(self, method, path, body=None, headers=None):
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        headers = {"Content-Type": "application/json", **(headers or {})}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return Answer(response, response.read())

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, body):
        return self.send("POST", path, body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True,
                   env={**os.environ, "OPENSSL_CONF": "/dev/null"})
