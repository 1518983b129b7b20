#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""#include edges between the folders of src/ follow the layers of docs/architecture.md."""
import re

import lib

# folder -> folders that it may include from
EDGES = {
    "base": set(),
    "ossl": {"base"},
    "module": {"base", "ossl"},
    "seal": {"base", "ossl", "module"},
    "keystore": {"base", "module"},
    "p11": {"base", "module", "keystore", "net", "remote"},
    "audit": {"base", "module"},
    "policy": {"base", "module"},
    "telemetry": {"base"},
    "service": {"base", "module", "keystore", "audit", "policy", "telemetry"},
    "net": {"base"},
    "remote": {"base", "net"},
    "scan": {"base"},
    "rest": {"base", "net", "service"},
    "server": {"base", "module", "keystore", "audit", "policy", "telemetry", "service", "net", "rest"},
    "cli": {"base", "module", "audit", "net", "remote", "service", "rest", "scan", "p11"},
}
DOOR = "module/module.h"
# The seal tool writes what the module reads: both use these, and nothing else is shared.
SEAL_FORMAT = re.compile(r"module/(integrity_(extent|mac|manifest)|profile)\.h")
OPENSSL = {"ossl", "net"}  # the only folders that may include <openssl/...>
# A test may start what stands below its component, but not go round the door.
TEST_EXTRA = {"base", "module", "keystore", "audit", "policy", "telemetry", "service"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def below(folder):
    """Every folder under `folder` in the layers."""
    seen, todo = set(), set(EDGES[folder])
    while todo:
        one = todo.pop()
        seen.add(one)
        todo |= EDGES[one] - seen
    return seen


def edge_error(name, folder, kind, target):
    first = target.split("/")[0]
    if kind == "<":
        if first == "openssl" and folder not in OPENSSL:
            return f"{name}: <{target}> may be included only in src/ossl and src/net"
        if first in EDGES:
            return f'{name}: write "{target}", not <{target}>'
        return None
    if first not in EDGES:
        return f'{name}: "{target}" is not a path from src/ into a known component'
    if first == folder:
        return None
    allowed = EDGES[folder] | (TEST_EXTRA & below(folder) if lib.is_test(name) else set())
    if first not in allowed:
        return f"{name}: src/{folder} may not include from src/{first} ({target})"
    if folder == "cli" and first == "p11" and not target.startswith("p11/cryptoki/"):
        return f"{name}: src/cli knows the standard's names (p11/cryptoki/), not {target}"
    if folder == "seal" and first == "module":
        if SEAL_FORMAT.fullmatch(target):
            return None
        return f"{name}: src/seal may include the integrity format only, not {target}"
    if first == "module" and target != DOOR:
        return f"{name}: include {DOOR}, the module's only door, not {target}"
    return None


def find(root):
    messages = []
    for name in lib.files(root, *lib.CODE):
        parts = name.split("/")
        if parts[0] != "src" or len(parts) < 3:
            continue
        if parts[1] not in EDGES:
            messages.append(f"{name}: src/{parts[1]} is not in the layers; add it to {__file__} and the docs")
            continue
        for kind, target in INCLUDE.findall(lib.read(root, name)):
            message = edge_error(name, parts[1], kind, target)
            if message:
                messages.append(message)
    return messages


PLANTS = [
    {"src/base/a.h": '#include "module/module.h"\n'},
    {"src/policy/a.cc": '#include "module/gate.h"\n'},
    {"src/policy/a.cc": '#include "audit/audit_log.h"\n'},
    {"src/rest/a.cc": '#include "module/module.h"\n'},
    {"src/service/a.cc": "#include <openssl/evp.h>\n"},
    {"src/module/a.cc": "#include <openssl/evp.h>\n"},
    {"src/service/a.cc": '#include "rest/a.h"\n'},
    {"src/seal/a.cc": '#include "module/module.h"\n'},
    {"src/policy/a.cc": '#include "module/integrity_mac.h"\n'},
    {"src/rest/a_test.cc": '#include "ossl/digest.h"\n'},
    {"src/base/a.cc": "#include <base/a.h>\n"},
    {"src/base/a.cc": '#include "a.h"\n'},
    {"src/other/a.cc": "\n"},
]
CLEAN = {"src/ossl/a.cc": '#include <openssl/evp.h>\n#include "base/result.h"\n',
         "src/policy/a.cc": '#include "module/module.h"\n',
         "src/rest/a_test.cc": '#include "module/module.h"\n#include "service/service.h"\n'}

if __name__ == "__main__":
    lib.main(find, PLANTS, CLEAN)
