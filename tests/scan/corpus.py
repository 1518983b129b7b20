# SPDX-License-Identifier: Apache-2.0
"""Makes the items of the corpus: real files out of Debian's packages, programs compiled on the spot,
and damaged copies of both. README.md says how an item reads."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = pathlib.Path(os.environ.get("VALLUM_CACHE", ROOT / ".cache")) / "scan-corpus"
MEMBERS = {"debs", "files", "run", "target", "findings", "modules", "unknown"}
PRELUDE = f". '{HERE}/make.sh'\n"


def load():
    """Every item of items/*.toml, by name."""
    items = {}
    for path in sorted((HERE / "items").glob("*.toml")):
        for name, item in tomllib.loads(path.read_text()).items():
            if name in items:
                raise ValueError(f"{path.name}: there are two items {name}")
            if unknown := set(item) - MEMBERS:
                raise ValueError(f"{path.name}: {name}: no such member: {', '.join(unknown)}")
            items[name] = item
    return items


def fetch(packages):
    """Downloads the packages that are not in the cache, in one go; gives name -> file."""
    CACHE.mkdir(parents=True, exist_ok=True)
    missing = [p for p in sorted(packages) if not list(CACHE.glob(f"{p}_*.deb"))]
    if missing:
        subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *missing], cwd=CACHE,
                       check=True, stdout=subprocess.DEVNULL)
    return {p: sorted(CACHE.glob(f"{p}_*.deb"))[-1] for p in packages}


def make(name, item, folder, debs):
    """Makes one item under `folder`, and gives what to scan."""
    home = folder / name
    root = home / "root"
    shutil.rmtree(home, ignore_errors=True)
    root.mkdir(parents=True)
    for package in item.get("debs", []):
        subprocess.run(["dpkg-deb", "-x", debs[package], root], check=True)
    for path, text in item.get("files", {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if "run" in item:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", PRELUDE + item["run"]], cwd=root,
                              text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stdout}{done.stderr}")
    return home / item.get("target", "root")


def make_all(items, folder):
    """name -> what to scan."""
    debs = fetch({p for item in items.values() for p in item.get("debs", [])})
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        made = {name: pool.submit(make, name, item, folder, debs) for name, item in items.items()}
        return {name: one.result() for name, one in made.items()}
