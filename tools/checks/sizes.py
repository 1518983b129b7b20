#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files and functions stay small. A line `// SIZE: reason` in a file exempts the file; above or on
the first line of a function, that function.

Files: headers 150 lines and sources 350 at the 90th percentile, none over 600.
Functions outside tests: 30 lines at the 90th percentile, none over 60."""
import re

import lib

HEADER_P90, SOURCE_P90, FILE_MAX, FUNCTION_P90, FUNCTION_MAX = 150, 350, 600, 30, 60
NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\''
    r'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.S | re.M)
SCOPE = re.compile(r"\b(namespace|class|struct|enum|union)\b[^()]*$|\bextern\s*$")
INITIALISER = re.compile(r"(=|\breturn|,|\()\s*$")
CONSTRUCTOR = re.compile(r"\)\s*(noexcept\s*)?:[^:]")
AFTER_SIGNATURE = re.compile(r"(\)|\}|\b(const|noexcept|override|final|mutable|try)|->[^(){}]*)\s*$")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def match_brace(text, start):
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text) - 1


def functions(text):
    """(first line, number of lines) of each function body's definition in `text`."""
    code, found, head, at = NOISE.sub(blank, text), [], 0, 0
    while at < len(code):
        char = code[at]
        if char in ";}":
            head = at + 1
        elif char == "{":
            before = code[head:at]
            if SCOPE.search(before):
                head = at + 1
            else:
                end = match_brace(code, at)
                in_list = CONSTRUCTOR.search(before) and not re.search(r"[)}]\s*$", before)
                is_function = "(" in before and not INITIALISER.search(before) and not in_list \
                    and AFTER_SIGNATURE.search(before)
                if is_function:
                    first = head + len(before) - len(before.lstrip())
                    found.append((code.count("\n", 0, first) + 1, code.count("\n", first, end) + 1))
                    head = end + 1
                at = end
        at += 1
    return found


def percentile90(values):
    return sorted(values)[int(0.9 * (len(values) - 1))] if values else 0


def exempt(lines, first):
    return any("// SIZE:" in line for line in lines[max(0, first - 3):first])


def find(root):
    messages, headers, sources, lengths = [], [], [], []
    for name in lib.files(root, *lib.CODE):
        text = lib.read(root, name)
        lines = text.splitlines()
        if "// SIZE:" not in "\n".join(lines[:20]):
            if len(lines) > FILE_MAX:
                messages.append(f"{name}: {len(lines)} lines; split it ({FILE_MAX} at most)")
            if not lib.is_test(name):
                (headers if name.endswith(".h") else sources).append(len(lines))
        if lib.is_test(name):
            continue
        for first, length in functions(text):
            if exempt(lines, first):
                continue
            lengths.append(length)
            if length > FUNCTION_MAX:
                messages.append(f"{name}:{first}: a function of {length} lines ({FUNCTION_MAX} at most)")
    for what, values, limit in (("headers", headers, HEADER_P90), ("sources", sources, SOURCE_P90),
                                ("functions", lengths, FUNCTION_P90)):
        if percentile90(values) > limit:
            messages.append(f"90th percentile of {what} is {percentile90(values)} lines; {limit} at most")
    return messages


def body(lines, head="int F() {\n"):
    return head + "  G();\n" * lines + "}\n"


PLANTS = [
    {"src/base/a.cc": "int a;\n" * 601},
    {"tests/a.cc": "int a;\n" * 601},
    {"src/base/a.h": "int a;\n" * 151},
    {"src/base/a.cc": body(61)},
    {"src/base/a.cc": body(31)},
    {"src/base/a.cc": "namespace x {\nclass A {\n" + body(61, "  A() : b_{1}, c_(2) {\n") + "};\n}\n"},
    {"src/base/a.cc": body(61, "Result<int> A::F(const char* s = \"{\") const noexcept {\n")},
    {"src/base/a.cc": body(61, "auto F() -> std::vector<int> {\n")},
]
CLEAN = {"src/base/a.cc": body(20) + "// SIZE: a table\n" + body(80) + "const int kTable[] = {\n" + "  1,\n" * 90 + "};\n",
         "src/base/b.cc": "// SIZE: generated numbers\n" + "int a;\n" * 700,
         "src/base/a_test.cc": body(100)}

if __name__ == "__main__":
    lib.main(find, PLANTS, CLEAN)
