#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no file of the repository may hold: hosts of package mirrors and registries, paths of one
machine, left-over markers. And what each source file must: its licence line. The words looked for are
put together here, so that this file does not hold them."""
import re
import subprocess

import lib


def host(*parts):
    return r"\.".join(parts)


HOSTS = re.compile("|".join((
    rf"(deb|security|snapshot|ftp\.[a-z.]+|httpredir|cdn-[a-z]+)\.{host('debian', 'org')}",
    rf"(archive|security|ports|[a-z]+\.archive)\.{host('ubuntu', 'com')}",
    host("pypi", "org"), host("pythonhosted", "org"), host("registry", "npmjs", "org"),
    host("registry", "yarnpkg", "com"), rf"(static|index)\.{host('crates', 'io')}", host("proxy", "golang", "org"),
    host("sum", "golang", "org"), host("rubygems", "org"), host("repo1?", "maven", "apache", "org"),
    host("[a-z]+-[a-z]+\\.pkg", "dev"), host("pkg", "dev/"), r"mirrors?\.[a-z0-9-]+\.[a-z]{2,}")))
MACHINE = re.compile("|".join((r"(?<![\w.$}~/-])/" + "wo" + "rk/", r"(?<![\w.$}])/" + "home/[a-z]",
                               r"(?<![\w.$}])/" + "Users/", r"(?<![\w.$}])/" + "root/")))
TEMPORARY = re.compile(r"(?<![\w.$}])/" + "tmp/[A-Za-z0-9]")
MARKERS = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + r"XX|HA" + r"CK)\b")
SOURCES = (".h", ".cc", ".py", ".sh", ".cmake", "CMakeLists.txt")
SPDX = "SPDX-License-Identifier: " + "Apache-2.0"
THIRD_PARTY = ("LICENSE", "testdata/", "tests/vectors/")


def machine_hosts():
    """Hosts that this machine installs from: never to be written down."""
    out = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True)
    found = {re.sub(r"^[a-z+]+://(.*@)?", "", line).split("/")[0] for line in out.stdout.split()}
    return {h for h in found if "." in h}


def lines_with(pattern, text):
    return [text.count("\n", 0, m.start()) + 1 for m in pattern.finditer(text)]


def text_errors(name, text, own_hosts):
    messages = [f"{name}:{n}: names a package mirror or registry" for n in lines_with(HOSTS, text)]
    messages += [f"{name}: names a host that this machine installs from" for h in own_hosts if h in text]
    messages += [f"{name}:{n}: a path of one machine" for n in lines_with(MACHINE, text)]
    if not lib.is_test(name) or name.endswith(".md"):
        messages += [f"{name}:{n}: a path of one machine" for n in lines_with(TEMPORARY, text)]
    messages += [f"{name}:{n}: a left-over marker; open an issue instead" for n in lines_with(MARKERS, text)]
    script = text.startswith("#!")
    if (name.endswith(SOURCES) or script) and SPDX not in "\n".join(text.splitlines()[:2]):
        messages.append(f"{name}: its first line (after #!) must be the SPDX licence line")
    if text and not text.endswith("\n"):
        messages.append(f"{name}: no newline at the end")
    return messages


def find(root):
    own_hosts, messages = machine_hosts(), []
    for name in lib.files(root):
        raw = (root / name).read_bytes()
        if any(part in name for part in THIRD_PARTY) or b"\0" in raw[:8000]:
            continue
        messages += text_errors(name, raw.decode("utf-8", "replace"), own_hosts)
    return messages


LICENCE = "// " + SPDX + "\n"
PLANTS = [
    {"a.md": "deb." + "debian.org\n"},
    {"a.md": "https://mirror." + "example.com/x\n"},
    {"a.md": "pypi" + ".org\n"},
    {"a.md": "see /wo" + "rk/main\n"},
    {"a.md": "see /ho" + "me/me\n"},
    {"src/base/a.cc": LICENCE + '"/tm' + 'p/x"\n'},
    {"src/base/a.cc": LICENCE + "// TO" + "DO: later\n"},
    {"src/base/a.cc": "int a;\n"},
    {"x": "#!/bin/sh\necho\n"},
    {"src/base/a.cc": LICENCE + "int a;"},
]
CLEAN = {"a.md": "Hello.\n", "src/base/a.cc": LICENCE + "int a;\n", "x": "#!/bin/sh\n# " + SPDX + "\n"}

if __name__ == "__main__":
    lib.main(find, PLANTS, CLEAN)
