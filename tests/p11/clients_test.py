#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real clients of PKCS #11 on an embedded token: programs that Vallum's authors did not write make keys in
it, use them, and check each other's results."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

LIB = pathlib.Path(os.environ["VALLUM_LIB"]).resolve()
MODULE = LIB / "libvallum-pkcs11.so"


def run(*command, code=0, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != code:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


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

    def test_openssl_s_engine_makes_a_certificate_that_verifies(self):
        engine = engine_folder()
        self.assertIsNotNone(engine, "libengine-pkcs11-openssl is missing; run tools/bootstrap test")
        self.user("--keypairgen", "--key-type", "EC:secp256r1", "--id", "01", "--label", "web")
        config = self.folder / "openssl.cnf"
        config.write_text("openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n"
                          f"engine_id = pkcs11\ndynamic_path = {engine}\nMODULE_PATH = {MODULE}\nPIN = 1234\ninit = 0\n"
                          "[req]\ndistinguished_name = dn\n[dn]\n")
        environment = dict(os.environ, OPENSSL_CONF=str(config))
        certificate = self.folder / "web.crt"
        run("openssl", "req", "-new", "-x509", "-days", "1", "-subj", "/CN=web", "-sha256", "-engine", "pkcs11",
            "-keyform", "engine", "-key", "pkcs11:token=clients;object=web;type=private", "-out", certificate,
            env=environment)
        self.assertIn("OK", run("openssl", "verify", "-CAfile", certificate, certificate))

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
