#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the provider profile of a fips.so: make_profile.py FIPS_SO NAME VERSION CERTIFICATE OUT

CERTIFICATE is the CMVP certificate of exactly this file, or none. The profile pins the file: whoever
writes it must know where the file came from.
"""
import hashlib
import hmac
import pathlib
import sys
import zlib

# The public key of OpenSSL's integrity check (Configure's default for --fips-key).
INTEGRITY_KEY = bytes.fromhex("f4556650ac31d35461610bac4ed81b1a181b2d8a43ea2854cbae22ca74560813")


def profile(content: bytes, name: str, version: str, certificate: str) -> str:
    return (
        "# A provider profile: which fips.so the module accepts. Written by make_profile.py.\n"
        f'name = "{name}"\n'
        f'version = "{version}"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        f'module_mac = "{hmac.new(INTEGRITY_KEY, content, hashlib.sha256).hexdigest()}"\n'
        f'crc32 = "{zlib.crc32(content):08x}"\n'
        f'certificate = "{certificate}"\n'
    )


def main() -> int:
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        return 2
    source, name, version, certificate, out = sys.argv[1:]
    text = profile(pathlib.Path(source).read_bytes(), name, version, certificate)
    pathlib.Path(out).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
