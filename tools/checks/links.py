#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Relative links of the Markdown files lead to files, and their #anchors to headings."""
import os
import re

import lib

LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.S | re.M)


def anchors(text):
    found = set()
    for heading in re.findall(r"^#+\s+(.*?)\s*$", FENCE.sub("", text), re.M):
        plain = re.sub(r"[`*\[\]]|\([^)]*\)(?=$)", "", heading).lower()
        found.add(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain)))
    return found


def find(root):
    messages = []
    for name in lib.files(root, ".md"):
        for target in LINK.findall(FENCE.sub("", lib.read(root, name))):
            if re.match(r"[a-z+]+:", target):
                continue
            path, _, anchor = target.partition("#")
            full = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            if not (root / full).exists():
                messages.append(f"{name}: the link {target} leads nowhere")
            elif anchor and full.endswith(".md") and anchor not in anchors(lib.read(root, full)):
                messages.append(f"{name}: {full} has no heading #{anchor}")
    return messages


PLANTS = [{"docs/a.md": "[b](b.md)\n"}, {"a.md": "[b](#nowhere)\n"},
          {"a.md": "[b](b.md#x)\n", "b.md": "# Y\n"}]
CLEAN = {"docs/a.md": "# A `b`\n[b](../b.md#y-z) [me](#a-b) [w](https://example.com)\n", "b.md": "## Y Z\n"}

if __name__ == "__main__":
    lib.main(find, PLANTS, CLEAN)
