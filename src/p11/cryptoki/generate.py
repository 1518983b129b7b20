#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One list, many artefacts: from constants.txt and functions.txt beside this file come the C headers, the
C shell, the function lists, the export map and the table of the documentation. `generate.py` writes them,
`generate.py --check` says which of them differ from what it would write."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
MADE = "// Made by src/p11/cryptoki/generate.py; edit the lists there.\n"
BEGIN, END = "<!-- functions: made by src/p11/cryptoki/generate.py -->\n", "<!-- end of functions -->\n"
VERSIONS = {"2.40": "", "3.0": "_3_0", "3.2": "_3_2"}


def rows(name):
    for line in (HERE / name).read_text().splitlines():
        if line and not line.startswith("# SPDX"):
            yield line


def functions():
    for line in rows("functions.txt"):
        if not line.startswith("#"):
            name, version, answer, *parameters = line.split()
            yield name, version, answer, [p.split(":") for p in parameters]


def typed(parameters):
    return ", ".join(f"{kind} {name}" for name, kind in parameters)


def constants_h():
    out = [LICENCE, "// SIZE: one line a constant\n", "// The constants of Cryptoki 2.40 to 3.2.\n", MADE, "#pragma once\n\n"]
    for line in list(rows("constants.txt"))[1:]:
        if line.startswith("#"):
            out.append(f"/* {line[2:]} */\n")
            continue
        name, value = line.split()
        cast = "((CK_BBOOL){})" if name in ("CK_TRUE", "CK_FALSE") else "{}UL"
        out.append(f"#define {name} {cast.format(value)}\n")
    return "".join(out)


def functions_h():
    out = [LICENCE, "// SIZE: one line a function\n", "// The functions of Cryptoki 2.40 to 3.2, and its three tables.\n", MADE,
           "#pragma once\n\n", '#include "p11/cryptoki/types.h"\n\n',
           "// NOLINTBEGIN(readability-identifier-naming): names are the standard's\n"]
    for version, suffix in VERSIONS.items():
        out.append(f"typedef struct CK_FUNCTION_LIST{suffix} CK_FUNCTION_LIST{suffix};\n")
        out.append(f"typedef CK_FUNCTION_LIST{suffix}* CK_FUNCTION_LIST{suffix}_PTR;\n")
    out.append("typedef CK_FUNCTION_LIST_PTR* CK_FUNCTION_LIST_PTR_PTR;\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n")
    for name, _, _, parameters in functions():
        out.append(f"typedef CK_RV (*CK_{name})({typed(parameters)});\n")
        out.append(f"CK_RV {name}({typed(parameters)});\n")
    out.append("#ifdef __cplusplus\n}\n#endif\n\n")
    for version, suffix in VERSIONS.items():
        out.append(f"struct CK_FUNCTION_LIST{suffix} {{\n  CK_VERSION version;\n")
        out += [f"  CK_{n} {n};\n" for n, v, _, _ in functions() if float(v) <= float(version)]
        out.append("};\n")
    out.append("// NOLINTEND(readability-identifier-naming)\n")
    return "".join(out)


def calls_h():
    out = [LICENCE, "// SIZE: one line a function\n",
           "// What the C functions are made of: one function here for each that is offered. They may throw only\n"
           "// what the standard library throws; the shell (shell.cc) lets nothing out.\n", MADE,
           "#pragma once\n\n", '#include "p11/cryptoki/cryptoki.h"\n\nnamespace vallum::p11::calls {\n\n']
    for name, _, answer, parameters in functions():
        if answer == "offered":
            out.append(f"CK_RV {name[2:]}({typed(parameters)});\n")
    out.append("\n}  // namespace vallum::p11::calls\n")
    return "".join(out)


def shell_cc():
    out = [LICENCE, "// SIZE: one function a line of the list\n", "// The C functions of Cryptoki.\n", MADE,
           '#include "p11/abi/calls.h"\n#include "p11/abi/guard.h"\n\n',
           "using vallum::p11::Guard;\nnamespace calls = vallum::p11::calls;\n\nextern \"C\" {\n\n"]
    for name, _, answer, parameters in functions():
        if answer == "list":
            continue
        if answer == "offered":
            names = ", ".join(n for n, _ in parameters)
            out.append(f"CK_RV {name}({typed(parameters)}) {{\n"
                       f"  return Guard([&] {{ return calls::{name[2:]}({names}); }});\n}}\n\n")
        else:
            kinds = ", ".join(kind for _, kind in parameters)
            out.append(f"CK_RV {name}({kinds}) {{ return {answer}; }}\n\n")
    out.append("}  // extern \"C\"\n")
    return "".join(out)


def lists_cc():
    out = [LICENCE, "// SIZE: one line a function\n", "// The three tables of functions.\n", MADE,
           '#include "p11/abi/lists.h"\n\nnamespace vallum::p11 {\n\n']
    for version, suffix in VERSIONS.items():
        major, minor = version.split(".")
        tail = suffix.replace("_", "") or "240"
        out.append(f"const CK_FUNCTION_LIST{suffix} kFunctions{tail} = {{\n    {{{major}, {minor}}},\n")
        out += [f"    {n},\n" for n, v, _, _ in functions() if float(v) <= float(version)]
        out.append("};\n\n")
    out.append("}  // namespace vallum::p11\n")
    return "".join(out)


def exports_map():
    names = "".join(f"    {name};\n" for name, *_ in functions())
    return f"{{\n  global:\n{names}  local:\n    *;\n}};\n"


def table():
    out = ["| function | since | answer |\n| --- | --- | --- |\n"]
    out += [f"| `{n}` | {v} | `{a}` |\n" for n, v, a, _ in functions() if a.startswith("CKR_")]
    return "".join(out)


def documented(path):
    if not path.exists():
        return None
    text = path.read_text()
    if BEGIN not in text:
        return None
    head, rest = text.split(BEGIN)
    return head + BEGIN + table() + END + rest.split(END)[1]


def formatted(name, text):
    return subprocess.run(["clang-format-16", f"--assume-filename={ROOT / name}"], input=text, capture_output=True,
                          text=True, check=True).stdout


def artefacts():
    for name, text in (("cryptoki/constants.h", constants_h()), ("cryptoki/functions.h", functions_h()),
                       ("abi/calls.h", calls_h()), ("abi/shell.cc", shell_cc()), ("abi/lists.cc", lists_cc())):
        yield ROOT / "src/p11" / name, formatted(f"src/p11/{name}", text)
    yield ROOT / "src/p11/abi/exports.map", exports_map()
    page = ROOT / "docs/pkcs11.md"
    text = documented(page)
    if text is not None:
        yield page, text


def main():
    check, stale = "--check" in sys.argv, []
    for path, text in artefacts():
        if path.exists() and path.read_text() == text:
            continue
        if check:
            stale.append(path)
        else:
            path.write_text(text)
    for path in stale:
        print(f"{path.relative_to(ROOT)} differs from its list; run src/p11/cryptoki/generate.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
