#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every operation of openapi.json once on the real vallumd, its answer held against the document:
vallumd_api_test.py PATH_TO_VALLUMD"""
import re
import sys
import time
import unittest

from vallumd_harness import Client, Folder, Server, b64, openssl, unb64

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


class Schema:
    """The part of JSON Schema that the document uses."""

    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def mismatch(self, value, schema, at="$"):
        schema = self.resolve(schema)
        if "oneOf" in schema:
            whys = [self.mismatch(value, form, at) for form in schema["oneOf"]]
            return None if whys.count(None) == 1 else f"{at}: {whys}"
        if "const" in schema and value != schema["const"]:
            return f"{at}: not {schema['const']}"
        kind = schema.get("type")
        if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and value is True)):
            return f"{at}: {value!r} is no {kind}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{at}: {value!r} not in enum"
        if isinstance(value, list):
            items = schema.get("items", {})
            inner = [self.mismatch(v, items, f"{at}[{i}]") for i, v in enumerate(value)]
            return next(filter(None, inner), None)
        if isinstance(value, dict):
            return self.object_mismatch(value, schema, at)
        return None

    def object_mismatch(self, value, schema, at):
        properties = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        for name in schema.get("required", []):
            if name not in value:
                return f"{at}.{name} is missing"
        for name, member in value.items():
            if name not in properties and extra is False:
                return f"{at}.{name} is extra"
            inner = properties.get(name, extra if isinstance(extra, dict) else {})
            why = self.mismatch(member, inner, f"{at}.{name}")
            if why:
                return why
        return None


class ApiTest(unittest.TestCase):
    def setUp(self):
        folder = Folder()
        self.addCleanup(folder.close)
        folder.write_config("[audit]\ncheckpoint_interval = \"100ms\"\n")
        self.folder = folder
        self.server = Server(folder)
        self.addCleanup(self.server.__exit__)
        self.admin = self.server.admin()
        self.addCleanup(self.admin.__exit__)
        self.document = self.admin.get("/v1/openapi.json").json()
        self.schema = Schema(self.document)
        self.seen = set()

    def find(self, method, target):
        path = target.split("?")[0]
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\\{index\\}", ".+", re.escape(template))
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", pattern)
            if re.fullmatch(pattern, path) and method.lower() in item:
                return item[method.lower()]
        raise AssertionError(f"{method} {path} is not in the document")

    def call(self, method, target, body=None, status=None, client=None):
        """One exchange whose answer must be what the document says."""
        operation = self.find(method, target)
        answer = (client or self.admin).send(method, target, body)
        good = [int(s) for s in operation["responses"] if s.startswith("2")]
        self.assertIn(answer.status, [status] if status else good, f"{target} {answer.body[:500]}")
        self.assertRegex(answer.headers["X-Request-Id"], r"^[0-9a-f-]{14}7[0-9a-f-]{21}$")
        if status is None:
            self.seen.add(operation["operationId"])
            documented = operation["responses"][str(answer.status)]["content"]
            media, content = next(iter(documented.items()))
            self.assertTrue(answer.type.startswith(media), answer.type)
        else:
            content = {"schema": {"$ref": "#/components/schemas/Problem"}}
        if "json" not in answer.type:
            return answer.body
        value = answer.json()
        self.assertIsNone(self.schema.mismatch(value, content["schema"]), target)
        return value

    def make(self, name, algorithm, **more):
        return self.call("POST", "/v1/keys", {"name": name, "algorithm": algorithm, **more})

    def use_key_management(self):
        self.make("aes", "aes-256-gcm", labels={"team": "payroll"}, extractable=True)
        self.make("ec", "ec-p384")
        together = self.call("POST", "/v1/keys", {"items": [
            {"name": name, "algorithm": "aes-128-gcm"} for name in ("together", "aes")]})["items"]
        self.assertEqual([("error" in item) for item in together], [False, True])
        self.assertEqual(len(self.call("GET", "/v1/keys?prefix=a&limit=10")["keys"]), 1)
        self.assertEqual(self.call("GET", "/v1/keys/aes")["labels"], {"team": "payroll"})
        self.assertEqual(self.call("POST", "/v1/keys/aes/rotate", {})["primary_version"], 2)
        body = {"version": 1, "state": "compromised"}
        key = self.call("POST", "/v1/keys/aes/state", body)
        self.assertEqual(key["versions"][0]["state"], "compromised")
        self.assertIn("BEGIN PUBLIC KEY", self.call("GET", "/v1/keys/ec/public")["pem"])

    def use_encryption(self):
        one = self.call("POST", "/v1/keys/aes/encrypt", {"plaintext": b64(b"one"), "aad": b64(b"x")})
        body = {"ciphertext": one["ciphertext"], "aad": b64(b"x")}
        opened = self.call("POST", "/v1/keys/aes/decrypt", body)
        self.assertEqual(unb64(opened["plaintext"]), b"one")
        self.call("POST", "/v1/keys/aes/decrypt", {"ciphertext": one["ciphertext"]}, status=422)
        items = {"items": [{"plaintext": b64(bytes([i]) * i)} for i in range(256)]}
        sealed = self.call("POST", "/v1/keys/aes/encrypt", items)["items"]
        batch = [{"ciphertext": item["ciphertext"]} for item in sealed]
        batch[7]["aad"] = b64(b"wrong")
        opened = self.call("POST", "/v1/keys/aes/decrypt", {"items": batch})["items"]
        self.assertEqual(opened[7]["error"]["code"], "verify_failed")
        self.assertEqual(unb64(opened[255]["plaintext"]), bytes([255]) * 255)
        data_key = self.call("POST", "/v1/keys/aes/data-key", {})
        opened = self.call("POST", "/v1/keys/aes/decrypt", {"ciphertext": data_key["ciphertext"]})
        self.assertEqual(opened["plaintext"], data_key["plaintext"])

    def use_signatures(self):
        signed = self.call("POST", "/v1/keys/ec/sign", {"message": b64(b"m")})
        self.assertEqual(signed["scheme"], "ecdsa-sha384")
        body = {"message": b64(b"m"), "signature": signed["signature"]}
        self.assertTrue(self.call("POST", "/v1/keys/ec/verify", body)["valid"])
        body["message"] = b64(b"n")
        self.assertFalse(self.call("POST", "/v1/keys/ec/verify", body)["valid"])
        self.call("POST", "/v1/keys/ec/sign", {"digest": b64(bytes(48))})
        self.call("POST", "/v1/keys/ec/sign", {"items": [{"message": b64(b"a")}] * 3})
        self.make("slh", "slh-dsa-sha2-128f")
        signed = self.call("POST", "/v1/keys/slh/sign", {"message": b64(b"m")})
        self.assertEqual((signed["scheme"], len(unb64(signed["signature"]))), ("slh-dsa", 17088))
        body = {"message": b64(b"m"), "signature": signed["signature"]}
        self.assertTrue(self.call("POST", "/v1/keys/slh/verify", body)["valid"])
        body["message"] = b64(b"n")
        self.assertFalse(self.call("POST", "/v1/keys/slh/verify", body)["valid"])
        self.make("mac", "hmac-sha256")
        mac = self.call("POST", "/v1/keys/mac/mac", {"message": b64(b"m")})["mac"]
        body = {"message": b64(b"m"), "mac": mac}
        self.assertTrue(self.call("POST", "/v1/keys/mac/verify-mac", body)["valid"])

    def use_transport(self):
        self.make("kek", "aes-256-kwp")
        self.make("kem", "ml-kem-768")
        wrapped = self.call("POST", "/v1/keys/kek/wrap", {"key": "aes"})["wrapped"]
        body = {"name": "aes2", "algorithm": "aes-256-gcm", "wrapped": wrapped}
        self.assertEqual(self.call("POST", "/v1/keys/kek/unwrap", body)["origin"], "imported-wrapped")
        made = self.call("POST", "/v1/keys/kem/encapsulate", {})
        body = {"ciphertext": made["ciphertext"]}
        secret = self.call("POST", "/v1/keys/kem/decapsulate", body)["shared_secret"]
        self.assertEqual(secret, made["shared_secret"])

    def use_principals(self):
        key, csr = self.folder.path / "u.key", self.folder.path / "u.csr"
        certificate = self.folder.path / "u.crt"
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=app", "-keyout", key, "-out", csr)
        made = self.call("POST", "/v1/principals", {"name": "app", "roles": ["user"],
                                                    "certificate_request": csr.read_text()})
        certificate.write_text(made["certificate"])
        self.assertEqual(len(self.call("GET", "/v1/principals")["principals"]), 2)
        with Client(self.server.port, self.server.context(certificate, key)) as app:
            sign = {"message": b64(b"m")}
            self.call("POST", "/v1/keys/ec/sign", sign, status=404, client=app)
            self.call("PUT", "/v1/grants", {"key": "ec", "principal": "app", "actions": ["sign"]})
            self.call("POST", "/v1/keys/ec/sign", sign, client=app)
            self.call("GET", "/v1/principals", status=403, client=app)
            revoked = self.call("POST", "/v1/principals/app/revoke", {})
            self.assertTrue(revoked["revoked"])
            self.call("POST", "/v1/keys/ec/sign", sign, status=401, client=app)

    def use_objects(self):
        first = self.call("PUT", "/v1/objects/web", {"kind": "certificate", "value": b64(b"DER"), "revision": 0})
        self.call("PUT", "/v1/objects/web", {"kind": "certificate", "value": b64(b"X"), "revision": 0}, status=409)
        self.assertEqual(self.call("GET", "/v1/objects?prefix=we&limit=1")["objects"], [first])
        self.call("POST", "/v1/objects/web/delete", {})
        self.call("POST", "/v1/objects/web/delete", {}, status=404)

    def signed_entries(self):
        """Waits for the first checkpoint that covers something."""
        for _ in range(600):
            size = int(self.call("GET", "/v1/audit/checkpoint").decode().splitlines()[1])
            if size > 0:
                return size
            time.sleep(0.05)
        raise AssertionError("no checkpoint was made")

    def use_module_and_log(self):
        self.call("GET", "/livez")
        self.call("GET", "/readyz")
        self.call("GET", "/v1/openapi.json")
        self.assertFalse(self.call("GET", "/v1/module")["validated"])
        self.assertTrue(self.call("POST", "/v1/module/self-test", {})["passed"])
        self.assertEqual(len(unb64(self.call("POST", "/v1/random", {"bytes": 33})["random"])), 33)
        self.assertIn(b"+", self.call("GET", "/v1/audit/verifier-key"))
        width = self.signed_entries()
        self.assertLess(width, 256)
        self.assertEqual(len(self.call("GET", f"/v1/audit/tile/0/000.p/{width}")), 32 * width)
        self.call("GET", f"/v1/audit/tile/entries/000.p/{width}")
        self.call("GET", "/v1/audit/tile/0/x999/999", status=404)

    def test_every_operation_answers_as_documented(self):
        self.use_key_management()
        self.use_encryption()
        self.use_signatures()
        self.use_transport()
        self.use_principals()
        self.use_objects()
        self.use_module_and_log()
        self.call("POST", "/v1/module/zeroise", {"what": "some"}, status=400)
        self.assertEqual(self.call("POST", "/v1/module/zeroise", {"what": "all"})["state"],
                         "uninitialised")
        documented = {operation["operationId"] for item in self.document["paths"].values()
                      for operation in item.values()}
        self.assertEqual(self.seen, documented)

    def test_bad_requests_come_back_over_the_wire(self):
        self.make("k", "aes-256-gcm")
        self.call("POST", "/v1/keys/k/encrypt", '{"plaintext":', status=400)
        self.call("POST", "/v1/keys/k/encrypt", {"plaintext": "a"}, status=400)
        self.call("POST", "/v1/keys/k/encrypt", {"plaintext": "", "x": 1}, status=400)
        self.call("POST", "/v1/keys/none/encrypt", {"plaintext": ""}, status=404)
        self.call("POST", "/v1/keys", {"name": "k", "algorithm": "aes-256-gcm"}, status=409)
        self.call("POST", "/v1/keys", {"name": "x", "algorithm": "rot13"}, status=400)
        self.call("POST", "/v1/keys/k/sign", {"message": ""}, status=409)
        self.call("POST", "/v1/keys/k/encrypt", " " * (2 << 20), status=413)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
