# SPDX-License-Identifier: Apache-2.0
"""Files, ports, certificates and TLS that are not as they should be: a clear error, nothing lost."""

import os
import pathlib
import shutil
import socket
import sqlite3
import ssl
import subprocess
import unittest

import harness


class ServerCase(unittest.TestCase):
    config, server_config = "", ""

    def setUp(self):
        folder = harness.temporary_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = harness.Vallumd(self.folder, self.config, self.server_config)
        self.addCleanup(self.server.kill)

    def store(self):
        return next(self.server.data.glob("*.db"))

    def admin(self):
        client = self.server.admin()
        self.addCleanup(client.close)
        return client

    def assert_refuses(self, code, *words):
        exit_code, text = self.server.fails_to_start()
        self.assertEqual(exit_code, code, text)
        for word in words:
            self.assertIn(word, text)


class StartTest(ServerCase):
    def stopped_once(self):
        self.server.start()
        self.admin().create_key("kept", "aes-256-gcm")
        self.assertEqual(self.server.stop(), 0)

    def assert_key_is_there(self):
        self.server.start()
        self.assertEqual(self.admin().get("/v1/keys/kept")["name"], "kept")

    def test_unknown_configuration_key_is_named_with_its_line_and_a_suggestion(self):
        self.server.config.write_text("[server]\nport = 0\nadress = \"127.0.0.1\"\n")
        self.assert_refuses(2, "adress", ":3", "address")

    def test_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.server.config.write_text(f"[server]\nport = {port}\n")
            self.assert_refuses(5, str(port))

    def test_flipped_bit_in_the_provider(self):
        prefix = harness.private_prefix(self.folder)
        provider = next((prefix / "lib").rglob("fips.so"))
        content = bytearray(provider.read_bytes())
        content[len(content) // 2] ^= 1
        provider.write_bytes(content)
        self.server.binary = prefix / "bin" / "vallumd"
        self.assert_refuses(3, "fips.so")

    def test_replaced_provider(self):
        prefix = harness.private_prefix(self.folder)
        provider = next((prefix / "lib").rglob("fips.so"))
        shutil.copy(next((prefix / "lib").glob("libcrypto-vallum.so.3")), provider)
        self.server.binary = prefix / "bin" / "vallumd"
        self.assert_refuses(3, "fips.so")

    def test_truncated_store(self):
        self.stopped_once()
        with open(self.store(), "r+b") as store:
            store.truncate(store.seek(0, os.SEEK_END) // 2 + 100)
        self.assert_refuses(4, self.store().name)

    def test_store_that_is_no_store(self):
        self.stopped_once()
        self.store().write_bytes(b"not a database, by any means" * 400)
        self.assert_refuses(4, self.store().name)

    def test_store_from_a_newer_version(self):
        self.stopped_once()
        connection = sqlite3.connect(self.store())
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.commit()
        connection.close()
        self.assert_refuses(4, "newer")

    def test_store_already_opened_by_another_server(self):
        self.stopped_once()
        self.server.start()
        second = harness.Vallumd(self.folder)
        second.port_file = self.folder / "second-port"
        exit_code, text = second.fails_to_start()
        self.assertEqual(exit_code, 4, text)
        self.assertIn(str(self.server.process.pid), text)
        self.assertEqual(self.admin().get("/v1/keys/kept")["name"], "kept")

    def test_read_only_store(self):
        self.stopped_once()
        image = self.folder / "read-only"
        image.mkdir()
        subprocess.run(["mount", "--bind", self.server.data, image], check=True)
        self.addCleanup(subprocess.run, ["umount", image], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", image], check=True)
        original, self.server.data = self.server.data, image
        exit_code, text = self.server.fails_to_start()
        self.assertEqual(exit_code, 4, text)
        self.assertRegex(text.lower(), "read-only|written|permission")
        self.server.data = original
        self.assert_key_is_there()

    def test_root_key_of_another_instance(self):
        self.stopped_once()
        seal = next(path for path in self.server.data.rglob("*root*") if path.is_file())
        original = seal.read_bytes()
        seal.write_bytes(bytes(b ^ 0x55 for b in original))
        exit_code, text = self.server.fails_to_start()
        self.assertNotEqual(exit_code, 0, text)
        self.assertNotIn(original.hex(), text)
        seal.write_bytes(original)
        self.assert_key_is_there()

    def test_cut_off_audit_log(self):
        self.server.start()
        client = self.admin()
        for n in range(300):
            client.post("/v1/random", {"bytes": 16})
        self.assertEqual(self.server.stop(), 0)
        bundle = sorted((self.server.data / "audit" / "tile" / "entries").rglob("0*"))[-1]
        bundle.unlink()
        exit_code, text = self.server.fails_to_start()
        self.assertNotEqual(exit_code, 0, text)
        self.assertIn("audit", text)


class DiskFullTest(ServerCase):
    def test_full_disk_stops_key_operations_and_space_brings_them_back(self):
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        self.server.data = disk / "data"
        self.server.start()
        client = self.admin()
        client.create_key("first", "aes-256-gcm")
        ballast = disk / "ballast"
        descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(descriptor, b"\0" * 4096)
        except OSError:
            os.close(descriptor)
        acknowledged = {"first"}
        with self.assertRaises(harness.Refused) as refused:
            for n in range(2000):
                client.create_key(f"key-{n}", "ml-dsa-65")
                acknowledged.add(f"key-{n}")
        self.assertIn(refused.exception.code, ("storage_full", "storage"))
        status, _, _ = client.raw("GET", "/livez")
        self.assertEqual(status, 200)
        ballast.unlink()
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        client = self.admin()
        for name in acknowledged:
            self.assertEqual(client.get(f"/v1/keys/{name}")["name"], name)
        client.create_key("afterwards", "aes-256-gcm")
        key = self.server.verifier_key()
        self.assertEqual(self.server.stop(), 0)
        self.server.verify_log(key)


class TlsTest(ServerCase):
    def setUp(self):
        super().setUp()
        self.server.start()
        self.admin_folder = self.server.data / "client" / "admin"

    def context(self, credentials=None):
        context = ssl.create_default_context(cafile=str(self.admin_folder / "ca.crt"))
        context.check_hostname = False
        if credentials:
            context.load_cert_chain(credentials / "client.crt", credentials / "client.key")
        return context

    def s_client(self, *arguments, environment=None):
        """What the machine's own openssl says of a handshake."""
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.server.port}", "-CAfile",
                   str(self.admin_folder / "ca.crt"), "-cert", str(self.admin_folder / "client.crt"),
                   "-key", str(self.admin_folder / "client.key"), *arguments]
        done = subprocess.run(command, input=b"GET /livez HTTP/1.1\r\nHost: x\r\n"
                              b"Connection: close\r\n\r\n", capture_output=True, timeout=20,
                              env={**os.environ, **(environment or {})})
        return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def assert_no_handshake(self, *arguments):
        text = self.s_client(*arguments)
        self.assertNotIn("alive", text)
        self.assertRegex(text, "alert|error|no cipher|Cipher is \\(NONE\\)")

    def test_tls_1_3_and_1_2_with_extended_master_secret(self):
        self.assertIn("TLSv1.3", self.s_client("-tls1_3"))
        text = self.s_client("-tls1_2")
        self.assertIn("Extended master secret: yes", text)

    def test_tls_1_1_is_refused(self):
        self.assert_no_handshake("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")

    def test_tls_1_2_without_extended_master_secret_is_refused(self):
        config = self.folder / "no-ems.cnf"
        config.write_text("openssl_conf = main\n[main]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n"
                          "[tls]\nOptions = -ExtendedMasterSecret\n")
        text = self.s_client("-tls1_2", environment={"OPENSSL_CONF": str(config)})
        self.assertIn("Extended master secret: no", text)
        self.assertNotIn("alive", text)
        self.assertIn("alert", text)

    def test_suites_and_groups_that_are_not_approved_are_refused(self):
        self.assert_no_handshake("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256")
        self.assert_no_handshake("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305")
        self.assert_no_handshake("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA")
        self.assert_no_handshake("-tls1_3", "-groups", "X25519")

    def test_a_client_without_a_certificate_gets_liveness_and_nothing_else(self):
        client = harness.Client(self.server.port, context=self.context())
        self.assertEqual(client.get("/livez")["status"], "alive")
        self.assertEqual(client.get("/readyz")["status"], "ready")
        with self.assertRaises(harness.Refused) as refused:
            client.get("/v1/keys")
        self.assertEqual((refused.exception.status, refused.exception.code),
                         (401, "unauthenticated"))

    def make_certificate(self, days, issuer=None):
        """A client certificate by the machine's openssl: from its own CA, or another's."""
        folder = self.folder / f"foreign{days}"
        folder.mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "client.key",
                        "-out", folder / "client.crt", "-subj", "/CN=admin", "-days", str(days)],
                       check=True, capture_output=True)
        return folder

    def test_a_foreign_certificate_is_refused(self):
        context = self.context(self.make_certificate(30))
        client = harness.Client(self.server.port, context=context)
        with self.assertRaises((ssl.SSLError, OSError, harness.http.client.HTTPException)):
            client.get("/livez")

    def test_a_revoked_principal_is_refused_on_its_open_connection(self):
        folder = harness.enrol(self.server, "guest", "user")
        guest = harness.Client(self.server.port, folder)
        guest.post("/v1/random", {"bytes": 8})
        self.admin().post("/v1/principals/guest/revoke")
        with self.assertRaises(harness.Refused) as refused:
            guest.post("/v1/random", {"bytes": 8})
        self.assertEqual(refused.exception.status, 401)


class TenantTest(ServerCase):
    def test_another_principals_key_answers_like_one_that_does_not_exist(self):
        self.server.start()
        self.admin().create_key("secret", "aes-256-gcm")
        guest = harness.Client(self.server.port, harness.enrol(self.server, "guest", "user"))
        answers = []
        for name in ("secret", "absent"):
            with self.assertRaises(harness.Refused) as refused:
                guest.post(f"/v1/keys/{name}/encrypt", {"plaintext": "AAAA"})
            problem = dict(refused.exception.problem)
            problem.pop("request_id")
            problem["detail"] = problem["detail"].replace(name, "NAME")
            answers.append((refused.exception.status, problem))
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0][0], 404)
        admin = self.admin()
        admin.call("PUT", "/v1/grants",
                   {"key": "secret", "principal": "guest", "actions": ["encrypt"]})
        sealed = guest.post("/v1/keys/secret/encrypt", {"plaintext": "AAAA"})
        with self.assertRaises(harness.Refused) as refused:
            guest.post("/v1/keys/secret/decrypt", {"ciphertext": sealed["ciphertext"]})
        self.assertIn(refused.exception.status, (403, 404))


if __name__ == "__main__":
    unittest.main(verbosity=2)
