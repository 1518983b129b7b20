#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real clients of PKCS #11 on the token of a real vallumd: keys that never leave the server sign for programs
that know nothing of it, while the server is killed and comes back."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

LIB = pathlib.Path(os.environ["VALLUM_LIB"]).resolve()
MODULE = LIB / "libvallum-pkcs11.so"
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src/server"))
import vallumd_harness as harness  # noqa: E402

# Signs with one key until a file appears; says how often, or what failed. The packages' own Python runs it.
SIGN_UNTIL = """
import pathlib, sys, PyKCS11
library = PyKCS11.PyKCS11Lib()
library.load(sys.argv[1])
session = library.openSession(0)
wanted = [(PyKCS11.CKA_LABEL, "web"), (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)]
key = session.findObjects(wanted)[0]
how = PyKCS11.Mechanism(PyKCS11.CKM_ECDSA_SHA256)
stop, count = pathlib.Path(sys.argv[2]), 0
while not stop.exists():
    assert len(session.sign(key, b"data", how)) == 64
    count += 1
    if count == 1:
        print("signing", flush=True)
print(count)
"""

FORK = """
import os, sys, PyKCS11
wanted = [(PyKCS11.CKA_LABEL, "web"), (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)]
how = PyKCS11.Mechanism(PyKCS11.CKM_ECDSA_SHA256)
def sign(library):
    session = library.openSession(0)
    return len(session.sign(session.findObjects(wanted)[0], b"data", how))
library = PyKCS11.PyKCS11Lib()
library.load(sys.argv[1])
assert sign(library) == 64
child = os.fork()
if child == 0:
    library.lib.C_Initialize()
    os._exit(0 if sign(library) == 64 else 1)
assert sign(library) == 64
assert os.waitpid(child, 0)[1] == 0
assert sign(library) == 64
"""


def run(*command, code=0, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != code:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def engine_folder():
    return next(pathlib.Path("/usr/lib").glob("*/engines-3/pkcs11.so"), None)


class Relay:
    """A port that leads to another one, until it is closed."""

    def __init__(self, port):
        self.target, self.links = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.links += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    @staticmethod
    def copy(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            link.close()


class RemoteTest(unittest.TestCase):
    def setUp(self):
        self.home = harness.Folder()
        self.addCleanup(self.home.close)
        self.server = harness.Server(self.home)
        self.addCleanup(lambda: self.server.__exit__())
        # The same port after a restart.
        self.home.write_config(f"[server]\nport = {self.server.port}\n")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.message = self.folder / "message"
        self.message.write_bytes(b"what is signed\n")
        self.configure([self.server.port])

    def configure(self, ports, credential=None):
        credential = credential or self.home.data / "client" / "admin"
        servers = ", ".join(f'"https://127.0.0.1:{port}"' for port in ports)
        config = self.folder / "pkcs11.toml"
        config.write_text(f'[[token]]\nlabel = "far"\nserver = [{servers}]\ncertificate = "{credential}/client.crt"\n'
                          f'key = "{credential}/client.key"\nca = "{credential}/ca.crt"\n')
        os.environ["VALLUM_PKCS11"] = str(config)

    def make_key(self, name, algorithm):
        with self.server.admin() as admin:
            answer = admin.post("/v1/keys", {"name": name, "algorithm": algorithm})
            self.assertEqual(answer.status, 201, answer.body)
            return answer.json()["id"].replace("-", "")

    def tool(self, *arguments, **more):
        return run("pkcs11-tool", "--module", MODULE, *arguments, **more)

    def public_key(self, number):
        der, pem = self.folder / "key.der", self.folder / "key.pem"
        self.tool("--read-object", "--type", "pubkey", "--id", number, "-o", der)
        run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", pem)
        return pem

    def signer(self, stop):
        child = subprocess.Popen(["/usr/bin/python3", "-c", SIGN_UNTIL, str(MODULE), str(stop)],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(child.kill)
        self.assertEqual(child.stdout.readline().strip(), "signing")
        return child

    def signatures(self, child, stop):
        stop.touch()
        said, _ = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0, said)
        return int(said)

    def test_pkcs11_tool_signs_with_the_servers_keys_and_openssl_verifies(self):
        signature = self.folder / "signature"
        for algorithm, mechanism, digest, more in (
                ("ec-p256", "ECDSA-SHA256", "-sha256", ["--signature-format", "openssl"]),
                ("ec-p256", "ECDSA-SHA384", "-sha384", ["--signature-format", "openssl"]),
                ("rsa-2048", "SHA512-RSA-PKCS", "-sha512", [])):
            number = self.make_key(mechanism, algorithm)
            self.tool("--sign", "--mechanism", mechanism, "--id", number, "-i", self.message, "-o", signature, *more)
            said = run("openssl", "dgst", digest, "-verify", self.public_key(number), "-signature", signature,
                       self.message)
            self.assertIn("Verified OK", said)

    def test_openssl_encrypts_with_oaep_and_the_server_decrypts(self):
        sealed, opened = self.folder / "sealed", self.folder / "opened"
        number = self.make_key("open", "rsa-2048")
        run("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", self.public_key(number), "-in", self.message, "-out",
            sealed, "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt",
            "rsa_mgf1_md:sha256")
        self.tool("--decrypt", "--mechanism", "RSA-PKCS-OAEP", "--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256",
                  "--id", number, "-i", sealed, "-o", opened)
        self.assertEqual(opened.read_bytes(), self.message.read_bytes())

    def test_openssl_s_engine_makes_a_certificate_that_verifies(self):
        engine = engine_folder()
        self.assertIsNotNone(engine, "libengine-pkcs11-openssl is missing; run tools/bootstrap test")
        self.make_key("web", "ec-p256")
        config = self.folder / "openssl.cnf"
        config.write_text("openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n"
                          f"engine_id = pkcs11\ndynamic_path = {engine}\nMODULE_PATH = {MODULE}\ninit = 0\n"
                          "[req]\ndistinguished_name = dn\n[dn]\n")
        certificate = self.folder / "web.crt"
        run("openssl", "req", "-new", "-x509", "-days", "1", "-subj", "/CN=web", "-sha256", "-engine", "pkcs11",
            "-keyform", "engine", "-key", "pkcs11:token=far;object=web;type=private", "-out", certificate,
            env=dict(os.environ, OPENSSL_CONF=str(config)))
        self.assertIn("OK", run("openssl", "verify", "-CAfile", certificate, certificate))

    def become_user(self, granted):
        """Goes on as a principal that may only use what it was granted."""
        client = self.folder / "client"
        client.mkdir()
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=app", "-keyout", client / "client.key", "-out", client / "csr")
        with self.server.admin() as admin:
            made = admin.post("/v1/principals", {"name": "app", "roles": ["user"],
                                                 "certificate_request": (client / "csr").read_text()}).json()
            admin.send("PUT", "/v1/grants", {"key": granted, "principal": "app", "actions": ["sign"]})
        (client / "client.key").chmod(0o600)
        (client / "client.crt").write_text(made["certificate"])
        (client / "ca.crt").write_text(made["ca"])
        self.configure([self.server.port], client)

    def test_a_user_sees_and_uses_what_it_was_granted_and_makes_nothing(self):
        number, other = self.make_key("mine", "ec-p256"), self.make_key("other", "ec-p256")
        self.become_user("mine")
        listed = self.tool("--list-objects")
        self.assertIn(number, listed)
        self.assertNotIn(other, listed)
        self.tool("--sign", "--mechanism", "ECDSA-SHA256", "--id", number, "-i", self.message, "-o",
                  self.folder / "signature")
        refused = subprocess.run(["pkcs11-tool", "--module", str(MODULE), "--keypairgen", "--key-type", "EC:secp256r1",
                                  "--usage-sign", "--label", "new"], capture_output=True, text=True)
        self.assertIn("CKR_TOKEN_WRITE_PROTECTED", refused.stderr)
        with self.server.admin() as admin:
            admin.send("PUT", "/v1/grants", {"key": "mine", "principal": "app", "actions": []})
        self.assertNotIn(number, self.tool("--list-objects"))

    def test_a_pair_and_its_certificate_are_made_and_kept_in_the_server(self):
        self.tool("--keypairgen", "--key-type", "EC:secp256r1", "--usage-sign", "--id", "01", "--label", "site")
        certificate, signature = self.folder / "site.der", self.folder / "signature"
        run("openssl", "req", "-new", "-x509", "-days", "1", "-subj", "/CN=site", "-newkey", "rsa:2048", "-nodes",
            "-keyout", self.folder / "other.key", "-outform", "DER", "-out", certificate)
        self.tool("--write-object", certificate, "--type", "cert", "--id", "01", "--label", "site")
        self.server.stop(signal.SIGKILL)
        self.server = harness.Server(self.home)
        listed = self.tool("--list-objects")
        for kind in ("Private Key Object; EC", "Public Key Object; EC", "Certificate Object; type = X.509 cert"):
            self.assertEqual(listed.count(kind), 1, listed)
        self.tool("--read-object", "--type", "cert", "--id", "01", "-o", self.folder / "back.der")
        self.assertEqual((self.folder / "back.der").read_bytes(), certificate.read_bytes())
        self.tool("--sign", "--mechanism", "ECDSA-SHA256", "--id", "01", "-i", self.message, "-o", signature,
                  "--signature-format", "openssl")
        run("openssl", "dgst", "-sha256", "-verify", self.public_key("01"), "-signature", signature, self.message)
        with self.server.admin() as admin:
            self.assertEqual(admin.get("/v1/keys/site").json()["usages"], ["sign", "verify"])
        self.tool("--delete-object", "--type", "privkey", "--id", "01")
        with self.server.admin() as admin:
            self.assertEqual(admin.get("/v1/keys/site").json()["versions"][0]["state"], "destroyed")

    def test_no_signature_fails_while_the_server_is_killed_and_comes_back(self):
        self.make_key("web", "ec-p256")
        stop = self.folder / "stop"
        child = self.signer(stop)
        for _ in range(3):
            time.sleep(0.3)
            self.server.stop(signal.SIGKILL)
            self.server = harness.Server(self.home)
        time.sleep(0.3)
        self.assertGreater(self.signatures(child, stop), 100)

    def test_no_signature_fails_when_one_way_to_the_server_goes(self):
        self.make_key("web", "ec-p256")
        ways = [Relay(self.server.port), Relay(self.server.port)]
        self.addCleanup(ways[1].close)
        self.configure([way.port for way in ways])
        stop = self.folder / "stop"
        child = self.signer(stop)
        ways[0].close()
        time.sleep(0.5)
        self.assertGreater(self.signatures(child, stop), 10)
        self.assertTrue(ways[1].links)

    def test_a_forked_child_has_connections_of_its_own(self):
        self.make_key("web", "ec-p256")
        run("/usr/bin/python3", "-c", FORK, MODULE)

    def test_a_rotated_key_signs_under_its_new_public_key(self):
        number = self.make_key("web", "ec-p256")
        before = self.public_key(number).read_text()
        with self.server.admin() as admin:
            self.assertEqual(admin.post("/v1/keys/web/rotate", {}).status, 200)
        after = self.public_key(number)
        self.assertNotEqual(after.read_text(), before)
        signature = self.folder / "signature"
        self.tool("--sign", "--mechanism", "ECDSA-SHA256", "--id", number, "-i", self.message, "-o", signature,
                  "--signature-format", "openssl")
        run("openssl", "dgst", "-sha256", "-verify", after, "-signature", signature, self.message)

    def test_a_server_that_is_away_is_a_token_that_is_not_there(self):
        self.server.stop()
        said = run("/usr/bin/python3", "-c",
                   "import sys, PyKCS11\nlibrary = PyKCS11.PyKCS11Lib()\nlibrary.load(sys.argv[1])\n"
                   "assert library.getTokenInfo(0).label.strip() == 'far'\n"
                   "try:\n library.openSession(0)\nexcept PyKCS11.PyKCS11Error as error:\n print(error)\n", MODULE)
        self.assertIn("CKR_TOKEN_NOT_PRESENT", said)


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main()
