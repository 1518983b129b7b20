#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs of examples/ run as their README says."""
import os
import pathlib
import socket
import subprocess
import unittest

PREFIX = pathlib.Path(os.environ["VALLUM_LIB"]).resolve().parent
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
SAID = {"python": "Verified OK", "java": "Verified OK", "cpp": "Decrypted OK", "nginx": "Served OK"}


class ExamplesTest(unittest.TestCase):
    def run_example(self, name, **more):
        environment = dict(os.environ, VALLUM=str(PREFIX), **more)
        done = subprocess.run([EXAMPLES / name / "run.sh"], capture_output=True, text=True, env=environment, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(SAID[name], done.stdout)

    def test_there_is_a_test_for_each_folder(self):
        self.assertEqual({path.parent.name for path in EXAMPLES.glob("*/run.sh")}, set(SAID))

    def test_python(self):
        self.run_example("python")

    def test_java(self):
        self.run_example("java")

    def test_cpp(self):
        self.run_example("cpp")

    def test_nginx(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.run_example("nginx", PORT=str(port))


if __name__ == "__main__":
    unittest.main()
