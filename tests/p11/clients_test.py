#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real clients of PKCS #11 on an embedded token: programs that Vallum's authors did not write make keys in
it, use them, and check each other's results."""

import getpass
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import zipfile

LIB = pathlib.Path(os.environ["VALLUM_LIB"]).resolve()
MODULE = LIB / "libvallum-pkcs11.so"


def run(*command, code=0, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != code:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


KEY = "pkcs11:token=clients;object=web;type=private"

PYKCS11 = """
import sys, PyKCS11
library = PyKCS11.PyKCS11Lib()
library.load(sys.argv[1])
sessions = [library.openSession(0, PyKCS11.CKF_RW_SESSION) for _ in range(50)]
sessions[0].login("1234")
made = 0
for session in sessions:
    wanted = [(PyKCS11.CKA_LABEL, "py"), (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY)]
    key = session.findObjects(wanted)[0]
    made += len(session.sign(key, b"data", PyKCS11.Mechanism(PyKCS11.CKM_ECDSA_SHA256))) == 64
sessions[0].logout()
print(made, "signatures")
"""


def engine_folder():
    for path in pathlib.Path("/usr/lib").glob("*/engines-3/pkcs11.so"):
        return path
    return None


class ClientsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        os.environ["VALLUM_PKCS11"] = str(self.folder / "token.db")
        self.tool("--init-token", "--slot", "0", "--label", "clients", "--so-pin", "12345678")
        self.tool("--init-pin", "--slot", "0", "--so-pin", "12345678", "--pin", "1234")
        self.message = self.folder / "message"
        self.message.write_bytes(b"what is signed\n")

    def tool(self, *arguments, **more):
        return run("pkcs11-tool", "--module", MODULE, *arguments, **more)

    def user(self, *arguments, **more):
        return self.tool("--login", "--pin", "1234", *arguments, **more)

    def public_key(self, number):
        der, pem = self.folder / "key.der", self.folder / "key.pem"
        self.tool("--read-object", "--type", "pubkey", "--id", number, "-o", der)
        run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", pem)
        return pem

    def test_pkcs11_tool_signs_and_openssl_verifies(self):
        signature = self.folder / "signature"
        for number, kind, mechanism, more in (
                # pkcs11-tool of Debian 12 cannot read public keys of P-384, not even SoftHSM's.
                ("01", "EC:secp256r1", "ECDSA-SHA256", ["--signature-format", "openssl"]),
                ("02", "EC:secp256r1", "ECDSA-SHA384", ["--signature-format", "openssl"]),
                ("03", "RSA:2048", "SHA256-RSA-PKCS", [])):
            self.user("--keypairgen", "--key-type", kind, "--id", number, "--label", kind)
            self.user("--sign", "--mechanism", mechanism, "--id", number, "-i", self.message, "-o", signature, *more)
            digest = "-sha384" if "384" in mechanism else "-sha256"
            said = run("openssl", "dgst", digest, "-verify", self.public_key(number), "-signature", signature,
                       self.message)
            self.assertIn("Verified OK", said)

    def test_pkcs11_tool_signs_with_pss_and_openssl_verifies(self):
        signature = self.folder / "signature"
        self.user("--keypairgen", "--key-type", "RSA:3072", "--id", "01")
        self.user("--sign", "--mechanism", "SHA256-RSA-PKCS-PSS", "--id", "01", "-i", self.message, "-o", signature)
        said = run("openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32",
                   "-verify", self.public_key("01"), "-signature", signature, self.message)
        self.assertIn("Verified OK", said)

    def test_openssl_encrypts_with_oaep_and_pkcs11_tool_decrypts(self):
        sealed, opened = self.folder / "sealed", self.folder / "opened"
        self.user("--keypairgen", "--key-type", "RSA:2048", "--id", "01")
        run("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", self.public_key("01"), "-in", self.message, "-out",
            sealed, "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt",
            "rsa_mgf1_md:sha256")
        self.user("--decrypt", "--mechanism", "RSA-PKCS-OAEP", "--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256",
                  "--id", "01", "-i", sealed, "-o", opened)
        self.assertEqual(opened.read_bytes(), self.message.read_bytes())

    def test_pkcs11_tool_encrypts_with_aes_and_openssl_decrypts(self):
        key, sealed = "00112233445566778899aabbccddeeff", self.folder / "sealed"
        (self.folder / "key").write_bytes(bytes.fromhex(key))
        self.user("--write-object", self.folder / "key", "--type", "secrkey", "--key-type", "AES:16", "--id", "07",
                  "--usage-decrypt")
        self.user("--encrypt", "--mechanism", "AES-CBC-PAD", "--iv", "0" * 32, "--id", "07", "-i", self.message, "-o",
                  sealed)
        opened = run("openssl", "enc", "-d", "-aes-128-cbc", "-K", key, "-iv", "0" * 32, "-in", sealed)
        self.assertEqual(opened, "what is signed\n")

    def test_pkcs11_tool_forks(self):
        self.user("--test-fork")

    def test_p11tool_lists_and_generates(self):
        self.assertIn("token=clients", run("p11tool", "--provider", MODULE, "--list-tokens"))
        environment = dict(os.environ, GNUTLS_PIN="1234")
        run("p11tool", "--provider", MODULE, "--login", "--generate-privkey=ecdsa", "--curve=secp256r1", "--label",
            "made", "--outfile", self.folder / "made.pub", "pkcs11:token=clients", env=environment)
        listed = run("p11tool", "--provider", MODULE, "--login", "--list-all", "pkcs11:token=clients",
                     env=environment)
        self.assertIn("object=made;type=private", listed)

    def engine(self):
        """The environment in which OpenSSL 3 finds its engine for PKCS #11."""
        engine = engine_folder()
        self.assertIsNotNone(engine, "libengine-pkcs11-openssl is missing; run tools/bootstrap test")
        config = self.folder / "openssl.cnf"
        config.write_text("openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n"
                          f"engine_id = pkcs11\ndynamic_path = {engine}\nMODULE_PATH = {MODULE}\nPIN = 1234\ninit = 0\n"
                          "[req]\ndistinguished_name = dn\n[dn]\n")
        return dict(os.environ, OPENSSL_CONF=str(config))

    def certificate(self, environment, kind="EC:secp256r1"):
        """A self-signed certificate of a new key of the token, which is called "web"."""
        self.user("--keypairgen", "--key-type", kind, "--id", "01", "--label", "web")
        certificate = self.folder / "web.crt"
        run("openssl", "req", "-new", "-x509", "-days", "1", "-subj", "/CN=web", "-addext",
            "subjectAltName=DNS:localhost", "-sha256", "-engine", "pkcs11", "-keyform", "engine", "-key", KEY, "-out",
            certificate, env=environment)
        return certificate

    def test_openssl_s_engine_makes_a_certificate_that_verifies(self):
        certificate = self.certificate(self.engine())
        self.assertIn("OK", run("openssl", "verify", "-CAfile", certificate, certificate))

    def test_openssl_s_engine_signs_a_message_that_cms_verifies(self):
        environment = self.engine()
        certificate, signed = self.certificate(environment), self.folder / "signed"
        run("openssl", "cms", "-sign", "-in", self.message, "-signer", certificate, "-inkey", KEY, "-keyform", "engine",
            "-engine", "pkcs11", "-nodetach", "-outform", "PEM", "-out", signed, "-md", "sha256", env=environment)
        said = run("openssl", "cms", "-verify", "-in", signed, "-inform", "PEM", "-CAfile", certificate, "-purpose",
                   "any")
        self.assertEqual(said.replace("\r", ""), "what is signed\n")

    def test_nginx_serves_tls_with_a_key_that_its_forked_workers_use(self):
        environment = self.engine()
        certificate = self.certificate(environment)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (self.folder / "nginx.conf").write_text(
            f"user {getpass.getuser()}; daemon off; worker_processes 2; pid {self.folder}/pid;\n"  # whose the token is
            f"error_log {self.folder}/error.log;\n"
            "env VALLUM_PKCS11; env OPENSSL_CONF; ssl_engine pkcs11; events {}\n"
            f"http {{ access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;\n"
            f"fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;\n"
            f"server {{ listen 127.0.0.1:{port} ssl; ssl_session_tickets off; ssl_certificate {certificate};\n"
            f"ssl_certificate_key \"engine:pkcs11:{KEY};pin-value=1234\"; return 200 served; }} }}\n")
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"],
                                 env=environment)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        context = ssl.create_default_context(cafile=certificate)
        served = 0
        deadline = time.monotonic() + 30
        while served < 50 and time.monotonic() < deadline and nginx.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
                    with context.wrap_socket(plain, server_hostname="localhost") as link:
                        link.sendall(b"GET / HTTP/1.0\r\n\r\n")
                        served += b"served" in b"".join(iter(lambda: link.recv(4096), b""))
            except ConnectionRefusedError:
                time.sleep(0.05)
        self.assertEqual(served, 50, (self.folder / "error.log").read_text())

    def java(self, *command):
        (self.folder / "java.cfg").write_text(f"name = Vallum\nlibrary = {MODULE}\nslotListIndex = 0\n")
        return run(command[0], "-storetype", "PKCS11", "-keystore", "NONE", "-storepass", "1234", *command[1:],
                   cwd=self.folder)

    def test_java_keeps_pairs_and_signs_a_jar_with_them(self):
        provider = ["-addprovider", "SunPKCS11", "-providerArg", "java.cfg"]
        with zipfile.ZipFile(self.folder / "made.jar", "w") as jar:
            jar.write(self.message, "message")
        for name, kind in (("ec", ["EC", "-groupname", "secp256r1"]), ("rsa", ["RSA", "-keysize", "2048"])):
            self.java("keytool", *provider, "-genkeypair", "-keyalg", *kind, "-alias", name, "-dname", "CN=java",
                      "-validity", "2")
            self.java("jarsigner", *provider, "made.jar", name)
        listed = self.java("keytool", *provider, "-list")
        self.assertIn("ec, PrivateKeyEntry", listed)
        self.assertIn("rsa, PrivateKeyEntry", listed)
        self.assertIn("jar verified", run("jarsigner", "-verify", self.folder / "made.jar"))

    def test_ssh_s_agent_keeps_the_token_s_key(self):
        self.user("--keypairgen", "--key-type", "EC:secp256r1", "--id", "01", "--label", "ssh")
        agent = subprocess.Popen(["ssh-agent", "-D", "-P", f"{MODULE},{LIB}/*", "-a", self.folder / "agent"],
                                 stdout=subprocess.DEVNULL, env=os.environ)
        self.addCleanup(agent.wait)
        self.addCleanup(agent.terminate)
        ask = self.folder / "ask"
        ask.write_text("#!/bin/sh\necho 1234\n")
        ask.chmod(0o700)
        environment = dict(os.environ, SSH_AUTH_SOCK=str(self.folder / "agent"), SSH_ASKPASS=str(ask),
                           SSH_ASKPASS_REQUIRE="force", DISPLAY="none")
        deadline = time.monotonic() + 10
        while not (self.folder / "agent").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        run("ssh-add", "-s", MODULE, env=environment)
        public = run("ssh-add", "-L", env=environment)
        self.assertIn("ecdsa-sha2-nistp256", public)
        (self.folder / "key.pub").write_text(public)
        run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", self.folder / "key.pub", self.message, env=environment)
        (self.folder / "allowed").write_text("me " + public)
        said = run("ssh-keygen", "-Y", "verify", "-n", "file", "-f", self.folder / "allowed", "-I", "me", "-s",
                   self.folder / "message.sig", input=self.message.read_text())
        self.assertIn("Good", said)

    def test_pykcs11_signs_with_many_sessions(self):
        self.user("--keypairgen", "--key-type", "EC:secp256r1", "--id", "01", "--label", "py")
        said = run("/usr/bin/python3", "-c", PYKCS11, MODULE)  # the packages' own Python
        self.assertEqual(said.strip(), "50 signatures")

    def test_ssh_keygen_lists_the_keys(self):
        self.user("--keypairgen", "--key-type", "RSA:2048", "--id", "01", "--label", "ssh")
        self.assertIn("ssh-rsa ", run("ssh-keygen", "-D", MODULE))


if __name__ == "__main__":
    assert shutil.which("pkcs11-tool"), "opensc is missing; run tools/bootstrap test"
    unittest.main()
