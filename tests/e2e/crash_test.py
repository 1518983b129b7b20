# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under a writing load: nothing acknowledged is ever lost.

Each round starts the server on the same folder, lets writers create, rotate and use keys, kills it
without warning, and keeps what was acknowledged. After every restart the newest acknowledged keys
must open, and at the end every acknowledged key must open and every acknowledged request must stand
in the log, which must verify.
"""

import json
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
import unittest

import harness

ROUNDS = int(os.environ.get("VALLUM_KILL_ROUNDS", "200"))


class Writers:
    """Threads that write until the server dies, and remember what they were told."""

    def __init__(self, server, round_number, count=4):
        self.keys, self.requests, self.refusals = {}, set(), []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(server, round_number, n))
                        for n in range(count)]
        for thread in self.threads:
            thread.start()

    def call(self, client, path, body):
        status, headers, content = client.raw("POST", path, json.dumps(body).encode())
        if status >= 300:
            with self.lock:
                self.refusals.append(f"{path}: {status} {content!r}")
            raise OSError("refused")
        with self.lock:
            self.requests.add(headers["X-Request-Id"])
        return json.loads(content)

    def create_together(self, client, name):
        keys = [{"name": f"{name}-{n}", "algorithm": "aes-256-gcm"} for n in range(5)]
        for item in self.call(client, "/v1/keys", {"items": keys})["items"]:
            with self.lock:
                self.keys[item["name"]] = (1, None)

    def run(self, server, round_number, writer):
        try:
            client = server.admin()
            for n in range(100000):
                name = f"r{round_number}-w{writer}-{n}"
                self.call(client, "/v1/keys", {"name": name, "algorithm": "aes-256-gcm"})
                with self.lock:
                    self.keys[name] = (1, None)
                sealed = self.call(client, f"/v1/keys/{name}/encrypt", {"plaintext": "AAAA"})
                with self.lock:
                    self.keys[name] = (1, sealed["ciphertext"])
                if n % 3 == 2:
                    self.create_together(client, name)
                if n % 4 == 3:
                    self.call(client, f"/v1/keys/{name}/rotate", {})
                    with self.lock:
                        self.keys[name] = (2, sealed["ciphertext"])
        except (OSError, harness.http.client.HTTPException):
            return  # the server was killed

    def join(self):
        for thread in self.threads:
            thread.join()


def open_key(client, name, versions, ciphertext):
    shown = client.get(f"/v1/keys/{name}")
    if len(shown["versions"]) < versions:
        raise AssertionError(f"{name}: {len(shown['versions'])} versions, {versions} acknowledged")
    if ciphertext:
        opened = client.post(f"/v1/keys/{name}/decrypt", {"ciphertext": ciphertext})
        assert opened["plaintext"] == "AAAA", name
    sealed = client.post(f"/v1/keys/{name}/encrypt", {"plaintext": "AAAA"})
    assert sealed["version"] == shown["primary_version"], name


class CrashTest(unittest.TestCase):
    def test_nothing_acknowledged_is_lost(self):
        random.seed(ROUNDS)
        acknowledged, requests = {}, set()
        with harness.temporary_folder() as folder:
            server = harness.Vallumd(folder)
            for round_number in range(ROUNDS):
                server.start()
                self.addCleanup(server.kill)
                client = server.admin()
                for name in list(acknowledged)[-3:]:
                    open_key(client, name, *acknowledged[name])
                client.close()
                writers = Writers(server, round_number)
                time.sleep(random.uniform(0.0, 0.25))
                server.kill()
                writers.join()
                self.assertEqual(writers.refusals, [])
                acknowledged.update(writers.keys)
                requests |= writers.requests
            server.start()
            client = server.admin()
            for name, known in acknowledged.items():
                open_key(client, name, *known)
            client.close()
            key = server.verifier_key()
            self.assertEqual(server.stop(), 0)
            self.check_log(server, requests, key)
        sys.stderr.write(f"{ROUNDS} kills: {len(acknowledged)} keys and {len(requests)} "
                         "acknowledged requests, all there\n")
        self.assertGreater(len(acknowledged), ROUNDS)

    def check_log(self, server, requests, key):
        logged = {entry.get("request") for entry in harness.audit_entries(server.data / "audit")
                  if "request" in entry}
        self.assertEqual(requests - logged, set(), "acknowledged, but not in the log")
        server.verify_log(key)


def reserved_invocations(store, key_id):
    """What a killed server's store says of a key's counter; a copy, since reading replays the journal."""
    with tempfile.TemporaryDirectory() as folder:
        for file in store.parent.glob(store.name + "*"):
            shutil.copy(file, folder)
        connection = sqlite3.connect(pathlib.Path(folder) / store.name)
        rows = connection.execute("SELECT value FROM kv WHERE key = ?", [f"gcm/{key_id}/1".encode()])
        found = rows.fetchone()
        connection.close()
    return int(found[0]) if found else 0


class Encrypters:
    """Threads that encrypt under one key until the server dies, and keep the IVs that they were given."""

    def __init__(self, server, count=4):
        self.ivs = []
        self.threads = [threading.Thread(target=self.run, args=(server,)) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, server):
        items = [{"plaintext": "AAAA"}] * 50
        try:
            client = server.admin()
            while True:
                for item in client.post("/v1/keys/counted/encrypt", {"items": items})["items"]:
                    self.ivs.append(harness.unb64(item["ciphertext"])[24:36])
        except (OSError, harness.http.client.HTTPException):
            return  # the server was killed

    def join(self):
        for thread in self.threads:
            thread.join()


class InvocationsTest(unittest.TestCase):
    def test_a_killed_server_never_used_more_than_it_had_reserved_and_no_iv_twice(self):
        # Requirement: gcm-iv
        rounds = max(3, ROUNDS // 8)
        random.seed(rounds)
        ivs, bound = [], 0
        with harness.temporary_folder() as folder:
            server = harness.Vallumd(folder)
            self.addCleanup(server.kill)
            for round_number in range(rounds):
                server.start()
                if round_number == 0:
                    client = server.admin()
                    key = client.create_key("counted", "aes-256-gcm")["id"]
                    client.close()
                encrypters = Encrypters(server)
                time.sleep(random.uniform(0.1, 0.5))
                server.kill()
                encrypters.join()
                used_now = len(encrypters.ivs)
                ivs += encrypters.ivs
                before, bound = bound, reserved_invocations(server.data / "vallum.db", key)
                self.assertGreaterEqual(bound - before, used_now, "used more than it had reserved")
                if used_now:
                    self.assertGreater(bound, before, "a restart took up what the one before had begun")
        self.assertEqual(len(set(ivs)), len(ivs), "an IV came twice")
        sys.stderr.write(f"{rounds} kills: {len(ivs)} encryptions within {bound} reserved\n")
        self.assertGreater(len(ivs), rounds * 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
