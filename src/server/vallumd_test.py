#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts, stops and start failures of the real vallumd: vallumd_test.py PATH_TO_VALLUMD"""
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import stat
import sys
import unittest
import warnings

from vallumd_harness import VALLUMD, Folder, Server, openssl, b64, unb64


class VallumdTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.close)

    def assert_refuses_to_start(self, code, *words):
        done = self.folder.run()
        self.assertEqual(done.returncode, code, done.stderr)
        last = done.stderr.strip().splitlines()[-1]
        self.assertTrue(last.startswith("vallumd: "), done.stderr)
        for word in words:
            self.assertIn(word, last)
        self.assertFalse(self.folder.port_file.exists())

    def start_once(self):
        with Server(self.folder) as server:
            self.assertEqual(server.stop(), 0)


class StartTest(VallumdTest):
    def test_the_first_start_makes_an_administrator_and_says_what_matters(self):
        with Server(self.folder) as server:
            log = server.log_text()
            self.assertIn(f"ready at https://127.0.0.1:{server.port}", log)
            self.assertIn("development", log)
            self.assertIn("not validated", log)
            with server.admin() as admin:
                self.assertEqual(admin.get("/v1/keys").status, 200)

    def test_credential_and_keys_are_for_their_owner_only(self):
        self.start_once()
        for path in self.folder.data.rglob("*"):
            mode = stat.S_IMODE(path.stat().st_mode)
            self.assertEqual(mode & 0o077, 0, f"{path} {mode:o}")

    def test_what_was_encrypted_before_a_restart_opens_after_it(self):
        with Server(self.folder) as server, server.admin() as admin:
            made = admin.post("/v1/keys", {"name": "k", "algorithm": "aes-256-gcm"})
            self.assertEqual(made.status, 201, made.body)
            sealed = admin.post("/v1/keys/k/encrypt", {"plaintext": b64(b"hello")}).json()
            first_port = server.port
            self.assertEqual(server.stop(), 0)
        with Server(self.folder) as server, server.admin() as admin:
            opened = admin.post("/v1/keys/k/decrypt", {"ciphertext": sealed["ciphertext"]}).json()
            self.assertEqual(unb64(opened["plaintext"]), b"hello")
            profile = (self.folder.data / "client/admin/client.toml").read_text()
            self.assertIn(f"https://127.0.0.1:{server.port}", profile)
            if server.port != first_port:
                self.assertNotIn(f":{first_port}\"", profile)

    def test_the_process_cannot_be_dumped_and_maps_one_crypto_library(self):
        with Server(self.folder) as server:
            process = f"/proc/{server.process.pid}"
            with open(f"{process}/limits", encoding="utf-8") as limits:
                core = [line for line in limits if line.startswith("Max core file size")]
            self.assertEqual(core[0].split()[4:6], ["0", "0"])
            if os.geteuid() != 0:
                self.skipTest("only root may read the maps of an undumpable process")
            with open(f"{process}/maps", encoding="utf-8") as maps:
                files = {line.split()[-1] for line in maps if "/" in line}
        names = sorted({os.path.basename(f) for f in files})
        crypto = [n for n in names if any(w in n for w in
                  ("crypto", "ssl", "gnutls", "nettle", "gcrypt", "mbedtls", "sodium", "nss3"))]
        self.assertEqual(crypto, ["libcrypto-vallum.so.3", "libssl-vallum.so.3"])

    def test_json_log_lines_are_json(self):
        self.folder.write_config("[log]\nformat = \"json\"\n")
        with Server(self.folder) as server:
            server.stop()
            lines = [json.loads(line) for line in server.log_text().splitlines()]
        self.assertTrue(any("ready at" in line["message"] for line in lines))
        self.assertTrue(all({"time", "level", "message"} == set(line) for line in lines))

    def test_the_shown_configuration_is_the_one_in_effect(self):
        self.folder.write_config("[server]\nport = 0\nidle_timeout = \"7s\"\n")
        shown = self.folder.run("--check-config")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn('idle_timeout = "7s"', shown.stdout)
        self.folder.write_config(shown.stdout)
        self.assertEqual(self.folder.run("--check-config").stdout, shown.stdout)
        self.assertFalse(self.folder.data.exists())


class StopTest(VallumdTest):
    def test_sigterm_and_sigint_end_well(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Server(self.folder) as server:
                self.assertEqual(server.stop(number), 0)
                self.assertIn("stopped", server.log_text())

    def test_sighup_changes_nothing(self):
        with Server(self.folder) as server, server.anonymous() as client:
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(client.get("/livez").status, 200)
            self.assertEqual(server.stop(), 0)
            self.assertIn("nothing to reload", server.log_text())

    def test_the_service_manager_hears_of_start_and_stop(self):
        address = str(self.folder.path / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(address)
            listener.settimeout(60)
            os.environ["NOTIFY_SOCKET"] = address
            try:
                with Server(self.folder) as server:
                    self.assertEqual(listener.recv(100), b"READY=1")
                    server.stop()
                    self.assertEqual(listener.recv(100), b"STOPPING=1")
            finally:
                del os.environ["NOTIFY_SOCKET"]


class ModuleFailureTest(VallumdTest):
    # Requirement: tls-gate
    def test_a_module_that_fails_answers_nothing_more_and_the_server_ends(self):
        provider = self.folder.path / "fips.so"
        shutil.copy(VALLUMD.parent.parent / "lib/vallum/fips.so", provider)
        self.folder.write_config(f"[module]\nprovider = \"{provider}\"\n")
        with Server(self.folder) as server, server.admin() as admin, server.anonymous() as other:
            self.assertEqual(other.get("/livez").status, 200)
            damaged = bytearray(provider.read_bytes())
            damaged[len(damaged) // 2] ^= 1
            # A file of its own: the mapped one must stay as it is.
            provider.unlink()
            provider.write_bytes(damaged)
            with self.assertRaises((http.client.HTTPException, OSError)):
                admin.post("/v1/module/self-test", {})
            with self.assertRaises((http.client.HTTPException, OSError)):
                other.get("/livez")
            self.assertEqual(server.process.wait(timeout=60), 3, server.log_text())
            self.assertIn("the cryptographic module failed", server.log_text())
        shutil.copy(VALLUMD.parent.parent / "lib/vallum/fips.so", provider)
        self.start_once()
        entries = (self.folder.data / "audit/tile/entries/000").read_bytes()
        self.assertIn(b"operational -> error-hard", entries)


class ZeroiseTest(VallumdTest):
    def entries(self):
        return (self.folder.data / "audit/tile/entries/000").read_bytes()

    def test_a_zeroised_server_answers_status_only_until_it_is_started_again(self):
        with Server(self.folder) as server, server.admin() as admin:
            made = admin.post("/v1/keys", {"name": "k", "algorithm": "aes-256-gcm"})
            self.assertEqual(made.status, 201, made.body)
            sealed = admin.post("/v1/keys/k/encrypt", {"plaintext": b64(b"hello")}).json()
            done = admin.post("/v1/module/zeroise", {"what": "all"})
            self.assertEqual(done.status, 200, done.body)
            self.assertEqual(done.json()["state"], "uninitialised")
            self.assertIs(done.json()["recorded"], True)
            self.assertEqual(done.json()["report"]["lent"], 1)
            self.assertIn("restart", done.json()["next"])
            with server.admin() as again:
                status = again.get("/v1/module").json()
                self.assertEqual(status["state"], "uninitialised")
                self.assertIn("restart", status["advice"])
                self.assertEqual(again.get("/livez").status, 200)
                ready = again.get("/readyz")
                self.assertEqual(ready.status, 503)
                self.assertIn(b"not operational", ready.body)
                self.assertEqual(again.post("/v1/keys/k/encrypt", {"plaintext": ""}).status, 503)
            self.assertEqual(server.stop(), 0, server.log_text())
            self.assertIn(b'"operation":"module.zeroise-all"', self.entries())
        with Server(self.folder) as server, server.admin() as admin:
            opened = admin.post("/v1/keys/k/decrypt", {"ciphertext": sealed["ciphertext"]}).json()
            self.assertEqual(unb64(opened["plaintext"]), b"hello")

    def test_the_module_tells_the_log_of_its_states_and_tests(self):
        with Server(self.folder) as server, server.admin() as admin:
            self.assertEqual(admin.post("/v1/module/self-test", {}).status, 200)
            self.assertEqual(server.stop(), 0)
        lines = self.entries()
        for operation in (b"module.unseal", b"module.state", b"module.self-test"):
            self.assertIn(b'"principal":"module","operation":"' + operation + b'"', lines)


class RefusalTest(VallumdTest):
    def test_an_unknown_key_is_named_with_its_line(self):
        self.folder.config.write_text("[server]\nprot = 1\n")
        self.assert_refuses_to_start(2, "vallumd.toml:2:1", '"prot"', 'did you mean "port"')

    def test_a_missing_configuration_file(self):
        self.folder.config.unlink()
        self.assert_refuses_to_start(2, "vallumd.toml", "--config")

    def test_a_port_in_use(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            self.folder.write_config(f"[server]\nport = {other.getsockname()[1]}\n")
            self.assert_refuses_to_start(5, "port", "in use")

    def test_a_provider_that_is_not_there(self):
        self.folder.write_config("[module]\nprovider = \"nowhere/fips.so\"\n")
        self.assert_refuses_to_start(3, "nowhere/fips.so")

    def test_a_provider_with_one_bit_flipped(self):
        provider = bytearray((VALLUMD.parent.parent / "lib/vallum/fips.so").read_bytes())
        provider[len(provider) // 2] ^= 1
        (self.folder.path / "fips.so").write_bytes(provider)
        self.folder.write_config(f"[module]\nprovider = \"{self.folder.path}/fips.so\"\n")
        self.assert_refuses_to_start(3, "fips.so")

    def test_a_profile_that_is_not_one(self):
        (self.folder.path / "p.toml").write_text("name = 1\n")
        self.folder.write_config(f"[module]\nprofile = \"{self.folder.path}/p.toml\"\n")
        self.assert_refuses_to_start(2, "p.toml")

    def test_a_folder_that_another_server_uses(self):
        with Server(self.folder):
            done = self.folder.run()
            self.assertEqual(done.returncode, 4, done.stderr)

    def test_a_truncated_store(self):
        self.start_once()
        store = self.folder.data / "vallum.db"
        store.write_bytes(store.read_bytes()[: store.stat().st_size // 2 + 100])
        self.assert_refuses_to_start(4, "vallum.db")

    def test_a_root_key_that_others_can_read(self):
        self.start_once()
        (self.folder.data / "seal/root.key").chmod(0o644)
        self.assert_refuses_to_start(3, "root.key")

    def test_a_root_key_of_another_store(self):
        self.start_once()
        key = self.folder.data / "seal/root.key"
        key.write_bytes(bytes(b ^ 1 for b in key.read_bytes()))
        self.assert_refuses_to_start(3)

    def test_a_lost_root_key(self):
        self.start_once()
        shutil.rmtree(self.folder.data / "seal")
        self.assert_refuses_to_start(3, "root.key")

    def test_a_shortened_audit_log(self):
        with Server(self.folder) as server, server.admin() as admin:
            for _ in range(10):
                admin.get("/v1/module")
            server.stop()
        entries = self.folder.data / "audit/tile/entries/000"
        entries.write_bytes(entries.read_bytes()[:40])
        self.assert_refuses_to_start(3, "audit")


class HandshakeTest(VallumdTest):
    def setUp(self):
        super().setUp()
        self.server = Server(self.folder)
        self.addCleanup(self.server.__exit__)

    def test_a_certificate_of_a_foreign_authority_is_refused(self):
        certificate, key = self.folder.path / "x.crt", self.folder.path / "x.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=admin", "-keyout", key, "-out", certificate)
        context = self.server.context(certificate, key)
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            with socket.create_connection(("127.0.0.1", self.server.port)) as plain:
                with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                    tls.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                    if not tls.recv(1):
                        raise ConnectionError("closed")

    def test_a_client_without_certificate_gets_health_only(self):
        with self.server.anonymous() as client:
            for path, status in (("/livez", 200), ("/readyz", 200), ("/v1/openapi.json", 200),
                                 ("/v1/keys", 401), ("/v1/module", 401), ("/nowhere", 404)):
                self.assertEqual(client.get(path).status, status, path)

    @unittest.skipUnless(ssl.HAS_TLSv1_1, "this Python cannot speak TLS 1.1")
    def test_old_protocol_versions_are_refused(self):
        warnings.simplefilter("ignore", DeprecationWarning)
        context = self.server.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", self.server.port)) as plain:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain, server_hostname="127.0.0.1")

    def test_plain_http_is_refused(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            plain.settimeout(60)
            try:
                answer = plain.recv(1000)
            except ConnectionError:
                answer = b""
            self.assertNotIn(b"alive", answer)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
