# SPDX-License-Identifier: Apache-2.0
"""Makes a pair in the token and signs a file with it: sign.py MODULE MESSAGE PUBLIC-KEY SIGNATURE"""
import pathlib
import sys

import PyKCS11

P256 = bytes.fromhex("06082a8648ce3d030107")


def der_of(raw):
    """The two halves of an ECDSA signature as the DER that OpenSSL wants."""
    def integer(number):
        value = number.lstrip(b"\0")
        value = value if value and value[0] < 128 else b"\0" + value
        return bytes([2, len(value)]) + value
    both = integer(raw[:len(raw) // 2]) + integer(raw[len(raw) // 2:])
    return bytes([0x30, len(both)]) + both


def main():
    module, message, public, signature = sys.argv[1:]
    library = PyKCS11.PyKCS11Lib()
    library.load(module)
    session = library.openSession(library.getSlotList(tokenPresent=True)[0], PyKCS11.CKF_RW_SESSION)
    session.login("1234")
    common = [(PyKCS11.CKA_TOKEN, True), (PyKCS11.CKA_LABEL, "python"), (PyKCS11.CKA_ID, (1,))]
    verifying, signing = session.generateKeyPair(common + [(PyKCS11.CKA_EC_PARAMS, P256)], common,
                                                 PyKCS11.Mechanism(PyKCS11.CKM_EC_KEY_PAIR_GEN))
    made = session.sign(signing, pathlib.Path(message).read_bytes(), PyKCS11.Mechanism(PyKCS11.CKM_ECDSA_SHA256))
    pathlib.Path(signature).write_bytes(der_of(bytes(made)))
    spki = session.getAttributeValue(verifying, [PyKCS11.CKA_PUBLIC_KEY_INFO])[0]
    pathlib.Path(public).write_bytes(bytes(spki))
    session.logout()


if __name__ == "__main__":
    main()
