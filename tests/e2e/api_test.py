# SPDX-License-Identifier: Apache-2.0
"""The API over a real connection, checked by the machine's own openssl where it can."""

import hashlib
import os
import pathlib
import re
import subprocess
import time
import unittest

import harness
from harness import b64, unb64

SIGNERS = {
    "rsa-2048": ["rsa-pss-sha256", "rsa-pkcs1-sha256"],
    "rsa-3072": ["rsa-pss-sha384", "rsa-pkcs1-sha512"],
    "rsa-4096": ["rsa-pss-sha512", "rsa-pkcs1-sha384"],
    "ec-p256": ["ecdsa-sha256"],
    "ec-p384": ["ecdsa-sha384"],
    "ec-p521": ["ecdsa-sha512"],
    "ed25519": ["ed25519"],
    "ml-dsa-44": [None],
    "ml-dsa-65": [None],
    "ml-dsa-87": [None],
}
MESSAGE = b"a message that others must be able to verify"


class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = harness.temporary_folder()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.server = harness.Vallumd(cls.folder).start()
        cls.client = cls.server.admin()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.kill()
        cls.temporary.cleanup()

    def approved(self, answer):
        self.assertEqual(answer["fips"], {"approved": True, "reasons": []})
        return answer

    def openssl_verify(self, pem, algorithm, scheme, signature):
        key, message, sig = (self.folder / name for name in ("pub.pem", "message", "sig"))
        key.write_text(pem)
        message.write_bytes(MESSAGE)
        sig.write_bytes(signature)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-sigfile", sig,
                   "-rawin", "-in", message]
        digest = re.search(r"sha\d+$", scheme or "")
        if digest:
            command += ["-digest", digest.group()]
        if "pss" in (scheme or ""):
            command += ["-pkeyopt", "rsa_padding_mode:pss"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{algorithm} {scheme}: {done.stdout}{done.stderr}")

    def test_signatures_verify_here_and_with_the_machines_openssl(self):
        for algorithm, schemes in SIGNERS.items():
            name = f"sign-{algorithm}"
            self.approved(self.client.create_key(name, algorithm))
            pem = self.client.get(f"/v1/keys/{name}/public")["pem"]
            for scheme in schemes:
                chosen = {"scheme": scheme} if scheme else {}
                with self.subTest(algorithm=algorithm, scheme=scheme):
                    body = {"message": b64(MESSAGE), **chosen}
                    made = self.approved(self.client.post(f"/v1/keys/{name}/sign", body))
                    body["signature"] = made["signature"]
                    verdict = self.client.post(f"/v1/keys/{name}/verify", body)
                    self.assertTrue(self.approved(verdict)["valid"])
                    body["message"] = b64(MESSAGE + b"!")
                    self.assertFalse(self.client.post(f"/v1/keys/{name}/verify", body)["valid"])
                    if not algorithm.startswith("ml-"):
                        self.openssl_verify(pem, algorithm, scheme, unb64(made["signature"]))

    def test_macs_verify_and_refuse_another_message(self):
        for bits in (256, 384, 512):
            name = f"mac-{bits}"
            self.client.create_key(name, f"hmac-sha{bits}")
            made = self.approved(self.client.post(f"/v1/keys/{name}/mac", {"message": b64(MESSAGE)}))
            self.assertEqual(len(unb64(made["mac"])), bits // 8)
            body = {"message": b64(MESSAGE), "mac": made["mac"]}
            self.assertTrue(self.client.post(f"/v1/keys/{name}/verify-mac", body)["valid"])
            body["message"] = b64(b"other")
            self.assertFalse(self.client.post(f"/v1/keys/{name}/verify-mac", body)["valid"])

    def test_encryption_round_trip_tampering_and_wrong_context(self):
        for algorithm in ("aes-128-gcm", "aes-256-gcm"):
            name = f"enc-{algorithm}"
            self.client.create_key(name, algorithm)
            sealed = self.approved(self.client.post(
                f"/v1/keys/{name}/encrypt", {"plaintext": b64(MESSAGE), "aad": b64(b"row 7")}))
            body = {"ciphertext": sealed["ciphertext"], "aad": b64(b"row 7")}
            opened = self.client.post(f"/v1/keys/{name}/decrypt", body)
            self.assertEqual(unb64(opened["plaintext"]), MESSAGE)
            with self.assertRaises(harness.Refused) as refused:
                self.client.post(f"/v1/keys/{name}/decrypt", {**body, "aad": b64(b"row 8")})
            self.assertEqual(refused.exception.code, "verify_failed")
            damaged = bytearray(unb64(sealed["ciphertext"]))
            damaged[-1] ^= 1
            with self.assertRaises(harness.Refused) as refused:
                self.client.post(f"/v1/keys/{name}/decrypt", {**body, "ciphertext": b64(damaged)})
            self.assertEqual(refused.exception.code, "verify_failed")

    def test_rotation_keeps_old_ciphertexts_readable_and_states_are_enforced(self):
        self.client.create_key("turn", "aes-256-gcm")
        old = self.client.post("/v1/keys/turn/encrypt", {"plaintext": b64(MESSAGE)})
        self.assertEqual(self.client.post("/v1/keys/turn/rotate")["primary_version"], 2)
        new = self.client.post("/v1/keys/turn/encrypt", {"plaintext": b64(MESSAGE)})
        self.assertEqual((old["version"], new["version"]), (1, 2))
        for sealed in (old, new):
            opened = self.client.post("/v1/keys/turn/decrypt", {"ciphertext": sealed["ciphertext"]})
            self.assertEqual(unb64(opened["plaintext"]), MESSAGE)
        self.client.post("/v1/keys/turn/state", {"version": 1, "state": "destroyed"})
        with self.assertRaises(harness.Refused) as refused:
            self.client.post("/v1/keys/turn/decrypt", {"ciphertext": old["ciphertext"]})
        self.assertEqual(refused.exception.code, "key_state")
        with self.assertRaises(harness.Refused) as refused:
            self.client.post("/v1/keys/turn/state", {"version": 1, "state": "active"})
        self.assertEqual(refused.exception.code, "key_state")

    def test_wrap_and_unwrap_move_a_key(self):
        self.client.create_key("kwp", "aes-256-kwp")
        self.client.create_key("mover", "aes-256-gcm", extractable=True)
        self.client.create_key("stayer", "aes-256-gcm")
        wrapped = self.approved(self.client.post("/v1/keys/kwp/wrap", {"key": "mover"}))
        self.assertEqual(len(unb64(wrapped["wrapped"])), 40)
        self.approved(self.client.post("/v1/keys/kwp/unwrap", {
            "name": "moved", "algorithm": "aes-256-gcm", "wrapped": wrapped["wrapped"]}))
        self.assertEqual(self.client.get("/v1/keys/moved")["origin"], "imported-wrapped")
        with self.assertRaises(harness.Refused) as refused:
            self.client.post("/v1/keys/kwp/wrap", {"key": "stayer"})
        self.assertEqual(refused.exception.code, "not_exportable")

    def test_key_encapsulation(self):
        for size in (512, 768, 1024):
            name = f"kem-{size}"
            self.client.create_key(name, f"ml-kem-{size}")
            made = self.approved(self.client.post(f"/v1/keys/{name}/encapsulate"))
            body = {"ciphertext": made["ciphertext"]}
            opened = self.approved(self.client.post(f"/v1/keys/{name}/decapsulate", body))
            self.assertEqual(opened["shared_secret"], made["shared_secret"])
            self.assertEqual(len(unb64(made["shared_secret"])), 32)

    def test_data_key_opens_again(self):
        self.client.create_key("envelope", "aes-256-gcm")
        made = self.approved(self.client.post("/v1/keys/envelope/data-key"))
        opened = self.client.post("/v1/keys/envelope/decrypt", {"ciphertext": made["ciphertext"]})
        self.assertEqual(opened["plaintext"], made["plaintext"])

    def test_keys_are_made_together_each_by_itself(self):
        self.client.create_key("together-taken", "aes-256-gcm")
        names = ["together-1", "together-taken", "together-2", "together-1"]
        made = self.client.post("/v1/keys", {
            "items": [{"name": name, "algorithm": "ec-p256"} for name in names]})["items"]
        self.assertEqual([item.get("error", {}).get("code") for item in made],
                         [None, "already_exists", None, "already_exists"])
        for item in (made[0], made[2]):
            self.assertTrue(item["fips"]["approved"])
            self.assertEqual(self.client.get(f"/v1/keys/{item['name']}")["id"], item["id"])

    def test_batches_answer_item_by_item(self):
        self.client.create_key("batch", "aes-256-gcm")
        items = [{"plaintext": b64(bytes([n]) * n)} for n in range(100)]
        sealed = self.client.post("/v1/keys/batch/encrypt", {"items": items})["items"]
        sealed[7] = {"ciphertext": sealed[8]["ciphertext"][:-8] + "AAAAAAA="}
        opened = self.client.post("/v1/keys/batch/decrypt", {
            "items": [{"ciphertext": item["ciphertext"]} for item in sealed]})["items"]
        for n, item in enumerate(opened):
            if n == 7:
                self.assertEqual(item["error"]["code"], "verify_failed")
            else:
                self.assertEqual(unb64(item["plaintext"]), bytes([n]) * n)

    def test_list_with_prefix_and_pages(self):
        for n in range(25):
            self.client.create_key(f"page-{n:02}", "hmac-sha256")
        seen, after = [], ""
        while True:
            page = self.client.get(f"/v1/keys?prefix=page-&limit=10&after={after}")
            seen += [key["name"] for key in page["keys"]]
            after = page["next"]
            if not after:
                break
        self.assertEqual(seen, [f"page-{n:02}" for n in range(25)])

    def test_status_says_what_is_true(self):
        # Requirement: version-json
        status = self.client.get("/v1/module")
        self.assertEqual(status["state"], "operational")
        self.assertIs(status["validated"], False)
        self.assertEqual(status["provider"]["certificate"], "none")
        provider = next(harness.LIB.rglob("fips.so"))
        self.assertEqual(status["provider"]["sha256"],
                         hashlib.sha256(provider.read_bytes()).hexdigest())
        self.assertTrue(status["seal_risk"])
        report = self.client.post("/v1/module/self-test")
        self.assertTrue(report["passed"])
        self.assertGreater(len(report["self_tests"]), 30)

    def test_wrong_requests_get_problem_documents(self):
        self.client.create_key("victim", "ec-p256", usages=["sign"])
        cases = [
            ("POST", "/v1/keys", b"{", 400, "invalid_argument"),
            ("POST", "/v1/keys", b"[" * 100 + b"]" * 100, 400, "invalid_argument"),
            ("POST", "/v1/keys", b'{"name":"x","algorithm":"rot13"}', 400, "unsupported"),
            ("POST", "/v1/keys", b'{"name":"x","algorithm":"ec-p256","colour":1}', 400,
             "invalid_argument"),
            ("POST", "/v1/keys", b'{"name":"victim","algorithm":"ec-p256"}', 409, "already_exists"),
            ("POST", "/v1/keys/victim/sign", b'{"message":"not base64!"}', 400, "invalid_argument"),
            ("POST", "/v1/keys/victim/encrypt", b'{"plaintext":"AAAA"}', 409, "key_usage"),
            ("POST", "/v1/keys/victim/verify", b'{"message":"AAAA","signature":"AAAA"}', 409,
             "key_usage"),
            ("GET", "/v1/keys/absent", None, 404, "not_found"),
            ("GET", "/v1/nothing", None, 404, "not_found"),
            ("POST", "/v1/random", b'{"bytes":100000000}', 400, "invalid_argument"),
            ("POST", "/v1/keys", b'{"name":"' + b"x" * 2_000_000 + b'"}', 413,
             "resource_exhausted"),
        ]
        for method, path, body, status, code in cases:
            with self.subTest(path=path, body=(body or b"")[:60]):
                client = self.server.admin()
                answer, headers, content = client.raw(method, path, body)
                client.close()
                self.assertEqual(answer, status, content[:300])
                self.assertEqual(headers["Content-Type"], "application/problem+json")
                problem = harness.json.loads(content)
                self.assertEqual(problem["code"], code)
                self.assertEqual(problem["request_id"], headers["X-Request-Id"])
        status, headers, _ = self.client.raw("DELETE", "/v1/keys")
        self.assertEqual(status, 405)
        self.assertIn("POST", headers["Allow"])

    def mapped_crypto(self, pid):
        maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
        files = {line.split()[-1] for line in maps.splitlines() if "/" in line}
        return {name for name in (pathlib.Path(f).name for f in files)
                if re.search(r"crypto|ssl|gnutls|nettle|gcrypt|sodium|mbed|wolf|nss|fips", name)}

    def test_only_one_crypto_library_is_mapped_by_server_and_command_line(self):
        ours = {"libcrypto-vallum.so.3", "libssl-vallum.so.3", "fips.so"}
        self.assertEqual(self.mapped_crypto(self.server.process.pid), ours)
        self.client.create_key("mapped", "aes-256-gcm")
        reading, writing = os.pipe()
        profile = self.server.data / "client" / "admin"
        command = [harness.BIN / "vallum", "--profile", profile, "encrypt", "mapped", "--in",
                   f"/dev/fd/{reading}", "--out", self.folder / "mapped"]
        with subprocess.Popen(command, pass_fds=[reading], stdout=subprocess.DEVNULL) as process:
            os.close(reading)
            deadline = time.monotonic() + 20
            seen = set()
            while "fips.so" not in seen and time.monotonic() < deadline:
                seen = self.mapped_crypto(process.pid)
                time.sleep(0.01)
            self.assertEqual(seen, ours)
            os.write(writing, b"now it may finish")
            os.close(writing)
            self.assertEqual(process.wait(20), 0)

    def test_requests_stand_in_the_log_without_their_contents(self):
        self.client.create_key("quiet", "aes-256-gcm")
        secret = b"canary-0123456789-canary"
        status, headers, _ = self.client.raw(
            "POST", "/v1/keys/quiet/encrypt",
            harness.json.dumps({"plaintext": b64(secret)}).encode())
        self.assertEqual(status, 200)
        entries = harness.audit_entries(self.server.data / "audit")
        entry = next(e for e in entries if e.get("request") == headers["X-Request-Id"])
        self.assertEqual((entry["operation"], entry["name"], entry["outcome"]),
                         ("encrypt", "quiet", "ok"))
        for path in self.server.data.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self.assertNotIn(secret, content, path)
                self.assertNotIn(b64(secret).encode()[:30], content, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
